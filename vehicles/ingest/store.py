"""Stores one batch of submissions in one transaction; processing it again changes nothing.

What is not a position any more when it gets here (its vehicle is gone, no partition takes its
month) goes to quarantine in the same transaction, so every record is accounted for.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import psycopg
import structlog
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from fleet.accounts.scope import organization_scope
from vehicles.events import PositionBatch
from vehicles.ingest import latest, quarantine, receipts, writer
from vehicles.ingest.columns import Bools, Columns, columns_of
from vehicles.ingest.judge import Judged, judge
from vehicles.ingest.latest import LiveRow, Vehicles
from vehicles.ingest.quarantine import QuarantineRow
from vehicles.ingest.reasons import Reason
from vehicles.ingest.statuses import merged_statuses
from vehicles.ingest.stream import Submission

log = structlog.get_logger(__name__)


LOCK_CLASS = 0x666C6565
"""First key of the advisory locks; the second is the shard."""
CONTACT_EVERY_S = 5.0
"""A device's last contact is written at most this often; each write makes a new row version."""
MAX_REMEMBERED_CONTACTS = 100_000


@dataclass(slots=True)
class Stored:
    """What became of a batch."""

    live: dict[int, LiveRow] = field(default_factory=dict)
    """Latest positions that changed, by vehicle id."""
    batches: list[PositionBatch] = field(default_factory=list)
    """To be announced."""
    stored: int = 0
    duplicates: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


class Store:
    """Keeps what is worth remembering between batches: partitions and device contacts."""

    def __init__(self) -> None:
        self._months: set[int] = set()
        self._contacts: dict[int, tuple[float, str]] = {}

    def store(self, submissions: Sequence[Submission], *, redelivered: bool = False) -> Stored:
        """Store submissions in one transaction.

        With `redelivered` the result names the latest positions of all vehicles of the batch: it
        may have been stored before by a process that died before it could publish.

        Raises:
            django.db.Error: nothing was stored.
        """
        organizations = {s.organization_id for s in submissions}
        with organization_scope(*organizations):
            try:
                return self._store(submissions, redelivered=redelivered)
            except IntegrityError:
                # Something that was there a moment ago is gone: a partition, an organization.
                # Looked up again it is missed, and what belongs to it takes its proper way.
                self._months.clear()
                return self._store(submissions, redelivered=redelivered)

    def _store(self, submissions: Sequence[Submission], *, redelivered: bool) -> Stored:
        with transaction.atomic(), _psycopg_cursor() as cursor:
            submissions = _of_living_organizations(cursor, submissions)
            everything = columns_of(submissions)
            contacts = self._due_contacts(everything, submissions)
            writer.prepare_staging(cursor)
            batch = _Batch(
                cursor=cursor,
                submissions=submissions,
                everything=everything,
                months=self._known_months,
            )
            result = batch.run(redelivered=redelivered)
            latest.touch_devices(cursor, contacts)
        self._remember_contacts(contacts)
        return result

    def _known_months(self, cursor: Any, wanted: Any) -> Any:
        """The months among `wanted` that have a partition."""
        if not self._months.issuperset(wanted.tolist()):
            self._months = writer.load_months(cursor)
        return np.array(sorted(self._months), dtype=np.int64)

    def _due_contacts(
        self, everything: Columns, submissions: Sequence[Submission]
    ) -> dict[int, tuple[int, str]]:
        if not len(everything):
            return {}
        devices, last = np.unique(everything.device[::-1], return_index=True)
        last = len(everything) - 1 - last
        now = time.monotonic()
        due = {}
        for device, i in zip(devices.tolist(), last.tolist(), strict=True):
            format_ = submissions[everything.submission[i]].format
            written_at, written_format = self._contacts.get(device, (-CONTACT_EVERY_S, ""))
            if now - written_at >= CONTACT_EVERY_S or format_ != written_format:
                due[device] = (int(everything.received_us[i]), format_)
        return due

    def _remember_contacts(self, contacts: dict[int, tuple[int, str]]) -> None:
        now = time.monotonic()
        if len(self._contacts) > MAX_REMEMBERED_CONTACTS:
            self._contacts.clear()
        self._contacts |= {device: (now, format_) for device, (_, format_) in contacts.items()}


def _of_living_organizations(
    cursor: Any, submissions: Sequence[Submission]
) -> Sequence[Submission]:
    """Leave out what belongs to organizations that were deleted since it was accepted."""
    wanted = {s.organization_id for s in submissions}
    cursor.execute("SELECT id FROM accounts_organization WHERE id = ANY(%s)", [list(wanted)])
    gone = wanted - {row[0] for row in cursor.fetchall()}
    if not gone:
        return submissions
    left_out = sum(s.count for s in submissions if s.organization_id in gone)
    log.warning("fixes_of_deleted_organizations", organizations=sorted(gone), fixes=left_out)
    return [s for s in submissions if s.organization_id not in gone]


@contextmanager
def _psycopg_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """psycopg's own cursor, for COPY and for values that travel in binary.

    Django's cursor comes first: it puts the scope and the role in place.
    """
    with (
        connection.cursor() as django_cursor,
        connection.wrap_database_errors,
        psycopg.Cursor(django_cursor.connection) as cursor,
    ):
        cursor.format = psycopg.pq.Format.BINARY
        yield cursor


