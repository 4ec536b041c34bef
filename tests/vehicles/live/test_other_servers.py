"""The same consumer behind a server that only speaks ASGI (as daphne does)."""

import asyncio
import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from tests.cast import Cast
from tests.vehicles.live.reports import Report, aside, report
from vehicles.routing import websocket_application


class AsgiSocket:
    """A socket of ASGI messages. (Channels' own communicator keeps threads from closing their
    database connections, which the consumer's threads must.)"""

    def __init__(self, cast: Cast) -> None:
        scope = {
            "type": "websocket",
            "path": "/ws/v1/live/",
            "query_string": b"",
            "headers": [(b"authorization", f"Api-Key {cast.key}".encode())],
        }
        self._communicator = ApplicationCommunicator(websocket_application, scope)

    async def open(self) -> dict[str, Any]:
        """Connect; the hello."""
        await self._communicator.send_input({"type": "websocket.connect"})
        accepted = await self._communicator.receive_output(timeout=10)
        assert accepted["type"] == "websocket.accept"
        return await self.next_of("hello")

    async def next_of(self, kind: str) -> dict[str, Any]:
        """The next message of this type."""
        while True:
            event = await self._communicator.receive_output(timeout=10)
            message: dict[str, Any] = json.loads(event["text"])
            if message["type"] == kind:
                return message

    async def close(self) -> None:
        """Disconnect and wait for the consumer to end."""
        await self._communicator.send_input({"type": "websocket.disconnect", "code": 1001})
        await self._communicator.wait(timeout=10)


async def test_a_viewer_gets_snapshot_and_frames(fleet: Cast) -> None:
    vehicle = fleet.vehicles[0].pk
    socket = AsgiSocket(fleet)
    hello = await socket.open()
    seq = await aside(report, fleet, Report(vehicle=vehicle, second=1))
    frame = await socket.next_of("frame")
    await socket.close()

    assert hello["snapshot"]["vehicle"] == []
    assert (frame["seq"], frame["columns"]["vehicle"]) == (seq, [vehicle])


async def test_nothing_keeps_running_when_the_last_viewer_has_gone(fleet: Cast) -> None:
    before = asyncio.all_tasks()
    socket = AsgiSocket(fleet)
    await socket.open()
    await socket.close()
    await asyncio.sleep(0.1)

    left = {getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks() - before}
    # The channel layer's own receiver lives as long as the event loop.
    assert left <= {"RedisSingleShardConnection._do_receiving"}
