"""One owner at a time for the private services of a checkout.

The kernel frees the lock when its holder ends in any way, so there is no stale lock to clear up.
"""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from devstack.errors import DevStackError
from devstack.places import State


@dataclass(frozen=True)
class Owner:
    """Who runs the services: `purpose` is the Makefile's target."""

    purpose: str
    pid: int
    url: str = ""


class Taken(DevStackError):  # noqa: N818 - a state of things, no mistake
    """Another process has the lock."""

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        super().__init__(
            f"`make {owner.purpose}` (pid {owner.pid}) uses the private services; stop it first."
        )


@contextmanager
def owned(*, state: State, owner: Owner) -> Iterator[None]:
    """Holds the lock for the block. Raises Taken, with the owner, when somebody else has it."""
    state.create()
    descriptor = os.open(state.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken(_read(descriptor)) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(owner)).encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def owned_after_waiting(
    *, state: State, owner: Owner, wait_for: Callable[[Owner], bool], seconds: float
) -> Iterator[None]:
    """As `owned`, but waits, at most `seconds`, while `wait_for(present owner)` is true."""
    deadline = time.monotonic() + seconds
    told = False
    while True:
        try:
            holder = owned(state=state, owner=owner)
            holder.__enter__()
        except Taken as taken:
            if not wait_for(taken.owner) or time.monotonic() > deadline:
                raise
            if not told:
                print(
                    f"Waiting for `make {taken.owner.purpose}` (pid {taken.owner.pid}) "
                    "to finish with the private services ...",
                    flush=True,
                )
                told = True
            time.sleep(0.2)
            continue
        break
    try:
        yield
    finally:
        holder.__exit__(None, None, None)


def _read(descriptor: int) -> Owner:
    # The holder writes its name right after it gets the lock.
    for _ in range(20):
        text = os.pread(descriptor, 4096, 0)
        try:
            return Owner(**json.loads(text))
        except (ValueError, TypeError):
            time.sleep(0.05)
    return Owner(purpose="run", pid=0)
