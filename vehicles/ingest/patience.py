"""Waiting for a server that cannot be reached, for as long as it takes."""

import random
import threading
from collections.abc import Callable
from typing import TypeVar

import redis
import structlog
from django.db import InterfaceError, OperationalError, ProgrammingError, connection

from vehicles.ingest import metrics

log = structlog.get_logger(__name__)

T = TypeVar("T")

TRANSIENT = (OperationalError, InterfaceError, ProgrammingError)
"""Trouble of the database or of the installation (no connection, a migration that is missing),
not of the data: waiting helps, quarantine would not."""

FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 5.0


class Stopped(Exception):  # noqa: N818 - not an error
    """Asked to stop while waiting for a server."""


def insist(server: str, work: Callable[[], T], stop: threading.Event) -> T:
    """`work()`, again and again with growing, jittered waits while its server is in trouble.

    Raises:
        Stopped: `stop` was set meanwhile.
    """
    wait_s = FIRST_WAIT_S
    while True:
        try:
            return work()
        except (redis.RedisError, *TRANSIENT) as error:
            log.warning("pipeline_waits", server=server, error=str(error), wait_s=round(wait_s, 2))
            metrics.RETRIES.labels(server).inc()
            if isinstance(error, TRANSIENT):
                connection.close()
        if stop.wait(wait_s * random.uniform(0.5, 1.0)):  # noqa: S311 - jitter, not a secret
            raise Stopped
        wait_s = min(LONGEST_WAIT_S, wait_s * 2)
