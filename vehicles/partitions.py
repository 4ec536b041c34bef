"""Monthly partitions of the positions table: made ahead, listed, detached.

Creating goes through a database function that runs as the schema's owner, so the application
role can do it; detaching needs the owner itself.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection

_NAME = re.compile(r"vehicles_position_(\d{4})(\d{2})")


@dataclass(frozen=True, slots=True)
class Partition:
    """One month of positions."""

    name: str
    month: dt.date
    rows_estimate: int
    size_bytes: int


def months_between(first: dt.date, last: dt.date) -> list[dt.date]:
    """First days of all months from `first` to `last`, both included."""
    start, end = (d.year * 12 + d.month - 1 for d in (first, last))
    return [dt.date(n // 12, n % 12 + 1, 1) for n in range(start, end + 1)]


def shift_month(month: dt.date, by: int) -> dt.date:
    """First day of the month `by` months later (earlier when negative)."""
    n = month.year * 12 + month.month - 1 + by
    return dt.date(n // 12, n % 12 + 1, 1)


def create_partitions(months: Iterable[dt.date]) -> list[dt.date]:
    """Make the missing ones of these months' partitions; gives those made.

    Raises:
        django.db.InternalError: a month before 2000 or after 2099.
    """
    made = []
    with connection.cursor() as cursor:
        for month in sorted(set(months)):
            cursor.execute("SELECT fleet_create_position_partition(%s)", [month])
            row = cursor.fetchone()
            if row and row[0]:
                made.append(month.replace(day=1))
    return made


def list_partitions() -> list[Partition]:
    """Attached partitions by month, with PostgreSQL's own estimates of rows and size."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid)"
            " FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'vehicles_position'::regclass ORDER BY c.relname"
        )
        rows = cursor.fetchall()
    found = []
    for name, estimate, size in rows:
        if match := _NAME.fullmatch(name):
            month = dt.date(int(match[1]), int(match[2]), 1)
            found.append(Partition(name, month, estimate, size))
    return found


def detach_partition(month: dt.date) -> str:
    """Take one month out of the positions table; its data stays in a table of its own.

    Gives that table's name. Must run outside a transaction, as the owner of the schema.

    Raises:
        LookupError: there is no attached partition for the month.
    """
    name = next((p.name for p in list_partitions() if p.month == month.replace(day=1)), None)
    if name is None:
        raise LookupError(f"There is no attached partition for {month:%Y-%m}.")
    with connection.cursor() as cursor:
        quoted = connection.ops.quote_name(name)
        # CONCURRENTLY: readers and the pipeline go on meanwhile.
        cursor.execute(f"ALTER TABLE vehicles_position DETACH PARTITION {quoted} CONCURRENTLY")
    return name
