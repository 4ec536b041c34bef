"""A clean Redis, and submissions written as tersely as tests want them."""

import datetime as dt
from collections.abc import Iterator

import pytest
import redis
from django.db import connection

from fleet.accounts.scope import platform_scope
from tests.vehicles.ingest.doorstep import Doorstep, thread_in_this_transaction
from tests.vehicles.ingest.stories import us


@pytest.fixture
def everything() -> Iterator[None]:
    """Sees the rows of all organizations, to look at what was stored."""
    with platform_scope():
        yield


@pytest.fixture
def now_us() -> int:
    return us(dt.datetime.now(dt.UTC))


@pytest.fixture
def door(stream_redis: redis.Redis, db: None) -> Iterator[Doorstep]:
    """A gateway to send requests to, that sees the test's own transaction."""
    doorstep = Doorstep(threads=thread_in_this_transaction())
    yield doorstep
    doorstep.close()
    connection.dec_thread_sharing()
