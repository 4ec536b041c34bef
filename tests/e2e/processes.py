"""The processes that the browser needs, as `make run` starts them."""

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devstack import processes
from devstack.places import CHECKOUT

STARTS_WITHIN_S = 90.0
STOPS_WITHIN_S = 20.0


class Program:
    """One process that may be started again. Its output is added to `log`."""

    def __init__(
        self, command: Sequence[str], *, environment: Mapping[str, str], log: Path
    ) -> None:
        self.command = command
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it ends with us, however we end."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as output:
            self.process = processes.start(
                self.command,
                on_parent_death=signal.SIGKILL,
                cwd=CHECKOUT,
                env=self.environment,
                output=output,
            )

    def stop(self) -> None:
        """End it politely, and in any case."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would."""
        self._end(signal.SIGKILL)

    def wait(self, condition: Callable[[], bool], *, what: str) -> None:
        """Wait until `condition()` holds; an AssertionError says how far it came."""
        process = self.process
        assert process is not None, f"{what} was not started"
        processes.wait_until(
            lambda: condition() or process.poll() is not None, seconds=STARTS_WITHIN_S
        )
        assert process.poll() is None, f"{what} ended. {self.end_of_log()}"
        assert condition(), f"{what} is not ready after {STARTS_WITHIN_S} s. {self.end_of_log()}"

    def end_of_log(self) -> str:
        """The last lines of its output."""
        lines = self.log.read_text(errors="replace").splitlines()[-25:]
        return "\n".join([f"The end of {self.log}:", *lines])

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        self.process.send_signal(number)
        try:
            self.process.wait(timeout=STOPS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None


class WebServer(Program):
    """uvicorn on a loopback port that stays the same over a restart."""

    def __init__(self, *, environment: Mapping[str, str], log: Path) -> None:
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        command = [
            *(sys.executable, "-m", "uvicorn", "fleet.asgi:application"),
            *("--host", "127.0.0.1", "--port", str(self.port)),
            *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false"),
            *("--timeout-graceful-shutdown", "1", "--no-access-log"),
        ]
        super().__init__(command, environment={**environment, "PUBLIC_URL": self.url}, log=log)

    def start(self) -> None:
        """Start it and wait until it answers."""
        super().start()
        self.wait(lambda: self._answers("/health/live"), what="The web server")

    def wait_until_ready(self) -> None:
        """Wait until database, Redis, migrations and pipeline are as they should be."""
        self.wait(lambda: self._answers("/health/ready"), what="The web server")

    def _answers(self, path: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            response.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return response.status == http.client.OK


def manage(*words: str) -> list[str]:
    """A management command as a command line."""
    return [sys.executable, "manage.py", *words]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
