"""Sends requests straight to the ingest gateway, as an ASGI server would."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import msgspec
import redis
from django.db import connections

from vehicles.ingest import stream
from vehicles.ingest.gateway import IngestGateway
from vehicles.ingest.registry import Registry
from vehicles.ingest.stream import Submission


@dataclass
class Answer:
    """One response."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


def thread_in_this_transaction() -> Executor:
    """One thread that uses the connection of the test, and so sees what the test has made."""
    connection = connections["default"]
    connection.inc_thread_sharing()

    def share() -> None:
        connections["default"] = connection

    return ThreadPoolExecutor(max_workers=1, initializer=share)


class Doorstep:
    """A gateway and the means to knock, for tests that are not asynchronous themselves."""

    def __init__(self, *, threads: Executor | None = None) -> None:
        self.gateway = IngestGateway(
            self.passed_on, make_registry=lambda: Registry(threads=threads)
        )
        self.passed: list[str] = []
        self._runner = asyncio.Runner()

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run on the gateway's event loop."""
        return self._runner.run(work)

    def settle(self) -> None:
        """Let what the gateway does in the background come to its end."""
        self.run(asyncio.sleep(0.05))

    def close(self) -> None:
        self.run(self.gateway.close())
        self._runner.close()

    async def passed_on(self, scope: Any, receive: Any, send: Any) -> None:
        self.passed.append(scope["path"])

    def request(self, path: str, body: bytes | list[bytes] = b"", **more: Any) -> Any:
        """`knock`, waited for."""
        return self.run(self.knock(path, body, **more))

    async def knock(
        self,
        path: str,
        body: bytes | list[bytes] = b"",
        *,
        method: str = "POST",
        key: str = "",
        **headers: str,
    ) -> Answer | None:
        """Send a request; None when there was no answer.

        `key` goes into Authorization, `_` in header names becomes `-`.
        """
        if key:
            headers["authorization"] = f"Api-Key {key}"
        path, _, query = path.partition("?")
        pieces = [body] if isinstance(body, bytes) else list(body)
        scope = {
            "type": "http", "method": method, "path": path, "query_string": query.encode(),
            "headers": [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()],
        }  # fmt: skip

        async def receive() -> dict[str, Any]:
            if not pieces:
                return {"type": "http.disconnect"}
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces)}

        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        await self.gateway(scope, receive, send)
        if not sent:
            return None
        start, content = sent
        return Answer(
            start["status"],
            {k.decode(): v.decode() for k, v in start["headers"]},
            content["body"],
        )


def submissions_in(client: redis.Redis) -> Iterator[Submission]:
    """Everything that waits in the stream."""
    for shard in range(16):
        entries: Any = client.xrange(stream.shard_key(shard))
        for _, fields in entries:
            yield from stream.decode(fields[stream.BODY])
