"""Part (b): from the moment a device sends a fix to its arrival at a browser's socket."""

import asyncio
import datetime as dt
import time
from dataclasses import dataclass, field
from typing import cast

import msgspec
import uvloop

from tests.load import websocket
from tests.load.figures import Figure, Report, percentile
from tests.load.fleet import LoadFleet, make_fleet
from tests.load.http_load import Load, send_planned
from tests.load.requests import Request, single_request
from tests.load.stack import Stack

PART = "latency"
FIXES_PER_S = 1_000
WARM_UP_S = 3.0
CONNECTIONS = 100
AIM_P99_MS = 250
LAST_FRAME_S = 3.0


class _Message(msgspec.Struct):
    type: str
    columns: dict[str, list[object]] = {}


@dataclass
class _Socket(asyncio.Protocol):
    """A browser's socket that watches everything and notes when each row arrived."""

    api_key: str
    arrived: dict[tuple[int, int], float] = field(default_factory=dict)
    """(vehicle, time in epoch ms) -> `time.perf_counter` at arrival."""
    frames: int = 0
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    lost: bool = False
    _reader: websocket.FrameReader | None = None
    _head: bytes = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(websocket.upgrade_request(path="/ws/v1/live/", api_key=self.api_key))

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        if self._reader is None:
            self._head += data
            head, separator, data = self._head.partition(b"\r\n\r\n")
            if not separator:
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                raise ConnectionError(f"The live socket was refused: {head[:200]!r}")
            self._reader = websocket.FrameReader()
        for opcode, payload in self._reader.feed(data):
            if opcode == websocket.TEXT:
                self._read(payload, now)

    def _read(self, payload: bytes, now: float) -> None:
        message = _decoder.decode(payload)
        if message.type == "frame":
            self.frames += 1
            for key in zip(message.columns["vehicle"], message.columns["t"], strict=True):
                self.arrived[key] = now  # type: ignore[index]
        elif message.type == "hello":
            self.opened.set()
        elif message.type == "ping":
            self.transport.write(websocket.masked_text(b'{"type":"pong"}'))

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True


_decoder = msgspec.json.Decoder(_Message)


def run(stack: Stack, report: Report, *, quick: bool) -> None:
    """Sends fixes at a steady rate and adds their delays at the socket."""
    rate, seconds = (100, 3.0) if quick else (FIXES_PER_S, 15.0)
    fleet = make_fleet(slug="latency", vehicles=1_000)
    with (
        stack.pipelines("0-3"),
        stack.asgi("web") as web,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        load, socket = runner.run(
            _measure(fleet, port=web.port, rate=rate, seconds=seconds + WARM_UP_S)
        )
    load.check()
    if socket.lost:
        raise RuntimeError("The server closed the live socket. See build/bench-logs/web.log.")
    _add_figures(report, fleet=fleet, load=load, socket=socket, rate=rate)


async def _measure(
    fleet: LoadFleet, *, port: int, rate: int, seconds: float
) -> tuple[Load, _Socket]:
    socket = _Socket(fleet.api_key)
    transport, _ = await asyncio.get_running_loop().create_connection(
        lambda: socket, "127.0.0.1", port
    )
    await asyncio.wait_for(socket.opened.wait(), 20)
    load = await send_planned(
        _plan(fleet, rate=rate, seconds=seconds), port=port, connections=CONNECTIONS
    )
    await asyncio.sleep(LAST_FRAME_S)
    lost = socket.lost
    transport.close()
    await asyncio.sleep(0)
    socket.lost = lost
    return load, socket


def _plan(fleet: LoadFleet, *, rate: int, seconds: float) -> list[tuple[float, Request]]:
    start = dt.datetime.now(dt.UTC)
    plan = []
    for n in range(int(rate * seconds)):
        offset = n / rate
        at = start + dt.timedelta(seconds=offset)
        plan.append((offset, single_request(fleet, n % len(fleet.numbers), at)))
    return plan


def _add_figures(
    report: Report, *, fleet: LoadFleet, load: Load, socket: _Socket, rate: int
) -> None:
    ids = dict(zip(fleet.numbers, fleet.vehicle_ids, strict=True))
    measured_from = load.started + WARM_UP_S
    delays_ms, missing = [], 0
    for (number, time_ms), sent_at in load.sent_at.items():
        if sent_at < measured_from:
            continue
        arrived_at = socket.arrived.get((ids[number], time_ms))
        if arrived_at is None:
            missing += 1
        else:
            delays_ms.append((arrived_at - sent_at) * 1000)
    if not delays_ms:
        raise RuntimeError("No fix of the benchmark arrived at the live socket.")
    ack_ms = [s * 1000 for s in load.ack_s]
    p99 = percentile(delays_ms, 99)
    peers = {"peer_name": "ms until the acknowledgement"}
    for name, percent in (("p50", 50.0), ("p99", 99.0)):
        value, peer = percentile(delays_ms, percent), percentile(ack_ms, percent)
        report.add(
            Figure(
                part=PART, name=f"device to browser socket, {name}", value=value, unit="ms",
                peer=peer, ratio=value / peer, **peers,
                aim=f"< {AIM_P99_MS} ms" if name == "p99" else "",
                met=p99 < AIM_P99_MS if name == "p99" else None,
                note=""
                if name == "p50"
                else f"{rate:,} fixes/s, one a request, open loop: {len(delays_ms):,} matched by "
                f"vehicle and time, {missing} superseded by a newer fix of the vehicle within a "
                f"tick or missing; worst {max(delays_ms):,.0f} ms; {socket.frames} frames.",
            )
        )  # fmt: skip
