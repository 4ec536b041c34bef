"""Writing without waiting, to servers that differ."""

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from fleet.realtime.writers import AsgiWriter, Wire


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536, 200_000])
def test_the_frame_on_the_wire_is_what_the_websocket_library_makes(size: int) -> None:
    text = b"x" * size

    assert Wire(text).framed == Frame(Opcode.TEXT, text).serialize(mask=False)


@given(st.text())
def test_any_text_survives_the_wire(text: str) -> None:
    reader = StreamReader()
    reader.feed_data(Wire(text.encode()).framed)
    parsing = Frame.parse(reader.read_exact, mask=False)
    with pytest.raises(StopIteration) as done:
        next(parsing)

    assert bytes(done.value.value.data).decode() == text


class Socket:
    """A server's `send` whose reader takes a message only when told to."""

    def __init__(self) -> None:
        self.taken: list[Any] = []
        self.reads = asyncio.Semaphore(0)

    async def send(self, event: dict[str, Any]) -> None:
        await self.reads.acquire()
        self.taken.append(event)

    async def read(self, count: int) -> None:
        for _ in range(count):
            self.reads.release()
        await asyncio.sleep(0.01)


async def test_a_reader_that_does_not_read_is_behind_after_a_few_messages() -> None:
    socket = Socket()
    writer = AsgiWriter(socket.send)
    written = [writer.write(Wire(json.dumps(i).encode())) for i in range(20)]

    assert written[0] is True
    assert written[-1] is False
    assert writer.is_behind()

    await socket.read(20)
    assert [event["text"] for event in socket.taken] == [str(i) for i in range(sum(written))]
    assert not writer.is_behind()


async def test_a_close_comes_after_what_was_written() -> None:
    socket = Socket()
    writer = AsgiWriter(socket.send)
    writer.write(Wire(b"1"))
    writer.close(4408, "silent")
    await socket.read(2)

    assert [event["type"] for event in socket.taken] == ["websocket.send", "websocket.close"]
    assert socket.taken[1]["code"] == 4408


async def test_a_socket_that_has_gone_is_no_error() -> None:
    async def gone(_: dict[str, Any]) -> None:
        raise OSError("client has gone")

    writer = AsgiWriter(gone)
    assert writer.write(Wire(b"1"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not writer.is_behind()
