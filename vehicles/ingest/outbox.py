"""The gateway's writes: submissions of concurrent requests go to Redis together.

While one write is under way the next collects, so the busier the gateway, the fewer commands per
request. Nobody is told "stored" before Redis has answered.
"""

import asyncio
import time

import redis
import redis.asyncio
import structlog
from django.conf import settings
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from vehicles.ingest import metrics, stream
from vehicles.ingest.stream import Submission

log = structlog.get_logger(__name__)

MAX_PENDING = 50_000
"""Records that may wait in this process for Redis to answer."""
RESUME_BELOW = 0.9
PROBE_EVERY_S = 0.5


class NotDurable(Exception):  # noqa: N818 - says what it is about
    """The submission is not in the stream for sure; the sender must send it again."""


class Overloaded(NotDurable):
    """The stream is as long as it may become."""


class Outbox:
    """Appends submissions to the stream, many requests at a time."""

    def __init__(self) -> None:
        self._client = redis.asyncio.Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=2,
            socket_timeout=5,
            # Once more at once, for a connection that a restart of Redis has cut. Written twice
            # is stored once.
            retry=Retry(NoBackoff(), 1),
            retry_on_error=[redis.ConnectionError],
            protocol=2,
        )
        self._parts: list[tuple[int, Submission]] = []
        self._pending = 0
        self._waiters: list[asyncio.Future[None]] = []
        self._task: asyncio.Task[None] | None = None
        self._full = False
        self._probe_at = 0.0

    def check_room(self) -> None:
        """Raises `Overloaded` when nothing more may be accepted now."""
        if self._pending >= MAX_PENDING:
            raise Overloaded
        if self._full:
            if time.monotonic() >= self._probe_at:
                # An empty write asks how long the stream is by now.
                self._probe_at = time.monotonic() + PROBE_EVERY_S
                self._wake(asyncio.get_running_loop().create_future())
            raise Overloaded

    async def put(self, submission: Submission) -> None:
        """Return when the submission is in the stream.

        Raises:
            NotDurable: it may not be.
        """
        self._parts += stream.split_by_shard(submission)
        self._pending += submission.count
        written = asyncio.get_running_loop().create_future()
        self._wake(written)
        await written

    async def close(self) -> None:
        """Finish what is under way and close the connection."""
        if self._task:
            await self._task
        await self._client.aclose()

    def _wake(self, written: asyncio.Future[None]) -> None:
        self._waiters.append(written)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._write_all())

    async def _write_all(self) -> None:
        while self._waiters:
            parts, waiters = self._parts, self._waiters
            self._parts, self._waiters = [], []
            trouble: NotDurable | None = NotDurable("The gateway is shutting down.")
            try:
                await self._write(parts)
                trouble = None
            except redis.RedisError as error:
                trouble = NotDurable(str(error))
            except Exception as error:
                log.exception("ingest_write_failed")
                trouble = NotDurable(repr(error))
            finally:
                self._pending -= sum(part.count for _, part in parts)
                for waiter in waiters:
                    if waiter.done():  # its request was cancelled
                        continue
                    if trouble:
                        waiter.set_exception(trouble)
                    else:
                        waiter.set_result(None)

    async def _write(self, parts: list[tuple[int, Submission]]) -> None:
        async with self._client.pipeline(transaction=True) as pipe:
            stream.queue_entries(pipe, stream.entries_for(parts))
            waiting = int((await pipe.execute())[-1])
        metrics.WAITING.set(max(0, waiting))
        limit = settings.INGEST_STREAM_MAX
        self._full = waiting >= limit or (self._full and waiting >= limit * RESUME_BELOW)
