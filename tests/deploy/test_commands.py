"""Commands beside the private services: exit codes, what they leave, what clean-state removes."""

import os
import sys
import threading
from pathlib import Path

import pytest

from devstack import commands, places, processes
from devstack.errors import DevStackError
from devstack.front import run_in_front
from devstack.lock import Owner, Taken, owned, owned_after_waiting
from devstack.places import State
from devstack.services import services_for


@pytest.fixture
def own_state(state: State, monkeypatch: pytest.MonkeyPatch) -> State:
    """The state folder of the commands is the test's, and no server is given."""
    monkeypatch.setenv("STATE_DIR", str(state.folder))
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    return state


def test_a_command_in_front_returns_its_exit_code_and_leaves_nothing(tmp_path: Path) -> None:
    mark = f"test:{tmp_path}"
    command = ["bash", "-c", "setsid sleep 600 & exit 7"]
    assert run_in_front(command, env=os.environ, cwd=tmp_path, mark=mark) == 7
    assert processes.marked(mark) == []


def test_a_management_command_gets_the_private_services_and_they_stop_after_it(
    own_state: State, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    program = own_state.folder / "manage.py"
    program.write_text(
        "import os, socket, sys\n"
        "s = socket.socket(socket.AF_UNIX)\n"
        "s.connect(os.environ['REDIS_URL'].removeprefix('unix://').partition('?')[0])\n"
        "s.close()\n"
        "print(sys.argv[1:], os.environ['DATABASE_OWNER_URL'], flush=True)\n"
        "sys.exit(0 if sys.argv[1] == 'prepare_database' else 3)\n"
    )
    monkeypatch.setattr(commands, "CHECKOUT", own_state.folder)
    monkeypatch.setattr(commands, "PYTHON", sys.executable)
    assert commands.manage(["greet --name 'two words'"]) == 3
    url = f"postgis://fleet_owner@/{own_state.sockets}/fleet"
    assert capfd.readouterr().out.splitlines() == [
        "The database is new; preparing it first.",
        f"['prepare_database'] {url}",
        f"['greet', '--name', 'two words'] {url}",
    ]
    assert processes.working_in(own_state.postgres, names=["postgres"]) == []


def test_a_management_command_without_a_name_says_how(own_state: State) -> None:
    with pytest.raises(DevStackError, match='make manage cmd="createsuperuser"'):
        commands.manage([])


def test_given_servers_are_used_and_none_is_started(
    own_state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgis://a@elsewhere/b")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/3")
    services = services_for(state=own_state)
    with services.running() as environment:
        assert environment["DATABASE_URL"] == "postgis://a@elsewhere/b"
        assert environment["REDIS_URL"] == "redis://elsewhere/3"
        assert "DATABASE_OWNER_URL" not in environment
    assert not own_state.postgres.exists()
    assert not own_state.redis.exists()


def test_the_secret_key_is_made_once_and_closed_to_others(own_state: State) -> None:
    first = services_for(state=own_state).environment["SECRET_KEY"]
    assert services_for(state=own_state).environment["SECRET_KEY"] == first
    assert len(first) >= 50
    assert own_state.secret_key.stat().st_mode & 0o777 == 0o600


def test_clean_state_removes_what_is_ours_and_nothing_else(own_state: State) -> None:
    services_for(state=own_state)
    for folder in (own_state.postgres, own_state.redis, own_state.folder / "test/postgres"):
        folder.mkdir(parents=True)
    foreign = own_state.folder / "letter.txt"
    foreign.write_text("not ours")
    assert commands.clean_state([]) == 0
    assert list(own_state.folder.iterdir()) == [foreign]


def test_clean_state_is_refused_while_something_runs(own_state: State) -> None:
    with (
        owned(state=own_state, owner=Owner(purpose="run", pid=1)),
        pytest.raises(Taken, match=r"`make run` \(pid 1\)"),
    ):
        commands.clean_state([])


def test_a_command_waits_for_another_one_to_finish(
    own_state: State, capsys: pytest.CaptureFixture[str]
) -> None:
    holding, release = threading.Event(), threading.Event()

    def hold() -> None:
        with owned(state=own_state, owner=Owner(purpose="manage", pid=4)):
            holding.set()
            release.wait(timeout=30)

    def wait_for(owner: Owner) -> bool:
        if capsys.readouterr().out.startswith("Waiting for `make manage` (pid 4)"):
            release.set()
        return owner.purpose == "manage"

    thread = threading.Thread(target=hold)
    thread.start()
    holding.wait(timeout=30)
    mine = Owner(purpose="run", pid=5)
    with owned_after_waiting(state=own_state, owner=mine, wait_for=wait_for, seconds=30):
        assert release.is_set()
    thread.join()


def test_each_checkout_and_purpose_has_a_state_of_its_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("STATE_DIR", raising=False)
    here = places.state_for()
    assert places.state_for("test").folder == here.folder / "test"
    monkeypatch.setattr(places, "CHECKOUT", Path("/another/checkout"))
    assert places.state_for().folder != here.folder
