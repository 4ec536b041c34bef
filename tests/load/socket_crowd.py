"""Thousands of browser sockets in one cheap process, told through a pipe what to do.

One epoll loop over blocking-free sockets; of a message only its first bytes are looked at. The
clock is CLOCK_MONOTONIC, which all processes of a machine share.
"""

import multiprocessing
import select
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from tests.load import websocket

_FRAME = b'{"type":"frame","seq":'
_PING = b'{"type":"ping"'
_PONG = websocket.masked_text(b'{"type":"pong"}')
# Opened at the same time; the server looks up every key.
_AT_ONCE = 50
_SOURCES = 8


@dataclass
class Arrivals:
    """What arrived since the last time it was asked for."""

    times: dict[int, list[float]] = field(default_factory=dict)
    """Sequence number of a frame -> when each socket had it, `time.monotonic`."""
    closed: int = 0
    cpu_s: float = 0.0


class Crowd:
    """The parent's side."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def connect(self, *, port: int, path: str, api_key: str, count: int) -> None:
        """Opens `count` more sockets. Raises ConnectionError when one is refused."""
        self._ask("connect", port, path, api_key, count)

    def collect(self) -> Arrivals:
        """What arrived since the last call."""
        answer = self._ask("collect")
        assert isinstance(answer, Arrivals)
        return answer

    def _ask(self, *message: object) -> object:
        self._pipe.send(message)
        answer = self._pipe.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


@contextmanager
def crowd() -> Iterator[Crowd]:
    """A crowd in a process of its own; its sockets close with the block."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Crowd(ours)
    finally:
        ours.close()
        process.join(timeout=10)
        if process.is_alive():
            process.kill()


def _serve(pipe: Connection) -> None:
    # Ctrl-C is the parent's to handle; we end when its end of the pipe closes.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    members = _Members()
    members.poll.register(pipe.fileno(), select.EPOLLIN)
    while True:
        if members.read(control=pipe.fileno()):
            try:
                name, *arguments = pipe.recv()
            except EOFError:
                return
            try:
                answer = getattr(members, name)(*arguments)
            except OSError as error:
                answer = ConnectionError(str(error))
            pipe.send(answer)


class _Members:
    def __init__(self) -> None:
        self.poll = select.epoll()
        self.sockets: dict[int, tuple[socket.socket, websocket.FrameReader]] = {}
        self.arrivals = Arrivals()
        self.cpu_before = time.process_time()

    def connect(self, port: int, path: str, api_key: str, count: int) -> None:
        request = websocket.upgrade_request(path=path, api_key=api_key)
        for first in range(0, count, _AT_ONCE):
            opening = [self._open(port, n) for n in range(first, min(first + _AT_ONCE, count))]
            for opened in opening:
                opened.sendall(request)
            for opened in opening:
                rest = _read_head(opened)
                opened.setblocking(False)
                reader = websocket.FrameReader()
                self.sockets[opened.fileno()] = opened, reader
                self._note(opened, reader, rest)
                self.poll.register(opened.fileno(), select.EPOLLIN)

    def _open(self, port: int, n: int) -> socket.socket:
        opened = socket.socket()
        opened.settimeout(30)
        # Several source addresses, so that ports left over by earlier sockets do not run out.
        opened.bind((f"127.0.0.{2 + n % _SOURCES}", 0))
        opened.connect(("127.0.0.1", port))
        return opened

    def collect(self) -> Arrivals:
        now = time.process_time()
        arrivals, self.arrivals = self.arrivals, Arrivals()
        arrivals.cpu_s, self.cpu_before = now - self.cpu_before, now
        return arrivals

    def read(self, *, control: int) -> bool:
        """Reads whatever has arrived; True when the parent wants something."""
        wanted = False
        for descriptor, _ in self.poll.poll(maxevents=512):
            if descriptor == control:
                wanted = True
                continue
            member, reader = self.sockets[descriptor]
            try:
                data = member.recv(262_144)
            except BlockingIOError:
                continue
            except OSError:
                data = b""
            if data:
                self._note(member, reader, data)
            else:
                self.poll.unregister(descriptor)
                del self.sockets[descriptor]
                member.close()
                self.arrivals.closed += 1
        return wanted

    def _note(self, member: socket.socket, reader: websocket.FrameReader, data: bytes) -> None:
        for opcode, payload in reader.feed(data):
            if payload.startswith(_FRAME):
                seq = int(payload[len(_FRAME) : payload.index(b",", len(_FRAME))])
                self.arrivals.times.setdefault(seq, []).append(time.monotonic())
            elif opcode == websocket.TEXT and payload.startswith(_PING):
                member.send(_PONG)


def _read_head(opened: socket.socket) -> bytes:
    """Reads the answer to the upgrade; returns what came after it. Raises ConnectionError."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = opened.recv(65_536)
        if not more:
            raise ConnectionError(f"The server closed a socket that was opening: {data[:200]!r}")
        data += more
    head, _, rest = data.partition(b"\r\n\r\n")
    if b" 101 " not in head.split(b"\r\n", 1)[0]:
        raise ConnectionError(f"The server refused a socket: {head[:200]!r}")
    return rest
