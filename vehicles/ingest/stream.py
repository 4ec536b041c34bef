"""The position stream: accepted fixes wait here, durably, until the pipeline has stored them.

One Redis Stream per shard; a vehicle's shard follows from its id, so one vehicle's fixes stay in
order. One entry carries submissions of many requests. Processed entries are deleted, so the first
entry of a shard is the oldest that waits.
"""

import functools
import itertools
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec
import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from vehicles.ingest.fix import Fix, Rejected

GROUP = "pipeline"
WAITING_KEY = "fleet:positions:waiting"
"""How many fixes and rejected records are in all shards together."""
UNREADABLE_KEY = "fleet:positions:unreadable"
HEARTBEAT_PREFIX = "fleet:pipeline:heartbeat:"
MAX_ROWS_PER_ENTRY = 2_000

BODY, COUNT = b"b", b"n"


class Row(msgspec.Struct, array_like=True, gc=False):
    """A fix whose device and vehicle are known."""

    vehicle_id: int
    device_id: int
    fix: Fix


class Submission(msgspec.Struct, array_like=True):
    """What one request, or one chunk of a replay, brought to one shard."""

    id: str
    """Unique, at most 60 characters. Quarantine and receipts are keyed by it, so whatever is
    written or processed twice counts once."""
    organization_id: int
    received_at_us: int
    format: str
    rows: list[Row]
    rejected: list[Rejected]
    run: str = ""
    """Hex UUID of the counted run (a replay) that wants receipts, or ""."""

    @property
    def count(self) -> int:
        """How many records of the sender this stands for."""
        return len(self.rows) + len(self.rejected)


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[Submission])


def new_submission_id() -> str:
    """A random part for the process and a count: asking for randomness each time costs 10 us."""
    return f"{_process_part()}{next(_numbers):x}"


_numbers = itertools.count()


@functools.cache
def _process_part() -> str:
    return secrets.token_hex(12) + "-"


# A forked child must not go on with its parent's numbers.
os.register_at_fork(after_in_child=_process_part.cache_clear)


def shard_key(shard: int) -> str:
    """The stream of one shard."""
    return f"fleet:positions:{shard}"


def shard_of(vehicle_id: int) -> int:
    """The shard that all fixes of this vehicle go through."""
    return vehicle_id % settings.INGEST_SHARDS


def split_by_shard(submission: Submission) -> list[tuple[int, Submission]]:
    """The submission as one part per shard, none above `MAX_ROWS_PER_ENTRY` rows.

    Parts have ids of their own, derived from the submission's. Rejected records go with the
    first part.
    """
    rows = submission.rows
    if len(rows) <= 1:
        return [(shard_of(rows[0].vehicle_id) if rows else 0, submission)]
    by_shard: dict[int, list[Row]] = {}
    shards = settings.INGEST_SHARDS
    for row in rows:
        by_shard.setdefault(row.vehicle_id % shards, []).append(row)
    parts = []
    rejected = submission.rejected
    for shard, some in by_shard.items():
        for start in range(0, len(some), MAX_ROWS_PER_ENTRY):
            part = msgspec.structs.replace(
                submission,
                id=f"{submission.id}.{shard}.{start}",
                rows=some[start : start + MAX_ROWS_PER_ENTRY],
                rejected=rejected,
            )
            rejected = []
            parts.append((shard, part))
    return parts


def entries_for(parts: Iterable[tuple[int, Submission]]) -> list[tuple[int, bytes, int]]:
    """(shard, body, count) of the entries that carry these parts, few and of bounded size."""
    entries: list[tuple[int, bytes, int]] = []
    filling: dict[int, tuple[list[Submission], int]] = {}
    for shard, part in parts:
        some, count = filling.get(shard, ([], 0))
        if some and count + part.count > MAX_ROWS_PER_ENTRY:
            entries.append((shard, _encoder.encode(some), count))
            some, count = [], 0
        some.append(part)
        filling[shard] = (some, count + part.count)
    entries += [(shard, _encoder.encode(some), count) for shard, (some, count) in filling.items()]
    return entries


def queue_entries(pipe: Any, entries: Iterable[tuple[int, bytes, int]]) -> None:
    """Put the commands that append these entries on a Redis pipeline.

    The pipeline must be a transaction: then a request is durable as a whole or not at all, and
    the count of waiting fixes never drifts. Its last result is that count.
    """
    total = 0
    for shard, body, count in entries:
        pipe.xadd(shard_key(shard), {BODY: body, COUNT: count})
        total += count
    pipe.incrby(WAITING_KEY, total)


def append(client: redis.Redis, submissions: Iterable[Submission]) -> int:
    """Append submissions; returns how many fixes wait in the stream now.

    Raises:
        redis.RedisError: nothing was appended, or Redis could not say; appending the same
            submissions again is safe.
    """
    parts = [part for submission in submissions for part in split_by_shard(submission)]
    with client.pipeline(transaction=True) as pipe:
        queue_entries(pipe, entries_for(parts))
        return int(pipe.execute()[-1])


def decode(body: bytes) -> list[Submission]:
    """The submissions of one entry. Raises `msgspec.DecodeError`."""
    return _decoder.decode(body)


def connect() -> redis.Redis:
    """A blocking client that reports trouble at once; callers decide how to wait."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_connect_timeout=5,
        socket_timeout=15,
        retry=Retry(NoBackoff(), 1),
        retry_on_error=[redis.ConnectionError],
        protocol=2,  # replies keep one shape whatever the client library prefers
    )


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for the pipeline."""

    seconds: float
    """Age of the oldest entry that is not stored yet; 0 when there is none."""
    entries: int
    fixes: int


def backlog(client: redis.Redis, *, shards: Iterable[int] | None = None) -> Backlog:
    """How far the pipeline is behind, by Redis's own clock.

    With `shards` seconds and entries are of these shards; `fixes` is always the whole count.
    """
    with client.pipeline(transaction=False) as pipe:
        pipe.time()
        pipe.get(WAITING_KEY)
        for shard in range(settings.INGEST_SHARDS) if shards is None else shards:
            pipe.xlen(shard_key(shard))
            pipe.xrange(shard_key(shard), count=1)
        (seconds, micros), waiting, *rest = pipe.execute()
    oldest_ms = min(
        (int(entries[0][0].split(b"-")[0]) for entries in rest[1::2] if entries), default=None
    )
    now_ms = seconds * 1000 + micros / 1000
    return Backlog(
        seconds=0.0 if oldest_ms is None else max(0.0, (now_ms - oldest_ms) / 1000),
        entries=sum(rest[0::2]),
        fixes=max(0, int(waiting or 0)),
    )


def pipeline_lag() -> float:
    """Age in seconds of the oldest fix that was acknowledged and is not stored yet.

    Raises:
        redis.RedisError: Redis cannot be asked.
    """
    client = connect()
    try:
        return backlog(client).seconds
    finally:
        client.close()
