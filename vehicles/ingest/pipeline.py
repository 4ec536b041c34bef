"""The pipeline: from the stream to the database, then to everybody who is looking.

Each batch is stored in one transaction, then announced, then deleted from the stream. Killed
anywhere before the last step, the same entries are handed out again and stored once all the same.
"""

import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec
import redis
import structlog
from django.conf import settings
from django.db import connection

from vehicles.ingest import metrics, stream
from vehicles.ingest.announcer import Announcer
from vehicles.ingest.patience import Stopped, insist
from vehicles.ingest.poison import store_surely
from vehicles.ingest.reader import Batch, Reader, new_consumer_name
from vehicles.ingest.store import Store, Stored

log = structlog.get_logger(__name__)

IDLE_WAIT_MS = 500
HEARTBEAT_EVERY_S = 1.0
HEARTBEAT_KEPT_S = 15
MOST_GATHER_MS = 300
FIXES_PER_MS = 10
"""The next batch gathers a millisecond for each ten fixes of the last one: at up to ten fixes a
millisecond batches stay small and quick, above it they grow."""

T = TypeVar("T")


class Pipeline:
    """One consumer of the position stream; run it in a process or a thread of its own.

    Several may run at once. Those of one shard take turns, so give each shards of its own.
    """

    def __init__(self, *, shards: Sequence[int] | None = None, consumer: str = "") -> None:
        self.client = stream.connect()
        self.consumer = consumer or new_consumer_name()
        self.reader = Reader(
            self.client,
            shards=range(settings.INGEST_SHARDS) if shards is None else shards,
            consumer=self.consumer,
        )
        self.announcer = Announcer(self.client)
        self.store = Store()
        self.totals = Stored()
        self._stop = threading.Event()
        self._heartbeat_at = 0.0
        self._last_fixes = 0

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set; then finish the batch in hand and return."""
        self._stop = stop
        try:
            self._insist("redis", self.reader.ensure_groups)
            while not stop.is_set():
                self.step()
            self._insist("redis", lambda: self.announcer.publish_due(everything=True))
        except Stopped:
            log.warning("pipeline_stopped_while_waiting", consumer=self.consumer)
        finally:
            self.close()

    def drain(self) -> Stored:
        """Work until nothing waits in the shards; returns what became of it."""
        self.reader.ensure_groups()
        while (
            self.step(wait_ms=1) or stream.backlog(self.client, shards=self.reader.shards).entries
        ):
            pass
        self.announcer.publish_due(everything=True)
        return self.totals

    def step(self, *, wait_ms: int = IDLE_WAIT_MS) -> int:
        """Process one batch if there is one within `wait_ms`; returns its number of records."""
        batch = self._insist("redis", lambda: self._read(wait_ms))
        self._last_fixes = batch.fixes
        if batch.entries:
            began = time.monotonic()
            results = self._insist("postgresql", lambda: self._store(batch))
            for stored in results:
                self._note(stored)
                self.announcer.add(stored.live.values())
            announcements = [one for stored in results for one in stored.batches]
            self._insist("redis", lambda: self.announcer.announce(announcements))
            self._insist("redis", self.announcer.publish_due)
            self._insist("redis", lambda: self.reader.acknowledge(batch))
            metrics.BATCH_FIXES.observe(batch.fixes)
            metrics.BATCH_SECONDS.observe(time.monotonic() - began)
        else:
            self._insist("redis", self.announcer.publish_due)
        if time.monotonic() >= self._heartbeat_at:
            self._heartbeat_at = time.monotonic() + HEARTBEAT_EVERY_S
            self._insist("redis", self._heartbeat)
        return batch.fixes

    def close(self) -> None:
        """Leave the group and give the connections back."""
        try:
            self.reader.leave()
            self.client.delete(stream.HEARTBEAT_PREFIX + self.consumer)
        except redis.RedisError as error:
            log.warning("pipeline_could_not_leave", error=str(error))
        self.client.close()
        connection.close()

    def _gather_ms(self) -> int:
        """Wait briefly while little comes, so that it is seen at once; up to MOST_GATHER_MS under
        load, for a fix costs a third as much in a batch of 10,000 as in one of 1,000."""
        return max(
            settings.PIPELINE_BATCH_WAIT_MS, min(MOST_GATHER_MS, self._last_fixes // FIXES_PER_MS)
        )

    def _read(self, wait_ms: int) -> Batch:
        try:
            return self.reader.read(
                wait_ms=self.announcer.due_in_ms(at_most=wait_ms),
                max_fixes=settings.PIPELINE_BATCH_FIXES,
                gather_ms=self._gather_ms(),
            )
        except redis.ResponseError as error:
            if "NOGROUP" not in str(error):
                raise
            # A new or emptied Redis.
            self.reader.ensure_groups()
            return Batch()

    def _store(self, batch: Batch) -> list[Stored]:
        return store_surely(
            lambda some: self.store.store(some, redelivered=batch.redelivered), batch.submissions
        )

    def _insist(self, server: str, work: Callable[[], T]) -> T:
        return insist(server, work, self._stop)

    def _note(self, stored: Stored) -> None:
        self.totals.stored += stored.stored
        self.totals.duplicates += stored.duplicates
        self.totals.rejected += stored.rejected
        metrics.STORED.inc(stored.stored)
        metrics.DUPLICATES.inc(stored.duplicates)
        for reason, count in stored.rejected.items():
            metrics.QUARANTINED.labels(reason).inc(count)

    def _heartbeat(self) -> None:
        behind = stream.backlog(self.client)
        metrics.LAG_SECONDS.set(behind.seconds)
        metrics.LAG_ENTRIES.set(behind.entries)
        metrics.WAITING.set(behind.fixes)
        beat = {
            "at": time.time(),
            "lag_s": behind.seconds,
            "waiting": behind.fixes,
            "stored": self.totals.stored,
            "duplicates": self.totals.duplicates,
        }
        self.client.set(
            stream.HEARTBEAT_PREFIX + self.consumer, msgspec.json.encode(beat), ex=HEARTBEAT_KEPT_S
        )
