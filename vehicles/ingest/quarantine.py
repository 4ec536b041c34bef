"""Rejected records on their way to the table where people find them and can try them again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from vehicles.ingest.bad_record import MAX_DETAIL_CHARS, rejected, storable_text
from vehicles.ingest.fix import Fix, Rejected
from vehicles.ingest.stream import Submission

FIX_FORMAT = "positions"
"""The format of the raw text that `text_of_fix` writes."""

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def text_of_fix(fix: Fix) -> str:
    """A parsed fix as one record of our own batch format, whole, so that it can be tried again."""
    record: dict[str, Any] = {
        name: value
        for name, value in msgspec.structs.asdict(fix).items()
        if value is not None and name not in ("recorded_at_us", "attributes")
    }
    if fix.valid:
        del record["valid"]
    recorded_at = EPOCH + dt.timedelta(microseconds=fix.recorded_at_us)
    record["recorded_at"] = recorded_at.isoformat()
    if fix.attributes:
        record["attributes"] = msgspec.Raw(fix.attributes)
    return msgspec.json.encode(record).decode("utf-8", "replace")


def rejected_fix(fix: Fix, *, reason: str, detail: str, index: int) -> Rejected:
    """A parsed fix that cannot be stored, with its whole text."""
    verdict = rejected(reason, detail, raw="", device=fix.device, index=index)
    verdict.raw = storable_text(text_of_fix(fix))
    return verdict


@dataclass(slots=True)
class QuarantineRow:
    """One row of `RejectedFix` to be written."""

    organization_id: int
    received_at_us: int
    format: str
    entry: str
    entry_index: int
    record: Rejected


def rows_of_submission(submission: Submission) -> list[QuarantineRow]:
    """The records that the gateway rejected, in the order they take in quarantine."""
    return [
        QuarantineRow(
            organization_id=submission.organization_id,
            received_at_us=submission.received_at_us,
            # What was parsed before it was refused is kept in our own format.
            format=FIX_FORMAT if record.reason in PARSED_REASONS else submission.format,
            entry=submission.id,
            entry_index=index,
            record=record,
        )
        for index, record in enumerate(submission.rejected)
    ]


PARSED_REASONS = frozenset(
    ("unknown_device", "device_pending", "device_unassigned", "unknown_vehicle",
     "outside_partitions", "not_storable")
)  # fmt: skip
"""Reasons found after parsing: the raw text is a record of our own batch format."""

_INSERT = """
INSERT INTO vehicles_rejectedfix
    (organization_id, received_at, format, device, reason, detail, raw, entry, entry_index)
SELECT * FROM unnest(%b::bigint[], %b::timestamptz[], %b::text[], %b::text[], %b::text[],
                     %b::text[], %b::text[], %b::text[], %b::int[])
ON CONFLICT (entry, entry_index) DO NOTHING
"""


def insert_rejected(cursor: Any, rows: Sequence[QuarantineRow]) -> None:
    """Write quarantine rows with a psycopg cursor; those that are there already stay."""
    if not rows:
        return
    cursor.execute(
        _INSERT,
        [
            [row.organization_id for row in rows],
            [EPOCH + dt.timedelta(microseconds=row.received_at_us) for row in rows],
            [row.format for row in rows],
            [row.record.device[:128].replace("\0", "\ufffd") for row in rows],
            [str(row.record.reason) for row in rows],
            [row.record.detail[:MAX_DETAIL_CHARS].replace("\0", "\ufffd") for row in rows],
            [row.record.raw.replace("\0", "\ufffd") for row in rows],
            [row.entry for row in rows],
            [row.entry_index for row in rows],
        ],
    )
