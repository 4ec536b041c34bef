"""A cheap HTTP load generator: keep-alive connections that write bytes made beforehand.

Closed loop: each connection sends its next request when it has the answer to the last one.
Open loop: requests leave at their planned times whatever the answers do, and their delay counts
from the plan, so a slow server cannot slow its own measurement.
"""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import uvloop

from tests.load.requests import Request

GIVE_UP_AFTER_S = 90.0
_TICK_S = 0.002


@dataclass
class Load:
    """What became of the requests. Times are of `time.perf_counter`."""

    acknowledged: int = 0
    """Fixes in requests that were answered with 2xx."""
    requests: int = 0
    retries: int = 0
    """Answers 503 (the stream is full): sent again after a short pause, as devices do."""
    refused: Counter[str] = field(default_factory=Counter)
    started: float = 0.0
    ended: float = 0.0
    ack_s: list[float] = field(default_factory=list)
    sent_at: dict[tuple[str, int], float] = field(default_factory=dict)
    """Planned time of each request by its key; open loop only."""
    cpu_s: float = 0.0
    """Processor time of this generator."""

    @property
    def seconds(self) -> float:
        return self.ended - self.started

    def check(self) -> None:
        """Raises RuntimeError when anything was refused."""
        if self.refused:
            raise RuntimeError(f"The gateway refused requests: {self.refused.most_common(3)}")


class _Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, generator: "_Generator") -> None:
        self.generator = generator
        self.transport: asyncio.Transport
        self.request: Request | None = None
        self.since = 0.0
        self.buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def send(self, request: Request, *, since: float) -> None:
        self.request, self.since = request, since
        self.transport.write(request.text)

    def data_received(self, data: bytes) -> None:
        if self.buffer:
            data = self.buffer + data
        head_end = data.find(b"\r\n\r\n")
        if head_end < 0 or len(data) < head_end + 4 + _content_length(data, head_end):
            self.buffer = data
            return
        self.buffer = b""
        request, self.request = self.request, None
        assert request is not None
        self.generator.answered(self, request, data)

    def connection_lost(self, error: Exception | None) -> None:
        self.generator.lost(self, error)


def _content_length(data: bytes, head_end: int) -> int:
    head = data[:head_end].lower()
    at = head.find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


class _Generator:
    def __init__(self, requests: Iterable[Request], *, total: int) -> None:
        self.load = Load()
        self.waiting: Iterator[Request] = iter(requests)
        self.again: deque[Request] = deque()
        self.left = total
        self.idle: deque[_Connection] = deque()
        self.done = asyncio.get_running_loop().create_future()
        self.open_loop = False

    async def connect(self, port: int, count: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(count):
            _, connection = await loop.create_connection(
                lambda: _Connection(self), "127.0.0.1", port
            )
            self.idle.append(connection)

    def answered(self, connection: _Connection, request: Request, data: bytes) -> None:
        load = self.load
        status = data[9:12]
        now = time.perf_counter()
        if status == b"503":
            load.retries += 1
            loop = asyncio.get_running_loop()
            loop.call_later(0.05, self._send_again, connection, request)
            return
        self.left -= 1
        load.requests += 1
        if status[:1] == b"2":
            load.acknowledged += request.fixes
            load.ack_s.append(now - connection.since)
        else:
            load.refused[data.decode(errors="replace")[:400]] += 1
        if self.left <= 0:
            load.ended = now
            if not self.done.done():
                self.done.set_result(None)
        elif self.open_loop:
            self.idle.append(connection)
        else:
            self._next(connection)

    def _send_again(self, connection: _Connection, request: Request) -> None:
        connection.send(request, since=connection.since)

    def _next(self, connection: _Connection) -> None:
        request = next(self.waiting, None)
        if request is not None:
            connection.send(request, since=time.perf_counter())

    def lost(self, connection: _Connection, error: Exception | None) -> None:
        if not self.done.done() and connection.request is not None:
            self.done.set_exception(ConnectionError(f"The gateway closed a connection: {error}"))

    def begin(self) -> None:
        while self.idle:
            self._next(self.idle.popleft())

    async def follow_plan(self, plan: Sequence[tuple[float, Request]], *, start: float) -> None:
        """Sends each request at `start` plus its offset; waits for a connection if none is idle."""
        self.open_loop = True
        sent_at = self.load.sent_at
        due = iter(plan)
        offset, request = next(due)
        while True:
            now = time.perf_counter()
            while start + offset <= now and self.idle:
                sent_at[request.key] = start + offset
                self.idle.popleft().send(request, since=start + offset)
                following = next(due, None)
                if following is None:
                    return
                offset, request = following
            await asyncio.sleep(_TICK_S)


def send_all(requests: Sequence[Request], *, port: int, connections: int) -> Load:
    """Sends the requests in a closed loop over this many connections; returns when all answered.

    Raises TimeoutError, ConnectionError.
    """

    async def run() -> Load:
        generator = _Generator(requests, total=len(requests))
        await generator.connect(port, min(connections, len(requests)))
        load = generator.load
        cpu = time.process_time()
        load.started = time.perf_counter()
        generator.begin()
        await asyncio.wait_for(generator.done, GIVE_UP_AFTER_S)
        load.cpu_s = time.process_time() - cpu
        return load

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(run())


async def send_planned(
    plan: Sequence[tuple[float, Request]], *, port: int, connections: int
) -> Load:
    """Sends each request at its offset in seconds from now (open loop), in the running loop.

    Raises TimeoutError, ConnectionError.
    """
    generator = _Generator((), total=len(plan))
    await generator.connect(port, connections)
    load = generator.load
    cpu = time.process_time()
    load.started = time.perf_counter()
    await generator.follow_plan(plan, start=load.started)
    await asyncio.wait_for(generator.done, GIVE_UP_AFTER_S)
    load.cpu_s = time.process_time() - cpu
    return load
