"""Reads entries of the position stream as one member of the consumer group."""

import os
import secrets
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec
import redis
import structlog
from django.conf import settings

from vehicles.ingest import stream
from vehicles.ingest.stream import BODY, COUNT, GROUP, Submission, shard_key

log = structlog.get_logger(__name__)

FORGET_CONSUMER_MS = 3_600_000
"""A consumer without work that was silent for this long is gone for good. One that lives asks
every second."""
MAX_READ_ENTRIES = 500

# Deletes entries that are stored, and takes them off the count of what waits. XDEL says whether
# the entry was still there, so an entry that two pipelines processed is counted once.
_ACKNOWLEDGE_LUA = """
local freed = 0
for i = 2, #ARGV, 2 do
  redis.call('XACK', KEYS[1], ARGV[1], ARGV[i])
  if redis.call('XDEL', KEYS[1], ARGV[i]) == 1 then freed = freed + tonumber(ARGV[i + 1]) end
end
if freed > 0 then redis.call('DECRBY', KEYS[2], freed) end
return freed
"""


@dataclass(slots=True)
class Entry:
    """One entry of one shard."""

    shard: int
    id: bytes
    count: int


@dataclass(slots=True)
class Batch:
    """Entries that are stored and acknowledged together."""

    entries: list[Entry] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    redelivered: bool = False
    """Some of it was handed out before, to a pipeline that did not finish."""

    @property
    def fixes(self) -> int:
        return sum(len(s.rows) + len(s.rejected) for s in self.submissions)


def new_consumer_name() -> str:
    """Unique per process: host, process id and a random part."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"


class Reader:
    """Hands out batches of one consumer; takes over what dead consumers left."""

    def __init__(self, client: redis.Redis, *, shards: Sequence[int], consumer: str) -> None:
        self.client = client
        self.shards = list(shards)
        self.consumer = consumer
        self._shard_of = {shard_key(shard).encode(): shard for shard in self.shards}
        self._rows_per_entry = 1_000.0
        self._claim_at = 0.0
        self._acknowledge = client.register_script(_ACKNOWLEDGE_LUA)

    def ensure_groups(self) -> None:
        """Make the consumer group on every shard; from the start, for nothing may be skipped."""
        for shard in self.shards:
            try:
                self.client.xgroup_create(shard_key(shard), GROUP, id="0", mkstream=True)
            except redis.ResponseError as error:
                if "BUSYGROUP" not in str(error):
                    raise

    def read(self, *, wait_ms: int, max_fixes: int, gather_ms: int) -> Batch:
        """The next batch: what others left, else what is new; empty after `wait_ms` of nothing.

        Once something is there it gathers more for `gather_ms` or up to `max_fixes`.
        """
        batch = Batch()
        if time.monotonic() >= self._claim_at:
            self._claim_abandoned(batch, max_fixes=max_fixes)
            if batch.entries:
                return batch  # there may be more: claim again before reading on
            self._claim_at = time.monotonic() + settings.PIPELINE_CLAIM_IDLE_MS / 3000
        deadline = time.monotonic() + gather_ms / 1000
        more = self._read_new(batch, wait_ms=wait_ms, max_fixes=max_fixes)
        while batch.entries and batch.fixes < max_fixes:
            left_s = deadline - time.monotonic()
            if not more:
                if left_s <= 0:
                    break
                # One sleep and one read cost less than a read per arriving entry.
                time.sleep(left_s)
            more = self._read_new(batch, wait_ms=None, max_fixes=max_fixes - batch.fixes)
        return batch

    def acknowledge(self, batch: Batch) -> None:
        """Delete the batch's entries from the stream; safe to repeat."""
        by_shard: dict[int, list[Any]] = {}
        for entry in batch.entries:
            by_shard.setdefault(entry.shard, []).extend((entry.id, entry.count))
        with self.client.pipeline(transaction=False) as pipe:
            for shard, pairs in by_shard.items():
                self._acknowledge(
                    keys=[shard_key(shard), stream.WAITING_KEY], args=[GROUP, *pairs], client=pipe
                )
            pipe.execute()

    def leave(self) -> None:
        """Take this consumer off the group, unless work of it is left for others to claim."""
        for shard in self.shards:
            for info in self.client.xinfo_consumers(shard_key(shard), GROUP):
                if _text(info["name"]) == self.consumer and info["pending"] == 0:
                    self.client.xgroup_delconsumer(shard_key(shard), GROUP, self.consumer)

    def _read_new(self, batch: Batch, *, wait_ms: int | None, max_fixes: int) -> bool:
        """Read entries nobody has; says whether more are likely there."""
        wanted = max_fixes / self._rows_per_entry / len(self.shards)
        count = int(min(MAX_READ_ENTRIES, max(1, wanted)))
        replies: Any = self.client.xreadgroup(
            GROUP,
            self.consumer,
            {shard_key(shard): ">" for shard in self.shards},
            count=count,
            block=None if wait_ms is None else max(1, wait_ms),
        )
        for key, entries in replies or ():
            self._take(batch, self._shard_of[key], entries)
        return any(len(entries) == count for _, entries in replies or ())

    def _take(self, batch: Batch, shard: int, entries: Sequence[Any]) -> None:
        for entry_id, fields in entries:
            if fields is None:  # deleted meanwhile by the pipeline that we took it from
                continue
            count = int(fields[COUNT])
            batch.entries.append(Entry(shard, entry_id, count))
            self._rows_per_entry += (count - self._rows_per_entry) / 50
            try:
                batch.submissions += stream.decode(fields[BODY])
            except msgspec.DecodeError as error:
                # Written by a version that we do not know. Kept, so that nothing is lost.
                log.error("position_entry_unreadable", shard=shard, error=str(error))
                self.client.xadd(stream.UNREADABLE_KEY, fields)

    def _claim_abandoned(self, batch: Batch, *, max_fixes: int) -> None:
        for shard in self.shards:
            key = shard_key(shard)
            for info in self.client.xinfo_consumers(key, GROUP):
                name = _text(info["name"])
                if name == self.consumer:
                    continue
                dead = _is_dead(name)
                if info["pending"] == 0:
                    if dead or info["idle"] > FORGET_CONSUMER_MS:
                        self.client.xgroup_delconsumer(key, GROUP, name)
                elif dead:
                    self._claim_from(batch, shard, name)
            if batch.fixes < max_fixes:
                _, entries, _ = self.client.xautoclaim(
                    key, GROUP, self.consumer,
                    min_idle_time=settings.PIPELINE_CLAIM_IDLE_MS, count=10,
                )  # fmt: skip
                self._take(batch, shard, entries)
        batch.redelivered = bool(batch.entries)

    def _claim_from(self, batch: Batch, shard: int, consumer: str) -> None:
        """Take over at once what a process of this machine left when it died."""
        key = shard_key(shard)
        pending = self.client.xpending_range(key, GROUP, "-", "+", 100, consumername=consumer)
        ids: list[Any] = [entry["message_id"] for entry in pending]
        if ids:
            self._take(batch, shard, self.client.xclaim(key, GROUP, self.consumer, 0, ids))


def _is_dead(consumer: str) -> bool:
    """Whether the consumer was a process of this machine that no longer runs."""
    host, _, rest = consumer.partition(":")
    pid = rest.partition(":")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return False  # another pipeline in this process, or one before it in a container
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
