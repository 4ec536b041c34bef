"""Waits out restarts of Redis and PostgreSQL: long work should not fail for a few seconds' gap."""

import time
from collections.abc import Callable
from typing import TypeVar

import redis
from django.db import InterfaceError, OperationalError, close_old_connections

T = TypeVar("T")

LONGEST_S = 120.0
_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 3.0


class StillAway(Exception):  # noqa: N818 - says what it is about
    """A server stayed away for longer than `LONGEST_S`; str() is the last error."""


def patiently(work: Callable[[], T], *, say: Callable[[str], None]) -> T:
    """Do `work`, again and again while a server is away; it must be safe to repeat.

    `say` is told once, in a sentence, that there is something to wait for.

    Raises:
        StillAway: no success for `LONGEST_S` seconds.
    """
    give_up = time.monotonic() + LONGEST_S
    wait = _FIRST_WAIT_S
    told = False
    while True:
        try:
            return work()
        except (redis.ConnectionError, redis.TimeoutError, OperationalError, InterfaceError) as e:
            # BusyLoadingError, a Redis that reads its file after a restart, is a ConnectionError.
            if time.monotonic() > give_up:
                raise StillAway(str(e)) from e
            if not told:
                say(f"Waiting for a server to come back ({str(e).strip().splitlines()[0]}).")
                told = True
            close_old_connections()
            time.sleep(wait)
            wait = min(_LONGEST_WAIT_S, wait * 2)
