from collections.abc import Iterator

import pytest
from django.conf import settings
from redis import Redis


@pytest.fixture
def redis() -> Iterator[Redis]:
    """Redis without live keys of earlier tests."""
    with Redis.from_url(settings.REDIS_URL) as client:
        _forget(client)
        yield client
        _forget(client)


def _forget(client: Redis) -> None:
    for name in client.scan_iter("fleet:live:*"):
        client.delete(name)
