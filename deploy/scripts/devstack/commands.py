"""The targets that run one command beside the private services, and clean-state."""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from devstack import postgres, processes
from devstack.errors import DevStackError
from devstack.front import run_in_front
from devstack.lock import Owner, Taken, owned, owned_after_waiting
from devstack.places import CHECKOUT, State, state_for
from devstack.postgres import PrivatePostgres
from devstack.redis_server import PrivateRedis
from devstack.services import services_for

PREPARE = "prepare_database"
PYTHON = str(CHECKOUT / ".venv/bin/python")


def manage(arguments: Sequence[str]) -> int:
    """`make manage cmd="..."`: in the environment of `make run`, whose services it uses when up."""
    words = _words(arguments)
    if not words:
        raise DevStackError('Say which command: make manage cmd="createsuperuser"')
    state = state_for()
    command = [PYTHON, "manage.py", *words]
    mark = f"manage:{os.getpid()}"
    try:
        with _services(purpose="manage", state=state) as environment:
            if words[0] != PREPARE and not _is_prepared(state, environment):
                print("The database is new; preparing it first.", flush=True)
                prepare = [PYTHON, "manage.py", PREPARE]
                if code := run_in_front(prepare, env=environment, cwd=CHECKOUT, mark=mark):
                    return code
            return run_in_front(command, env=environment, cwd=CHECKOUT, mark=mark)
    except Taken:
        # `make run` has the services; when it has only just begun they are about to answer.
        services = services_for(state=state)
        if services.database and not processes.wait_until(services.database.answers, seconds=60):
            raise DevStackError("The private database of `make run` does not answer.") from None
        return run_in_front(command, env=services.environment, cwd=CHECKOUT, mark=mark)


def _is_prepared(state: State, environment: Mapping[str, str]) -> bool:
    """Whether the private database has the role that commands act as; others' are their affair."""
    database = PrivatePostgres(state=state)
    if environment["DATABASE_URL"] != database.url():
        return True
    return bool(
        database.query(f"SELECT 1 FROM pg_roles WHERE rolname = '{postgres.APPLICATION}'")  # noqa: S608
    )


def test(arguments: Sequence[str]) -> int:
    """`make test`: the suite, then the browser suite; with ARGS one pytest with those.

    One process: on two cores, which PostgreSQL and Redis share, two were no faster.
    """
    python = [PYTHON, "-m", "pytest"]
    suites = [[*python, *words]] if (words := _words(arguments)) else _suites(python)
    codes = []
    with _services(purpose="test", state=state_for("test"), settings=postgres.QUICK) as environment:
        environment = {
            **environment,
            "DATABASE_AS_OWNER": "1",
            "LOG_JSON": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": "build/hypothesis",
        }
        for suite in suites:
            codes.append(
                run_in_front(suite, env=environment, cwd=CHECKOUT, mark=f"test:{os.getpid()}")
            )
    return max(codes)


def _suites(python: list[str]) -> list[list[str]]:
    suites = [[*python, "-m", "not e2e"]]
    if (CHECKOUT / "tests/e2e").is_dir():
        suites.append([*python, "-m", "e2e", "tests/e2e"])
    return suites


def bench(arguments: Sequence[str]) -> int:
    """`make bench`: it makes fresh services of its own, also where the environment names some."""
    return run_in_front(
        [PYTHON, "-m", "tests.load.bench", *_words(arguments)],
        env={**os.environ, **_with_this_package()},
        cwd=CHECKOUT,
        mark=f"bench:{os.getpid()}",
    )


def screenshots(arguments: Sequence[str]) -> int:
    """`make screenshots`: the pictures of the README."""
    return _module("tests.tools.screenshots", purpose="screenshots", arguments=arguments)


def _module(name: str, *, purpose: str, arguments: Sequence[str]) -> int:
    command = [PYTHON, "-m", name, *_words(arguments)]
    with _services(purpose=purpose, state=state_for(purpose)) as environment:
        return run_in_front(
            command,
            env={**environment, **_with_this_package()},
            cwd=CHECKOUT,
            mark=f"{purpose}:{os.getpid()}",
        )


def _with_this_package() -> Mapping[str, str]:
    """What lets a child import `devstack`, as pytest's settings do for tests."""
    paths = (str(CHECKOUT / "deploy/scripts"), os.environ.get("PYTHONPATH"))
    return {"PYTHONPATH": os.pathsep.join(path for path in paths if path)}


def clean_state(_arguments: Sequence[str]) -> int:
    """`make clean-state`: forgets database, Redis, logs and secret key of this checkout."""
    base = state_for()
    if not base.folder.exists():
        print("There is no state to forget.")
        return 0
    for state in (*(state_for(purpose) for purpose in PURPOSES), base):
        if not state.folder.exists():
            continue
        with owned(state=state, owner=Owner(purpose="clean-state", pid=os.getpid())):
            PrivatePostgres(state=state).end_leftovers()
            PrivateRedis(state=state).end_leftovers()
            _remove(state)
    print(f"Forgot the private database and everything else in {base.folder}.")
    return 0


PURPOSES = ("test", "bench", "screenshots")


def _remove(state: State) -> None:
    """Removes the state; of a folder that STATE_DIR names, which may hold other things, our own."""
    if not os.environ.get("STATE_DIR"):
        shutil.rmtree(state.folder)
        return
    for folder in (state.postgres, state.redis, state.sockets, state.folder / "staticfiles"):
        shutil.rmtree(folder, ignore_errors=True)
    for name in ("postgres.log", "redis.log", "secret_key", "demo.json", "lock"):
        (state.folder / name).unlink(missing_ok=True)
    if not any(state.folder.iterdir()):
        state.folder.rmdir()


@contextmanager
def _services(
    *, purpose: str, state: State, settings: Mapping[str, str] = postgres.DURABLE
) -> Iterator[Mapping[str, str]]:
    """Owns and runs the services of a state for the block; raises Taken when `make run` does."""
    with owned_after_waiting(
        state=state,
        owner=Owner(purpose=purpose, pid=os.getpid()),
        wait_for=lambda present: present.purpose != "run",
        seconds=3600,
    ):
        services = services_for(state=state, settings=settings)
        with services.running() as environment:
            yield environment


def _words(arguments: Sequence[str]) -> list[str]:
    """ARGS come from make as one text, and from a shell as words."""
    return [word for argument in arguments for word in shlex.split(argument)]


def fail(message: str) -> int:
    """Says what went wrong, on the error stream."""
    print(message, file=sys.stderr, flush=True)
    return 1
