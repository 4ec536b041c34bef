"""A client of the live protocol that keeps the view which the protocol promises."""

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

PATIENCE_S = 20.0


def rows_of(columns: dict[str, list[Any]]) -> dict[int, dict[str, Any]]:
    """The rows by vehicle."""
    names = list(columns)
    rows = (dict(zip(names, row, strict=True)) for row in zip(*columns.values(), strict=True))
    return {row["vehicle"]: row for row in rows}


class Viewer:
    """One connection. `view` is what a map would show, `frames` how many frames it took."""

    def __init__(self, socket: ClientConnection, view: dict[int, dict[str, Any]] | None) -> None:
        self.socket = socket
        self.view = dict(view or {})
        self.hello: dict[str, Any] = {}
        self.seq = 0
        self.frames = 0
        self.hellos = 0
        self.answers: list[dict[str, Any]] = []
        self.answers_pings = True

    async def receive(self) -> dict[str, Any]:
        """The next message, taken into the view."""
        async with asyncio.timeout(PATIENCE_S):
            message = json.loads(await self.socket.recv())
        kind = message["type"]
        if kind == "hello":
            self.hello = message
            self.hellos += 1
            self.seq = message["seq"]
            if "snapshot" in message:
                self.view = rows_of(message["snapshot"])
        elif kind == "subscribed":
            self.seq = message["seq"]
            self.view = rows_of(message["snapshot"])
            self.answers.append(message)
        elif kind == "frame":
            assert message["seq"] > self.seq
            self.seq = message["seq"]
            self.frames += 1
            for vehicle, row in rows_of(message["columns"]).items():
                known = self.view.get(vehicle)
                if known is None or row["t"] >= known["t"]:
                    self.view[vehicle] = row
        elif kind == "ping":
            self.seq = max(self.seq, message["seq"])
            if self.answers_pings:
                await self.say({"type": "pong", "t": message["t"]})
        else:
            self.answers.append(message)
        return message

    async def reach(self, seq: int) -> None:
        """Receive until the view is complete up to `seq`."""
        while self.seq < seq:
            await self.receive()

    async def answer(self, kind: str) -> dict[str, Any]:
        """Receive until a message of this type comes."""
        while True:
            message = await self.receive()
            if message["type"] == kind:
                return message

    async def say(self, message: dict[str, Any] | str) -> None:
        """Send one message."""
        text = message if isinstance(message, str) else json.dumps(message)
        await self.socket.send(text)

    async def subscribe(self, **parts: Any) -> dict[str, Any]:
        """Subscribe and wait for the answer."""
        await self.say({"type": "subscribe", **parts})
        return await self.answer("subscribed")

    async def closed(self) -> int:
        """Receive until the server closes; its code."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.receive()
        return self.socket.close_code or 0


@asynccontextmanager
async def watching(
    port: int,
    *,
    key: str = "",
    session: str = "",
    origin: str = "",
    resume: Viewer | None = None,
    hello: bool = True,
    slow: bool = False,
) -> AsyncIterator[Viewer]:
    """A viewer with an API key or a session; `resume` goes on where that viewer was.

    Without `hello` it does not wait for the server's hello. A `slow` one has hardly any buffers,
    so what it does not read stays with the server.
    """
    headers = {}
    if key:
        headers["Authorization"] = f"Api-Key {key}"
    if session:
        headers["Cookie"] = f"sessionid={session}"
        headers["Origin"] = origin or f"http://127.0.0.1:{port}"
    query = f"?epoch={resume.hello['epoch']}&seq={resume.seq}" if resume else ""
    uri = f"ws://127.0.0.1:{port}/ws/v1/live/{query}"
    buffers: dict[str, Any] = {}
    if slow:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        narrow.connect(("127.0.0.1", port))
        buffers = {"sock": narrow, "max_queue": 1, "close_timeout": 1}
    async with connect(uri, additional_headers=headers, compression=None, **buffers) as opened:
        viewer = Viewer(opened, resume.view if resume else None)
        if hello:
            await viewer.answer("hello")
        yield viewer
