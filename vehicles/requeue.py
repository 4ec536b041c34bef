"""Tries rejected fixes again: after a device was approved, a partition made, a parser corrected."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import redis
from django.db import transaction
from django.utils import timezone

from fleet.accounts.actors import Actor
from vehicles.ingest import stream
from vehicles.ingest.fix import MalformedRequest, Parsed
from vehicles.ingest.formats import batch, osmand, owntracks, traccar
from vehicles.ingest.lookup import Wanted, look_up
from vehicles.ingest.resolve import resolve
from vehicles.models import RejectedFix

BATCH = 500

FILE_FORMATS = frozenset({"csv", "gpx", "ndjson"})
"""Of replayed files. A line means nothing without its file: correct the file and replay it."""

PARSERS: dict[str, Callable[..., Parsed]] = {
    "positions": batch.parse,
    "osmand": osmand.parse,
    "owntracks": owntracks.parse,
    "traccar": traccar.parse,
}


@dataclass(slots=True)
class Requeued:
    """What became of rejected fixes that were tried again."""

    sent: int = 0
    still_rejected: Counter[str] = field(default_factory=Counter)
    """By reason; these stay in quarantine as they are."""


def requeue_rejected(
    *, actor: Actor, ids: Sequence[int], client: redis.Redis, now_us: int | None = None
) -> Requeued:
    """Parse these rejected fixes again and put those that pass on the stream.

    They are marked with `requeued_at` and stay as a record. What still cannot be stored, or was
    sent already, is left alone. Sending twice is harmless: the second is a duplicate.

    Raises:
        redis.RedisError: the stream cannot be reached; the fixes of the batch at hand are not
            marked.
    """
    result = Requeued()
    for start in range(0, len(ids), BATCH):
        with transaction.atomic():
            rows = list(
                RejectedFix.objects.for_actor(actor)
                .filter(pk__in=ids[start : start + BATCH], requeued_at=None)
                .select_for_update(skip_locked=True)
                .order_by("pk")
            )
            _requeue_batch(rows, result, client, now_us or time.time_ns() // 1000)
    return result


def _requeue_batch(
    rows: list[RejectedFix], result: Requeued, client: redis.Redis, now_us: int
) -> None:
    parsed = [(row, _parse(row, now_us=now_us)) for row in rows]
    wanted = Wanted()
    for row, found in parsed:
        identities = {row.device, *(fix.device for fix in found.fixes)}
        wanted.devices.setdefault(row.organization_id, set()).update(identities)
    devices = look_up(wanted).devices
    submissions = []
    done = []
    for row, found in parsed:
        # As it was understood then (a topic, a header), else as the record says.
        known = {
            fix.device: devices.get((row.organization_id, row.device))
            or devices.get((row.organization_id, fix.device))
            for fix in found.fixes
        }
        good, bad = resolve(found, devices=known)
        if bad or not good:
            result.still_rejected[str(bad[0].reason) if bad else row.reason] += 1
            continue
        submissions.append(
            stream.Submission(
                id=stream.new_submission_id(),
                organization_id=row.organization_id,
                received_at_us=round(row.received_at.timestamp() * 1_000_000),
                format=row.format,
                rows=good,
                rejected=[],
            )
        )
        done.append(row.pk)
    if submissions:
        stream.append(client, submissions)
        RejectedFix.objects.filter(pk__in=done).update(requeued_at=timezone.now())
        result.sent += len(done)


def _parse(row: RejectedFix, *, now_us: int) -> Parsed:
    """The record read again; empty when it still cannot be read at all."""
    parser = PARSERS.get(row.format)
    nothing = Parsed(fixes=[], rejected=[])
    if parser is None:
        return nothing
    body = row.raw.encode()
    # A record of a JSON format is an object; of the query form of OsmAnd it is the query.
    is_json = body[:1] in (b"{", b"[")
    try:
        return parser(
            body if is_json else b"",
            query="" if is_json else row.raw,
            headers={"content-type": "application/json"} if is_json else {},
            now_us=now_us,
        )
    except MalformedRequest:
        return nothing
