"""Whatever ends the stack, nothing of it is left running, and the next start copes."""

import os
import signal
import sys
from pathlib import Path

import pytest

from devstack import processes
from devstack.errors import DevStackError
from devstack.lock import Owner, Taken, owned
from devstack.places import State
from devstack.postgres import PrivatePostgres
from devstack.redis_server import PrivateRedis
from devstack.supervisor import Child, Supervisor
from tests.deploy.conftest import Starter, everything_of


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_no_process_outlives_the_supervisor(
    state: State, start_stack: Starter, number: signal.Signals
) -> None:
    stack = start_stack()
    # idle; careless and its grandchild; PostgreSQL with its processes; Redis
    assert len(everything_of(state)) >= 6
    os.kill(stack.pid, number)
    stack.wait()
    assert processes.wait_until(lambda: not everything_of(state), seconds=30)


def test_a_start_right_after_a_kill_serves_again(state: State, start_stack: Starter) -> None:
    first = start_stack()
    os.kill(first.pid, signal.SIGKILL)
    second = start_stack()
    mark = f"run:{state.folder}"
    assert processes.wait_until(lambda: not processes.marked(f"{mark}#{first.pid}"), seconds=30)
    # The guard of the first has left the children of the second alone: idle, bash and its sleep.
    # The sleep may still be on its way when the stack says that it is ready.
    assert processes.wait_until(
        lambda: len(processes.marked(f"{mark}#{second.pid}")) == 3, seconds=30
    )
    assert PrivatePostgres(state=state).answers()
    assert PrivateRedis(state=state).pids()


def test_the_servers_are_started_again_when_they_are_killed(
    state: State, start_stack: Starter
) -> None:
    start_stack()
    PrivatePostgres(state=state).kill()
    PrivateRedis(state=state).kill()
    assert processes.wait_until(PrivatePostgres(state=state).answers, seconds=30)
    assert processes.wait_until(lambda: bool(PrivateRedis(state=state).pids()), seconds=30)


def test_a_second_stack_of_the_same_state_is_refused_and_hears_who_has_it(
    state: State, start_stack: Starter
) -> None:
    stack = start_stack()
    with (
        pytest.raises(Taken) as refusal,
        owned(state=state, owner=Owner(purpose="run", pid=os.getpid())),
    ):
        pass
    assert refusal.value.owner == Owner(purpose="run", pid=stack.pid, url="http://here")


def test_a_child_that_ends_is_started_again_with_a_sentence(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    count = tmp_path / "count"
    command = ["bash", "-c", f"echo again >> {count}; exit 3"]
    with Supervisor(
        mark=f"test:{tmp_path}", cwd=tmp_path, environment={"PATH": os.environ["PATH"]}
    ) as supervisor:
        supervisor.add(Child("unlucky", command))
        assert supervisor.run_until(
            lambda: count.exists() and count.read_text().count("again") >= 2, pause_s=0.02
        )
    assert "unlucky ended with exit code 3 after 0 s; starting it again in 0.5 s." in (
        capfd.readouterr().out
    )


def test_it_gives_up_when_a_vital_child_cannot_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devstack.supervisor.FIRST_PAUSE_S", 0.01)
    with Supervisor(
        mark=f"test:{tmp_path}", cwd=tmp_path, environment={"PATH": os.environ["PATH"]}
    ) as supervisor:
        supervisor.add(Child("web", [sys.executable, "-c", "raise SystemExit(1)"], vital=True))
        with pytest.raises(DevStackError, match="web ended with exit code 1 4 times right after"):
            supervisor.run_until(lambda: False, pause_s=0.02)
