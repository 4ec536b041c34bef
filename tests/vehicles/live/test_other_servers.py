"""The same consumer behind a server that only speaks ASGI (as daphne does)."""

import asyncio
import json
from typing import Any

from channels.testing import WebsocketCommunicator

from tests.cast import Cast
from tests.vehicles.live.reports import Report, aside, report
from vehicles.routing import websocket_application


def communicator(cast: Cast) -> WebsocketCommunicator:
    headers = [(b"authorization", f"Api-Key {cast.key}".encode())]
    return WebsocketCommunicator(websocket_application, "/ws/v1/live/", headers=headers)


async def next_of(socket: WebsocketCommunicator, kind: str) -> dict[str, Any]:
    while True:
        message = json.loads(await socket.receive_from(timeout=10))
        if message["type"] == kind:
            return message


async def test_a_viewer_gets_snapshot_and_frames(fleet: Cast) -> None:
    vehicle = fleet.vehicles[0].pk
    socket = communicator(fleet)
    connected, _ = await socket.connect(timeout=10)
    hello = await next_of(socket, "hello")
    seq = await aside(report, fleet, Report(vehicle=vehicle, second=1))
    frame = await next_of(socket, "frame")
    await socket.disconnect()

    assert connected
    assert hello["snapshot"]["vehicle"] == []
    assert (frame["seq"], frame["columns"]["vehicle"]) == (seq, [vehicle])


async def test_nothing_keeps_running_when_the_last_viewer_has_gone(fleet: Cast) -> None:
    before = asyncio.all_tasks()
    socket = communicator(fleet)
    await socket.connect(timeout=10)
    await next_of(socket, "hello")
    await socket.disconnect()
    await asyncio.sleep(0.3)

    left = {getattr(task.get_coro(), "__qualname__", "") for task in asyncio.all_tasks() - before}
    # The channel layer's own receiver lives as long as the event loop.
    assert left <= {"RedisSingleShardConnection._do_receiving"}
