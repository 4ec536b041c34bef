"""Live sockets are tested over real ones: uvicorn as `make run` starts it, in a thread."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn
from django.conf import settings
from redis import Redis

from tests.cast import Cast


@pytest.fixture(autouse=True)
def live_keys() -> Iterator[Redis]:
    """Redis without what earlier tests left there."""
    with Redis.from_url(settings.REDIS_URL, decode_responses=True) as redis:
        _forget(redis)
        yield redis
        _forget(redis)


def _forget(redis: Redis) -> None:
    for name in redis.scan_iter("fleet:live:*"):
        redis.delete(name)


@pytest.fixture
def serve(transactional_db: None) -> Iterator[Callable[[], int]]:
    """Start a server and get its port. Each has its own event loop, and so its own hub."""
    with ExitStack() as stack:
        yield lambda: stack.enter_context(_server())


@pytest.fixture
def port(serve: Callable[[], int]) -> int:
    """One server."""
    return serve()


@contextmanager
def _server() -> Iterator[int]:
    from vehicles.routing import websocket_application

    config = uvicorn.Config(
        websocket_application,
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_ping_interval=None,
        lifespan="off",
        log_config=None,
    )
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(
            target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True
        )
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=20)
            assert not thread.is_alive()


@pytest.fixture
def fleet(transactional_db: None, acme: Cast) -> Cast:
    """Acme with five vehicles."""
    for number in range(1, 6):
        acme.add_vehicle(f"T-{number}")
    return acme


@pytest.fixture
def sign_in(client: Any) -> Callable[[Any], str]:
    """Sign a user in; the key of the session."""

    def key(user: Any) -> str:
        client.force_login(user)
        return client.cookies[settings.SESSION_COOKIE_NAME].value

    return key
