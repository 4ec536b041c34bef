"""Receipts: exact counts of what became of the fixes of a counted run, such as a replay."""

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Sum
from psycopg.types.json import Jsonb

from fleet.accounts.scope import organization_scope
from vehicles.models import IngestReceipt


@dataclass(slots=True)
class Receipt:
    """One row of `IngestReceipt` to be written."""

    organization_id: int
    run: str
    entry: str
    stored: int = 0
    duplicates: int = 0
    rejected: Counter[str] = field(default_factory=Counter)


_INSERT = """
INSERT INTO vehicles_ingestreceipt
    (organization_id, run, entry, stored, duplicates, rejected, created_at)
VALUES (%s, %s, %s, %s, %s, %s, now())
ON CONFLICT (run, entry) DO NOTHING
"""


def insert_receipts(cursor: Any, receipts: Sequence[Receipt]) -> None:
    """Write receipts with a psycopg cursor. What was processed before keeps its first counts."""
    if receipts:
        cursor.executemany(
            _INSERT,
            [
                (r.organization_id, uuid.UUID(r.run), r.entry, r.stored, r.duplicates,
                 Jsonb(dict(r.rejected)))
                for r in receipts
            ],
        )  # fmt: skip


@dataclass(slots=True)
class RunCounts:
    """What became of a run so far."""

    stored: int = 0
    duplicates: int = 0
    rejected: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """Records that are accounted for."""
        return self.stored + self.duplicates + self.rejected.total()


def counts_of_run(*, organization_id: int, run: str) -> RunCounts:
    """Sum of all receipts of one run (`run` is the hex of its UUID)."""
    with organization_scope(organization_id):
        receipts = IngestReceipt.objects.filter(organization_id=organization_id, run=uuid.UUID(run))
        sums = receipts.aggregate(stored=Sum("stored"), duplicates=Sum("duplicates"))
        rejected: Counter[str] = Counter()
        for counts in receipts.exclude(rejected={}).values_list("rejected", flat=True):
            rejected.update(counts)
    return RunCounts(sums["stored"] or 0, sums["duplicates"] or 0, rejected)
