"""Whether a TCP port is free, and who has it when not."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from devstack import processes
from devstack.errors import DevStackError

LISTENING = "0A"


def parse(text: str) -> int:
    """PORT as a number; raises DevStackError."""
    if text.isdigit() and 0 < int(text) < 65536:
        return int(text)
    raise DevStackError(f"PORT is {text!r}; it has to be a number from 1 to 65535.")


def check_free(*, host: str, port: int) -> None:
    """Raises DevStackError, with a sentence that names the holder, when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            raise DevStackError(
                f"Port {port} cannot be used: {_reason(error, port)}. "
                f"Stop that, or choose another port: PORT={port + 1} make run"
            ) from None


def _reason(error: OSError, port: int) -> str:
    holders = holders_of(port)
    if holders:
        pid = holders[0]
        return f"`{processes.command_line(pid)[:120]}` (pid {pid}) listens there"
    if isinstance(error, PermissionError):
        return "an ordinary user may not listen below port 1024"
    if error.errno == 98:  # EADDRINUSE
        return "a process of another user listens there"
    return str(error.strerror)


def holders_of(port: int) -> list[int]:
    """Processes that listen on a TCP port, as far as we may see them."""
    sockets = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        if not Path(table).exists():
            continue
        for line in Path(table).read_text().splitlines()[1:]:
            columns = line.split()
            if columns[3] == LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                sockets.add(f"socket:[{columns[9]}]")
    return sorted(
        int(name)
        for name in os.listdir("/proc")
        if name.isdigit() and sockets & set(_open_files(Path("/proc") / name / "fd"))
    )


def _open_files(folder: Path) -> Iterator[str]:
    """What the descriptors of a process lead to; they may close while we look."""
    try:
        numbers = os.listdir(folder)
    except OSError:
        return
    for number in numbers:
        try:
            yield os.readlink(folder / number)
        except OSError:
            continue
