"""Part (c): one process that writes each frame to thousands of sockets, beside plain Channels."""

import asyncio
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import redis
from channels.layers import get_channel_layer

from fleet.realtime.frames import encode_columns
from fleet.realtime.publish import publish_columns
from tests.load import sizes
from tests.load.figures import Figure, Report, percentile
from tests.load.fleet import make_fleet
from tests.load.plain_fanout import GROUP
from tests.load.socket_crowd import Crowd, crowd
from tests.load.stack import Running, Stack
from vehicles.live_columns import Columns, live_columns

PART = "fanout"
AIM_P99_MS = {2_000: 100.0, 5_000: 200.0}
AIM_KB = 60.0
# Descriptors that a process needs besides its sockets.
SPARE_DESCRIPTORS = 200


@dataclass(frozen=True, slots=True)
class Served:
    """What one server did for a number of sockets."""

    sockets: int
    delays_ms: list[float]
    expected: int
    cpu_us: float
    """The server's processor time per delivery."""
    client_cpu_us: float
    kb_per_socket: float
    closed: int

    @property
    def lost(self) -> int:
        return self.expected - len(self.delays_ms)


def run(stack: Stack, report: Report, *, quick: bool) -> None:
    """Measures the hub and its peer with the same sockets, frames and client."""
    steps = (100, 200) if quick else tuple(AIM_P99_MS)
    frames = 3 if quick else 8
    steps = _within_limits(steps)
    fleet = make_fleet(slug="fanout", vehicles=58)
    columns = _columns(fleet.vehicle_ids)
    print(f"  a frame has {len(encode_columns(columns)):,} bytes", flush=True)
    client = redis.Redis.from_url(stack.redis.url())

    def publish_to_hub() -> int:
        return publish_columns(client, organization_id=fleet.organization_id, columns=columns)

    limit = {"LIVE_MAX_CONNECTIONS_PER_USER": "100000"}
    with stack.asgi("hub", **limit) as server, crowd() as viewers:
        hub = _serve_steps(
            server, viewers, path="/ws/v1/live/", api_key=fleet.api_key,
            steps=steps, frames=frames, publish=publish_to_hub,
        )  # fmt: skip
    client.close()
    with (
        _PlainPublisher(columns) as publish_plainly,
        stack.asgi("plain", "tests.load.plain_fanout:application") as server,
        crowd() as viewers,
    ):
        plain = _serve_steps(
            server, viewers, path="/", api_key="",
            steps=steps, frames=frames, publish=publish_plainly,
        )  # fmt: skip
    for ours, peer in zip(hub, plain, strict=True):
        _add_figures(report, ours, peer)


