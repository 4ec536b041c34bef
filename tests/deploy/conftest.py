"""A state folder that the postgres user may pass through, and stacks that end with their test."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devstack import postgres, processes
from devstack.places import CHECKOUT, State
from devstack.postgres import PrivatePostgres
from devstack.redis_server import PrivateRedis


@contextmanager
def temporary_state() -> Iterator[State]:
    # Not below pytest's own folder: it is closed to the user that PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="fleet-dev-"))
    state = State(folder)
    state.create()
    yield state
    shutil.rmtree(folder)


@pytest.fixture
def state() -> Iterator[State]:
    with temporary_state() as state:
        yield state


@pytest.fixture(scope="session")
def new_cluster() -> Iterator[Path]:
    """The data folder of a cluster that was made, started and stopped once; to be copied."""
    with temporary_state() as state:
        server = PrivatePostgres(state=state, settings=postgres.QUICK)
        server.start()
        server.stop()
        yield state.postgres


@pytest.fixture
def initialized(state: State, new_cluster: Path) -> State:
    """A state with a cluster, which is copied because making one takes a second or two."""
    subprocess.run(["cp", "-a", new_cluster, state.postgres], check=True)
    return state


@pytest.fixture
def database(initialized: State) -> Iterator[PrivatePostgres]:
    server = PrivatePostgres(state=initialized, settings=postgres.QUICK)
    yield server
    server.stop()


@pytest.fixture
def redis_server(state: State) -> Iterator[PrivateRedis]:
    server = PrivateRedis(state=state, fsync="always")
    yield server
    server.stop()


Starter = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start_stack(initialized: State) -> Iterator[Starter]:
    """Starts small_stack.py in the state folder and returns once it says that it is ready."""
    started: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.deploy.small_stack", str(initialized.folder)],
            cwd=CHECKOUT,
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": str(CHECKOUT / "deploy/scripts"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        assert process.stdout
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "ready\n":
                return process
        raise AssertionError("".join(lines))

    yield start
    for process in started:
        process.kill()
        process.communicate()
    processes.wait_until(lambda: not everything_of(initialized), seconds=20)


def everything_of(state: State) -> list[int]:
    """Every process that belongs to the stack of a state folder."""
    return [
        *processes.marked(f"run:{state.folder}"),
        *PrivatePostgres(state=state).pids(),
        *PrivateRedis(state=state).pids(),
    ]
