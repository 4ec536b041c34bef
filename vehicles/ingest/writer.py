"""Writes positions: one binary COPY into a staging table, one INSERT that skips what is there.

COPY cannot go straight into the positions table: it knows no ON CONFLICT, and PostgreSQL refuses
it for a table with row-level security.
"""

from typing import Any

import numpy as np

from vehicles.ingest.copy_format import STAGING_COLUMNS, binary_rows
from vehicles.ingest.judge import Judged

_CREATE_STAGING = """
CREATE TEMPORARY TABLE IF NOT EXISTS ingest_staging (
    submission integer, organization_id bigint, vehicle_id bigint,
    recorded_at timestamptz, received_at timestamptz, point geometry(Point, 4326),
    altitude_m double precision, speed_mps double precision, heading_deg double precision,
    accuracy_m double precision, odometer_m double precision, fuel_l double precision,
    fuel_percent double precision, ignition boolean, quality smallint, newest boolean,
    device_id bigint, motion smallint, motion_since timestamptz, known_ignition smallint,
    attributes jsonb
) ON COMMIT DELETE ROWS
"""
_COPY = f"COPY ingest_staging ({', '.join(STAGING_COLUMNS)}) FROM STDIN (FORMAT binary)"
_ONLY_STAGING = ("submission", "newest", "device_id", "motion", "motion_since", "known_ignition")
_TARGET = ", ".join(name for name in STAGING_COLUMNS if name not in _ONLY_STAGING)
_INSERT = (
    f"INSERT INTO vehicles_position ({_TARGET}) SELECT {_TARGET} FROM ingest_staging"  # noqa: S608
    " ON CONFLICT (vehicle_id, recorded_at) DO NOTHING"
)
_INSERT_COUNTED = f"""
WITH stored AS ({_INSERT} RETURNING vehicle_id, recorded_at)
SELECT s.submission, count(*) FROM stored JOIN ingest_staging s USING (vehicle_id, recorded_at)
GROUP BY s.submission
"""  # noqa: S608


def prepare_staging(cursor: Any) -> None:
    """Make the session's staging table if it is missing."""
    cursor.execute(_CREATE_STAGING)


def stage(cursor: Any, judged: Judged) -> None:
    """Fill the staging table with a psycopg cursor, inside a transaction."""
    with cursor.copy(_COPY) as copy:
        copy.write(binary_rows(judged.fixes, newest=judged.newest, states=judged.states))


def insert_staged(cursor: Any, *, counted: bool) -> tuple[int, dict[int, int]]:
    """Store the staged fixes; those that are there already stay as they are.

    They are sorted by (vehicle, time) without doubles, so that pipelines lock rows in one order.
    Returns how many were new, and with `counted` also how many of each submission.
    """
    if not counted:
        cursor.execute(_INSERT)
        return cursor.rowcount, {}
    cursor.execute(_INSERT_COUNTED)
    by_submission = dict(cursor.fetchall())
    return sum(by_submission.values()), by_submission


def load_months(cursor: Any) -> set[int]:
    """The months that have a partition, as months since 1970-01."""
    cursor.execute(
        "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
        " WHERE i.inhparent = 'vehicles_position'::regclass"
    )
    digits = [name.removeprefix("vehicles_position_") for (name,) in cursor.fetchall()]
    return {
        (int(text[:4]) - 1970) * 12 + int(text[4:]) - 1
        for text in digits
        if len(text) == 6 and text.isdigit()
    }


def months_of(recorded_us: Any) -> Any:
    """Months since 1970-01 of times in microseconds since the epoch (NumPy array in and out)."""
    return recorded_us.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
