"""What tests of the position stream share, whichever end they stand at."""

from collections.abc import Iterator

import pytest
import redis

from vehicles.ingest import stream


@pytest.fixture
def stream_redis() -> Iterator[redis.Redis]:
    """The tests' own Redis database, empty before and after."""
    client = stream.connect()
    client.flushdb()
    yield client
    client.flushdb()
    client.close()