class _Batch:
    """One transaction's work."""

    def __init__(
        self,
        *,
        cursor: Any,
        submissions: Sequence[Submission],
        everything: Columns,
        months: Callable[[Any, Any], Any],
    ) -> None:
        self.cursor = cursor
        self.submissions = submissions
        self.everything = everything
        self.months = months
        self.result = Stored()
        self.quarantined = [r for s in submissions for r in quarantine.rows_of_submission(s)]
        self.stored_of = np.zeros(len(submissions), dtype=np.int64)
        self.fixes_of = np.zeros(len(submissions), dtype=np.int64)

    def run(self, *, redelivered: bool) -> Stored:
        vehicles, columns = self._vehicles_and_their_rows()
        if redelivered:
            self.result.live |= vehicles.live
        has_point = columns.has_point
        reports = columns.take(~has_point)
        fixes = self._in_partitions(columns.take(has_point))
        judged = judge(self.cursor, fixes, known=vehicles.known)
        self._insert(judged, arrived=fixes)
        rows, attributes = merged_statuses(
            reports, judged.invalid, live=vehicles.live | self.result.live
        )
        latest.merge_statuses(self.cursor, rows, attributes)
        self.result.live |= {row.vehicle_id: row for row in rows}
        self._count(reports)
        self._announce(fixes)
        quarantine.insert_rejected(self.cursor, self.quarantined)
        receipts.insert_receipts(self.cursor, self._receipts())
        return self.result

    def _vehicles_and_their_rows(self) -> tuple[Vehicles, Columns]:
        columns = self.everything
        shards = np.unique(columns.vehicle % settings.INGEST_SHARDS).tolist()
        # One vehicle's fixes are judged against its latest position, so two pipelines must not
        # work on one vehicle at once. A lock per shard is far cheaper than one per vehicle.
        for shard in shards:
            self.cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, shard])
        vehicles = latest.load_vehicles(self.cursor, np.unique(columns.vehicle).tolist())
        index = np.searchsorted(vehicles.known.vehicle, columns.vehicle)
        index = np.minimum(index, max(0, len(vehicles.known.vehicle) - 1))
        if len(vehicles.known.vehicle):
            exists = (vehicles.known.vehicle[index] == columns.vehicle) & (
                vehicles.organization[index] == columns.organization
            )
        else:
            exists = np.zeros(len(columns), dtype=np.bool_)
        self._quarantine(
            columns, ~exists, Reason.UNKNOWN_VEHICLE,
            "The vehicle was deleted; give its device to another vehicle and try again.",
        )  # fmt: skip
        return vehicles, columns.take(exists)

    def _in_partitions(self, fixes: Columns) -> Columns:
        months = writer.months_of(fixes.recorded_us)
        inside = np.isin(months, self.months(self.cursor, np.unique(months)))
        self._quarantine(
            fixes, ~inside, Reason.OUTSIDE_PARTITIONS,
            "No partition takes this month; make it with `manage_partitions create` and try again.",
        )  # fmt: skip
        return fixes.take(inside)

    def _quarantine(self, columns: Columns, mask: Bools, reason: Reason, detail: str) -> None:
        for i in np.flatnonzero(mask).tolist():
            submission = self.submissions[columns.submission[i]]
            ordinal = int(columns.ordinal[i])
            self.quarantined.append(
                QuarantineRow(
                    organization_id=submission.organization_id,
                    received_at_us=submission.received_at_us,
                    format=quarantine.FIX_FORMAT,
                    entry=submission.id,
                    entry_index=len(submission.rejected) + ordinal,
                    record=quarantine.rejected_fix(
                        submission.rows[ordinal].fix, reason=reason, detail=detail, index=ordinal
                    ),
                )
            )
            self.result.rejected[reason.value] += 1

    def _insert(self, judged: Judged, *, arrived: Columns) -> None:
        if not len(judged.fixes):
            return
        writer.stage(self.cursor, judged)
        stored, by_submission = writer.insert_staged(
            self.cursor, counted=any(s.run for s in self.submissions)
        )
        moved = latest.upsert_latest(self.cursor, judged.fixes.take(judged.newest), judged.states)
        self.result.live |= {row.vehicle_id: row for row in moved}
        self.result.stored += stored
        self.result.duplicates += len(arrived) - stored
        for submission, count in by_submission.items():
            self.stored_of[submission] = count
        self.fixes_of += np.bincount(arrived.submission, minlength=len(self.submissions))

    def _count(self, reports: Columns) -> None:
        # A report without a position is kept in the latest position: it counts as stored.
        of_submission = np.bincount(reports.submission, minlength=len(self.submissions))
        self.stored_of += of_submission
        self.fixes_of += of_submission
        self.result.stored += len(reports)

    def _announce(self, fixes: Columns) -> None:
        for organization in np.unique(fixes.organization).tolist():
            some = fixes.organization == organization
            self.result.batches.append(
                PositionBatch(
                    organization_id=organization,
                    vehicle_ids=np.unique(fixes.vehicle[some]).tolist(),
                    first_recorded_at_us=int(fixes.recorded_us[some].min()),
                    last_recorded_at_us=int(fixes.recorded_us[some].max()),
                )
            )

    def _receipts(self) -> list[receipts.Receipt]:
        rejected: dict[str, Counter[str]] = {}
        for row in self.quarantined:
            rejected.setdefault(row.entry, Counter())[str(row.record.reason)] += 1
        return [
            receipts.Receipt(
                organization_id=submission.organization_id,
                run=submission.run,
                entry=submission.id,
                stored=int(self.stored_of[i]),
                duplicates=int(self.fixes_of[i] - self.stored_of[i]),
                rejected=rejected.get(submission.id, Counter()),
            )
            for i, submission in enumerate(self.submissions)
            if submission.run
        ]
