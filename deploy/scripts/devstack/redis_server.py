"""A private Redis on a unix socket."""

import os
import shutil
import signal
import socket
import subprocess
from pathlib import Path

from devstack import output, processes
from devstack.errors import DevStackError
from devstack.places import State

NAMES = ("redis-server",)


class PrivateRedis:
    """One Redis in `state.redis`, reached through `state.sockets`, a child of this process.

    Its append-only file is on, for accepted positions wait in it, and nothing is evicted.
    FLEET_REDIS_FSYNC sets when the file reaches the disk. Only `always` keeps every acknowledged
    position: with `everysec` Redis answers for up to two seconds while a slow disk holds it up,
    before it has handed the write to the system, and a kill -9 then loses it.
    """

    def __init__(self, *, state: State, fsync: str = "always") -> None:
        self.state = state
        self.fsync = fsync
        self.process: subprocess.Popen[bytes] | None = None
        self.socket = state.sockets / "redis.sock"
        self.log = state.folder / "redis.log"

    def url(self, *, database: int = 0) -> str:
        """REDIS_URL as redis-py reads it."""
        return f"unix://{self.socket}?db={database}"

    def start(self) -> None:
        """Starts Redis and waits until it has loaded its data. Raises DevStackError."""
        self.state.create()
        for folder in (self.state.redis, self.state.sockets):
            folder.mkdir(parents=True, exist_ok=True)
            folder.chmod(0o700)
        self.end_leftovers()
        with self.log.open("ab") as log:
            self.process = processes.start(
                [str(self._program()), *self._arguments()],
                on_parent_death=signal.SIGTERM,
                cwd=self.state.redis,
                env=os.environ,
                output=log,
            )
        ready = processes.wait_until(lambda: self._answers() or self._ended(), seconds=120)
        if not ready or self._ended():
            self.stop()
            end_of_log = "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])
            raise DevStackError(
                f"The private Redis in {self.state.redis} did not start. "
                f"The end of its log {self.log}:\n{end_of_log}"
            )

    def stop(self) -> None:
        """Stops Redis; it writes out what it has first."""
        processes.end(self.pids, signals=[(signal.SIGTERM, 20), (signal.SIGKILL, 5)])
        if self.process:
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        """Kills Redis outright."""
        processes.kill(self.pids())
        if self.process:
            self.process.wait()
            self.process = None

    def pids(self) -> list[int]:
        """The Redis of this folder, if it runs."""
        running = processes.working_in(self.state.redis, names=NAMES)
        return [pid for pid in running if processes.is_alive(pid)]

    def end_leftovers(self) -> None:
        """Stops a Redis that an earlier run left behind."""
        left = self.pids()
        if left:
            output.say(f"Found a Redis of an earlier run (pid {left[0]}); stopping it first.")
            self.stop()

    def _arguments(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "777",  # the folder is closed to others
            "dir": str(self.state.redis),
            "appendonly": "yes",
            "appendfsync": self.fsync,
            "maxmemory-policy": "noeviction",
            "save": "",
            "daemonize": "no",
            "databases": "64",
        }
        return [part for name, value in settings.items() for part in (f"--{name}", value)]

    def _program(self) -> Path:
        """redis-server. Debian's redis-tools has the same program under another name, whose
        behaviour follows the name that it is started by, and no service that starts by itself."""
        if found := shutil.which("redis-server"):
            return Path(found)
        program = shutil.which("redis-check-rdb")
        if not program:
            raise DevStackError("Redis is not installed. `make setup` installs it.")
        link = self.state.redis / "redis-server"
        if not link.is_symlink():
            link.symlink_to(Path(program).resolve())
        return link

    def _answers(self) -> bool:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(2)
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None
