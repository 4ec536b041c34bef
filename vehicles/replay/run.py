"""One replay: records become stream entries of a counted run, and every record is accounted for.

The counts come from receipts that the pipeline writes in the transaction that stores the fixes,
so they are exact even when a process dies in between and work is done twice.
"""

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

import redis
from django.utils import timezone

from fleet.accounts.actors import Actor
from fleet.accounts.scope import organization_scope
from vehicles import partitions, services
from vehicles.ingest import receipts, stream
from vehicles.ingest.bad_record import rejected
from vehicles.ingest.fix import Fix, Rejected
from vehicles.ingest.quarantine import text_of_fix
from vehicles.ingest.reasons import Reason
from vehicles.ingest.receipts import RunCounts
from vehicles.models import Device, IngestReceipt, Vehicle
from vehicles.replay.patience import patiently

CHUNK_RECORDS = 1_000
MOST_WAITING = 20_000
"""Far below the gateway's bound: a replay must not make live trackers wait."""
KEEP_RECEIPTS = dt.timedelta(days=7)
"""Receipts of runs that were killed are deleted after this time."""
_POLL_S = 0.1
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(slots=True)
class ReplayRun:
    """State of one replay into one organization."""

    actor: Actor
    organization_id: int
    format: str
    """Stored with rejected records: how their raw text is to be read."""
    client: redis.Redis
    say: Callable[[str], None]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    read: int = 0
    vehicles_made: int = 0
    months_made: list[dt.date] = field(default_factory=list)
    _known: dict[str, tuple[int, int]] = field(default_factory=dict)
    """Identifier to (vehicle id, device id)."""
    _months: set[dt.date] = field(default_factory=set)
    _sent: int = 0

    def begin(self) -> None:
        """Learn which trackers and partitions there are, and clear up after killed runs."""
        patiently(self._begin, say=self.say)

    def _begin(self) -> None:
        with organization_scope(self.organization_id):
            IngestReceipt.objects.filter(
                organization_id=self.organization_id,
                created_at__lt=timezone.now() - KEEP_RECEIPTS,
            ).delete()
            devices = Device.objects.filter(
                organization_id=self.organization_id, vehicle__isnull=False
            )
            self._known = {
                unique_id: (vehicle_id, device_id)
                for unique_id, vehicle_id, device_id in devices.values_list(
                    "unique_id", "vehicle_id", "pk"
                )
            }
        self._months = {p.month for p in partitions.list_partitions()}

    def send(self, records: Iterable[Fix | Rejected]) -> None:
        """Put one chunk of records on the stream, waiting while too much is there already."""
        chunk = list(records)
        if not chunk:
            return
        fixes = [r for r in chunk if isinstance(r, Fix)]
        bad = [r for r in chunk if isinstance(r, Rejected)]
        fixes, unusable = _split_by_identifier(fixes)
        patiently(lambda: self._make_vehicles(fixes), say=self.say)
        patiently(lambda: self._make_partitions(fixes), say=self.say)
        submission = stream.Submission(
            id=f"{self.id}.{self._sent}",
            organization_id=self.organization_id,
            received_at_us=time.time_ns() // 1000,
            format=self.format,
            rows=[stream.Row(*self._known[fix.device], fix) for fix in fixes],
            rejected=bad + unusable,
            run=self.id,
        )
        # Appending the same submission again is safe, so an unclear answer is simply repeated.
        patiently(lambda: stream.append(self.client, [submission]), say=self.say)
        self._sent += 1
        self.read += len(chunk)

    def wait_for_room(self) -> None:
        """Return when the stream is short enough to take another chunk."""
        while patiently(lambda: stream.backlog(self.client).fixes, say=self.say) > MOST_WAITING:
            time.sleep(_POLL_S)

    def counts(self) -> RunCounts:
        """What became of the records so far."""
        return patiently(
            lambda: receipts.counts_of_run(organization_id=self.organization_id, run=self.id),
            say=self.say,
        )

    def finish(self) -> None:
        """Delete the run's receipts; the counts are in the caller's hands now."""
        patiently(self._delete_receipts, say=self.say)

    def _delete_receipts(self) -> None:
        with organization_scope(self.organization_id):
            IngestReceipt.objects.filter(
                organization_id=self.organization_id, run=uuid.UUID(self.id)
            ).delete()

    def _make_vehicles(self, fixes: list[Fix]) -> None:
        unknown = {fix.device for fix in fixes} - self._known.keys()
        if not unknown:
            return
        with organization_scope(self.organization_id):
            mine = Vehicle.objects.filter(organization_id=self.organization_id)
            before = mine.count()
            devices = services.add_tracked_vehicles(
                actor=self.actor, organization_id=self.organization_id, numbers=sorted(unknown)
            )
            self.vehicles_made += mine.count() - before
        for device in devices:
            if device.vehicle_id is not None:
                self._known[device.unique_id] = (device.vehicle_id, device.pk)

    def _make_partitions(self, fixes: list[Fix]) -> None:
        missing = {
            (_EPOCH + dt.timedelta(microseconds=fix.recorded_at_us)).date().replace(day=1)
            for fix in fixes
        } - self._months
        if missing:
            self.months_made += partitions.create_partitions(missing)
            self._months |= missing


def chunks(records: Iterator[Fix | Rejected]) -> Iterator[list[Fix | Rejected]]:
    """The records in lists of `CHUNK_RECORDS`."""
    while chunk := list(islice(records, CHUNK_RECORDS)):
        yield chunk


def _split_by_identifier(fixes: list[Fix]) -> tuple[list[Fix], list[Rejected]]:
    """Fixes whose identifier can be a vehicle's number, and the others as rejected records."""
    longest = Vehicle._meta.get_field("number").max_length or 0
    good: list[Fix] = []
    bad: list[Rejected] = []
    for fix in fixes:
        if not fix.device:
            detail = "The record names no vehicle; name one for the whole file with --vehicle."
            bad.append(_rejected(fix, Reason.UNKNOWN_VEHICLE, detail))
        elif len(fix.device) > longest:
            detail = (
                f"The vehicle's identifier has {len(fix.device)} characters, but a vehicle's"
                f" number has at most {longest}."
            )
            bad.append(_rejected(fix, Reason.UNKNOWN_VEHICLE, detail))
        else:
            good.append(fix)
    return good, bad


def _rejected(fix: Fix, reason: str, detail: str) -> Rejected:
    return rejected(reason, detail, raw=text_of_fix(fix), device=fix.device)
