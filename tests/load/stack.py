"""Servers and processes of one run: made for it, on unix sockets and loopback, then forgotten."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import redis

from devstack import processes
from devstack.errors import DevStackError
from devstack.lock import Owner, owned
from devstack.places import CHECKOUT, State, state_for
from devstack.postgres import OWNER, PrivatePostgres
from devstack.redis_server import PrivateRedis

BUILD = CHECKOUT / "build"
LOGS = BUILD / "bench-logs"
# What `make run` gives uvicorn; see devstack/run.py.
UVICORN = (
    *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false"),
    *("--ws-ping-interval", "0", "--ws-max-size", "262144"),
    *("--timeout-graceful-shutdown", "1", "--no-access-log", "--log-level", "warning"),
)
STARTS_WITHIN_S = 60.0


@dataclass
class Running:
    """One process of ours."""

    name: str
    process: subprocess.Popen[bytes]
    port: int = 0

    @property
    def pid(self) -> int:
        return self.process.pid

    @property
    def log(self) -> Path:
        return LOGS / f"{self.name}.log"


@dataclass
class Stack:
    """The private servers, and the environment that leads to them."""

    postgres: PrivatePostgres
    redis: PrivateRedis
    environment: Mapping[str, str] = field(repr=False)
    profile: bool = False

    @contextmanager
    def running(
        self, name: str, command: Sequence[str], *, port: int = 0, **environment: str
    ) -> Iterator[Running]:
        """Runs a command, its output in build/bench-logs, until the block ends."""
        LOGS.mkdir(parents=True, exist_ok=True)
        with (LOGS / f"{name}.log").open("wb") as log:
            process = processes.start(
                command,
                on_parent_death=signal.SIGTERM,
                cwd=CHECKOUT,
                env={**self.environment, **environment},
                output=log,
            )
        try:
            yield Running(name, process, port)
        finally:
            # SIGINT: a profiler writes its file on the way out of KeyboardInterrupt.
            process.send_signal(signal.SIGINT if self.profile else signal.SIGTERM)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextmanager
    def asgi(
        self, name: str, application: str = "fleet.asgi:application", **environment: str
    ) -> Iterator[Running]:
        """One uvicorn process with this application on a free loopback port, ready to answer."""
        port = _free_port()
        arguments = [application, "--host", "127.0.0.1", "--port", str(port), *UVICORN]
        command = [*self._python(name), "-m", "uvicorn", *arguments]
        with self.running(name, command, port=port, **environment) as process:
            _wait_for(process, lambda: _answers(port))
            yield process

    @contextmanager
    def pipelines(self, *shards: str) -> Iterator[list[Running]]:
        """One `manage.py run_pipeline` for each of these, once they read the stream."""
        from vehicles.ingest import stream

        client = redis.Redis.from_url(self.redis.url())
        beats = f"{stream.HEARTBEAT_PREFIX}*"
        for key in client.scan_iter(beats):
            client.delete(key)
        with ExitStack() as stack:
            started = []
            for number, some in enumerate(shards, start=1):
                name = f"pipeline-{number}"
                command = [*self._python(name), "manage.py", "run_pipeline", "--shards", some]
                started.append(stack.enter_context(self.running(name, command)))
            for process in started:
                _wait_for(process, lambda: len(list(client.scan_iter(beats))) == len(shards))
            yield started
        client.close()

    def _python(self, name: str) -> list[str]:
        if not self.profile:
            return [sys.executable]
        return [sys.executable, "-m", "cProfile", "-o", str(BUILD / f"profile-{name}.prof")]


@contextmanager
def private_stack(*, profile: bool) -> Iterator[Stack]:
    """Fresh PostgreSQL and Redis with a migrated database; the caller's Django is set up on them.

    Raises DevStackError when another run has them.
    """
    state = state_for("bench")
    with owned(state=state, owner=Owner(purpose="bench", pid=os.getpid())):
        stack = Stack(
            postgres=PrivatePostgres(state=state),
            redis=PrivateRedis(state=state),
            environment=_environment(state),
            profile=profile,
        )
        _forget(stack, state)
        try:
            stack.postgres.start()
            stack.postgres.create_database()
            stack.redis.start()
            prepare = [sys.executable, "manage.py", "prepare_database", "-v0"]
            subprocess.run(prepare, cwd=CHECKOUT, env=stack.environment, check=True)
            _set_up_django(stack.environment)
            yield stack
        finally:
            stack.redis.stop()
            stack.postgres.stop()
            _forget(stack, state)


def _environment(state: State) -> dict[str, str]:
    """As devstack.services makes it, but never with servers that the environment names."""
    database = PrivatePostgres(state=state)
    return {
        **os.environ,
        "DATABASE_URL": database.url(),
        "DATABASE_OWNER_URL": database.url(user=OWNER),
        "REDIS_URL": PrivateRedis(state=state).url(),
        "STATE_DIR": str(state.folder),
        "SECRET_KEY": "benchmarks-only-on-private-servers-that-are-forgotten-afterwards",
        "DEBUG": "0",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "fleet.settings",
        "PYTHONUNBUFFERED": "1",
    }


def _set_up_django(environment: Mapping[str, str]) -> None:
    os.environ.update(environment)
    import django

    django.setup()


def _forget(stack: Stack, state: State) -> None:
    stack.redis.end_leftovers()
    stack.postgres.end_leftovers()
    for folder in (state.postgres, state.redis, state.sockets):
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(running: Running, is_ready: Callable[[], bool]) -> None:
    def has_ended() -> bool:
        return running.process.poll() is not None

    ready = processes.wait_until(lambda: has_ended() or is_ready(), seconds=STARTS_WITHIN_S)
    if not ready or has_ended():
        end_of_log = "\n".join(running.log.read_text(errors="replace").splitlines()[-20:])
        raise DevStackError(f"{running.name} did not start. The end of its log:\n{end_of_log}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