def _within_limits(steps: Sequence[int]) -> tuple[int, ...]:
    """Raises the limit of open files, and leaves out what it does not allow."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    possible = tuple(n for n in steps if n + SPARE_DESCRIPTORS <= hard)
    if possible != tuple(steps):
        raise RuntimeError(
            f"This part needs {max(steps) + SPARE_DESCRIPTORS} open files per process and {hard} "
            "are allowed. Raise the limit: ulimit -n 10000"
        )
    return possible


def _columns(vehicles: Sequence[int]) -> Columns:
    """About 4 KB of rows."""
    now_us = time.time_ns() // 1000
    count = len(vehicles)
    return live_columns(
        vehicle=vehicles,
        recorded_at_us=[now_us + n for n in range(count)],
        received_at_us=[now_us + 80_000 + n for n in range(count)],
        lon=[-97.743057 - n * 0.013577 for n in range(count)],
        lat=[30.267153 + n * 0.007919 for n in range(count)],
        speed_mps=[13.4 + n * 0.1 for n in range(count)],
        heading_deg=[(n * 7.0) % 360 for n in range(count)],
        motion=[2] * count,
        ignition=[True] * count,
    )


class _PlainPublisher:
    """Sends the same text through `group_send`; one event loop, so that its connection stays."""

    def __init__(self, columns: Columns) -> None:
        self.payload = encode_columns(columns).decode()
        self.sent = 1_000_000_000_000  # as long as the hub's sequence numbers
        self.runner = asyncio.Runner()

    def __enter__(self) -> Callable[[], int]:
        return self.publish

    def __exit__(self, *_: object) -> None:
        self.runner.close()

    def publish(self) -> int:
        self.sent += 1
        text = f'{{"type":"frame","seq":{self.sent},"columns":{self.payload}}}'
        layer = get_channel_layer()
        assert layer is not None
        self.runner.run(layer.group_send(GROUP, {"type": "plain.frame", "text": text}))
        return self.sent


def _serve_steps(
    server: Running, viewers: Crowd, *, path: str, api_key: str, steps: Sequence[int],
    frames: int, publish: Callable[[], int],
) -> list[Served]:  # fmt: skip
    results = []
    publish()  # the first opens connections
    viewers.connect(port=server.port, path=path, api_key=api_key, count=1)
    time.sleep(0.5)
    empty_kb, there = sizes.rss_kb(server.pid), 1
    for sockets in steps:
        began = time.monotonic()
        viewers.connect(port=server.port, path=path, api_key=api_key, count=sockets - there)
        print(
            f"  {server.name}: {sockets - there:,} more sockets in "
            f"{time.monotonic() - began:.1f} s",
            flush=True,
        )
        there = sockets
        time.sleep(1.5)
        publish()
        time.sleep(1.5)
        viewers.collect()
        results.append(
            _serve(server, viewers, sockets=sockets, frames=frames, publish=publish, empty=empty_kb)
        )
    return results


def _serve(
    server: Running, viewers: Crowd, *, sockets: int, frames: int, publish: Callable[[], int],
    empty: int,
) -> Served:  # fmt: skip
    cpu = sizes.cpu_s(server.pid)
    published: dict[int, float] = {}
    next_at = time.monotonic()
    for _ in range(frames):
        time.sleep(max(0.0, next_at - time.monotonic()))
        at = time.monotonic()
        published[publish()] = at
        next_at += 1.0
    arrived: dict[int, list[float]] = {seq: [] for seq in published}
    closed, client_cpu = 0, 0.0
    expected = sockets * frames
    quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < 3.0:
        time.sleep(0.5)
        arrivals = viewers.collect()
        closed += arrivals.closed
        client_cpu += arrivals.cpu_s
        for seq, times in arrivals.times.items():
            if seq in arrived:
                arrived[seq] += times
                quiet_since = time.monotonic()
        if sum(map(len, arrived.values())) >= expected:
            break
    delays = [(t - published[seq]) * 1000 for seq, times in arrived.items() for t in times]
    deliveries = max(1, len(delays))
    return Served(
        sockets=sockets,
        delays_ms=delays,
        expected=expected,
        cpu_us=(sizes.cpu_s(server.pid) - cpu) / deliveries * 1e6,
        client_cpu_us=client_cpu / deliveries * 1e6,
        kb_per_socket=(sizes.rss_kb(server.pid) - empty) / sockets,
        closed=closed,
    )


def _add_figures(report: Report, ours: Served, peer: Served) -> None:
    if not ours.delays_ms:
        raise RuntimeError("No frame arrived. See build/bench-logs/hub.log.")
    p50, p99 = (percentile(ours.delays_ms, p) for p in (50, 99))
    peer_p99 = percentile(peer.delays_ms, 99) if peer.delays_ms else float("inf")
    aim = AIM_P99_MS.get(ours.sockets)
    name = f"{ours.sockets:,} sockets"
    report.add(
        Figure(
            part=PART, name=f"frame to {name}, p99", value=p99, unit="ms",
            peer=peer_p99, peer_name="ms plain Channels", ratio=p99 / peer_p99,
            aim=f"< {aim:g} ms" if aim else "",
            met=p99 < aim and not ours.lost if aim else None,
            note=f"p50 {p50:.0f} ms; of {ours.expected:,} deliveries {ours.lost:,} missing, plain "
            f"{peer.lost:,}; closed {ours.closed}, plain {peer.closed}; the client takes "
            f"{ours.client_cpu_us:.0f} us of its own per delivery.",
        ),
        Figure(
            part=PART, name=f"cost per delivery, {name}", value=ours.cpu_us, unit="us",
            peer=peer.cpu_us, peer_name="us plain Channels", ratio=ours.cpu_us / peer.cpu_us,
        ),
        Figure(
            part=PART, name=f"memory per socket, {name}", value=ours.kb_per_socket, unit="KB RSS",
            peer=peer.kb_per_socket, peer_name="KB plain Channels",
            ratio=ours.kb_per_socket / peer.kb_per_socket if peer.kb_per_socket else None,
            aim=f"< {AIM_KB:g} KB", met=ours.kb_per_socket < AIM_KB,
        ),
    )  # fmt: skip
