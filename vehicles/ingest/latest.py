"""Reads and writes of latest positions and device contact by whole batches."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from vehicles.ingest.columns import UNKNOWN, Columns, Ints
from vehicles.ingest.motion import NEVER_US, Anchors, Known, MotionStates

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_US = "(extract(epoch FROM {}) * 1000000)::bigint"

_LOAD = f"""
SELECT v.id, v.organization_id, {_US.format("l.recorded_at")}, {_US.format("l.received_at")},
       ST_X(l.point), ST_Y(l.point), l.speed_mps, l.heading_deg, l.motion,
       {_US.format("l.motion_since")}, l.ignition
FROM vehicles_vehicle v LEFT JOIN vehicles_latestposition l ON l.vehicle_id = v.id
WHERE v.id = ANY(%b::bigint[]) ORDER BY v.id
"""  # noqa: S608


@dataclass(slots=True)
class LiveRow:
    """The latest position of one vehicle as live views show it."""

    organization_id: int
    vehicle_id: int
    recorded_us: int
    received_us: int
    lon: float
    lat: float
    speed_mps: float | None
    heading_deg: float | None
    motion: int
    motion_since_us: int
    ignition: bool | None


@dataclass(slots=True)
class Vehicles:
    """The vehicles of a batch that exist, with their organizations and latest positions."""

    organization: Ints
    known: Known
    live: dict[int, LiveRow]


def load_vehicles(cursor: Any, vehicle_ids: Sequence[int]) -> Vehicles:
    """Vehicles among these ids that are in scope, with what is known of them, by id."""
    cursor.execute(_LOAD, [list(vehicle_ids)])
    rows = cursor.fetchall()
    live = {row[0]: LiveRow(row[1], row[0], *row[2:]) for row in rows if row[2] is not None}

    def column(index: int, *, none: Any, dtype: Any) -> Any:
        return np.array([none if r[index] is None else r[index] for r in rows], dtype=dtype)

    known = Known(
        vehicle=column(0, none=0, dtype=np.int64),
        recorded_us=column(2, none=NEVER_US, dtype=np.int64),
        received_us=column(3, none=NEVER_US, dtype=np.int64),
        lon=column(4, none=np.nan, dtype=np.float64),
        lat=column(5, none=np.nan, dtype=np.float64),
        motion=column(8, none=0, dtype=np.int8),
        motion_since_us=column(9, none=NEVER_US, dtype=np.int64),
        ignition=column(10, none=UNKNOWN, dtype=np.int8),
    )
    return Vehicles(organization=column(1, none=0, dtype=np.int64), known=known, live=live)


_NEIGHBOURS = """
SELECT u.i, (extract(epoch FROM p.recorded_at) * 1000000)::bigint, ST_X(p.point), ST_Y(p.point)
FROM unnest(%b::int[], %b::bigint[], %b::timestamptz[], %b::timestamptz[])
    AS u (i, vehicle_id, after, before)
CROSS JOIN LATERAL (
    SELECT recorded_at, point FROM vehicles_position
    WHERE vehicle_id = u.vehicle_id AND recorded_at > u.after AND recorded_at < u.before
      AND quality & %s = 0
    ORDER BY recorded_at DESC LIMIT 1
) p
"""


def no_anchors(count: int) -> Anchors:
    """Anchors that know nothing."""
    return Anchors(
        recorded_us=np.full(count, NEVER_US), lon=np.full(count, np.nan), lat=np.full(count, np.nan)
    )


def load_neighbours(
    cursor: Any, into: Anchors, *, where: Ints, vehicle: Ints, after_us: Ints, before_us: Ints,
    without: int,
) -> None:  # fmt: skip
    """Put into `into[where[i]]` the newest stored position of `vehicle[i]` between two times.

    `without` is a bit mask of `Quality` that the position must not have.
    """
    if not len(where):
        return
    cursor.execute(
        _NEIGHBOURS,
        [where.tolist(), vehicle.tolist(), times_of(after_us), times_of(before_us), without],
    )
    for i, recorded_us, lon, lat in cursor.fetchall():
        into.recorded_us[i], into.lon[i], into.lat[i] = recorded_us, lon, lat


# The newest fixes are marked in the staging table already, so nothing travels twice.
_UPSERT = """
INSERT INTO vehicles_latestposition AS l
    (organization_id, vehicle_id, device_id, recorded_at, received_at, point, altitude_m,
     speed_mps, heading_deg, accuracy_m, odometer_m, ignition, fuel_l, fuel_percent, quality,
     attributes, motion, motion_since)
SELECT s.organization_id, s.vehicle_id, d.id, s.recorded_at, s.received_at, s.point, s.altitude_m,
       s.speed_mps, s.heading_deg, s.accuracy_m, s.odometer_m,
       nullif(s.known_ignition, -1)::integer::boolean, s.fuel_l, s.fuel_percent, s.quality,
       s.attributes, s.motion, s.motion_since
FROM ingest_staging s
LEFT JOIN vehicles_device d ON d.id = s.device_id AND d.organization_id = s.organization_id
WHERE s.newest
ORDER BY s.vehicle_id
ON CONFLICT (vehicle_id) DO UPDATE SET
    device_id = EXCLUDED.device_id, recorded_at = EXCLUDED.recorded_at,
    received_at = EXCLUDED.received_at, point = EXCLUDED.point, altitude_m = EXCLUDED.altitude_m,
    speed_mps = EXCLUDED.speed_mps, heading_deg = EXCLUDED.heading_deg,
    accuracy_m = EXCLUDED.accuracy_m, odometer_m = EXCLUDED.odometer_m,
    ignition = EXCLUDED.ignition, fuel_l = EXCLUDED.fuel_l, fuel_percent = EXCLUDED.fuel_percent,
    quality = EXCLUDED.quality, attributes = EXCLUDED.attributes, motion = EXCLUDED.motion,
    motion_since = EXCLUDED.motion_since
WHERE l.recorded_at < EXCLUDED.recorded_at
"""


def upsert_latest(cursor: Any, newest: Columns, states: MotionStates) -> list[LiveRow]:
    """Move latest positions forward to the fixes that the staging table marks as newest.

    They never move back in time. `newest` are the same fixes; returns the rows as they are now.
    """
    if not len(newest):
        return []
    cursor.execute(_UPSERT)
    return [
        LiveRow(*row)
        for row in zip(
            newest.organization.tolist(), newest.vehicle.tolist(), newest.recorded_us.tolist(),
            newest.received_us.tolist(), newest.lon.tolist(), newest.lat.tolist(),
            numbers(newest.speed_mps), numbers(newest.heading_deg), states.motion.tolist(),
            states.since_us.tolist(), _flags(states.ignition), strict=True,
        )
    ]  # fmt: skip


_MERGE_STATUS = """
UPDATE vehicles_latestposition l SET
    received_at = greatest(l.received_at, u.received_at),
    ignition = u.ignition, motion = u.motion, motion_since = u.motion_since,
    attributes = coalesce(l.attributes, '{}'::jsonb) || u.attributes::jsonb
FROM unnest(%b::bigint[], %b::timestamptz[], %b::boolean[], %b::smallint[], %b::timestamptz[],
            %b::text[]) AS u (vehicle_id, received_at, ignition, motion, motion_since, attributes)
WHERE l.vehicle_id = u.vehicle_id
"""


def merge_statuses(cursor: Any, rows: Sequence[LiveRow], attributes: Sequence[bytes]) -> None:
    """Bring what status reports said into the latest positions of their vehicles.

    `rows` are the latest positions as they shall be, in order of vehicle id; `attributes` are
    JSON objects whose keys replace those that are there.
    """
    if rows:
        cursor.execute(
            _MERGE_STATUS,
            [
                [row.vehicle_id for row in rows],
                [time_of(row.received_us) for row in rows],
                [row.ignition for row in rows],
                [row.motion for row in rows],
                [time_of(row.motion_since_us) for row in rows],
                [(text or b"{}").decode() for text in attributes],
            ],
        )


_CONTACT = """
UPDATE vehicles_device d SET
    last_contact_at = greatest(d.last_contact_at, u.at), protocol = u.protocol
FROM (SELECT * FROM unnest(%b::bigint[], %b::timestamptz[], %b::text[]) AS u (id, at, protocol)
      ORDER BY id) u
WHERE d.id = u.id
"""


def touch_devices(cursor: Any, contacts: dict[int, tuple[int, str]]) -> None:
    """Note when devices last reported: device id -> (microseconds since the epoch, format)."""
    if contacts:
        ids = sorted(contacts)
        cursor.execute(
            _CONTACT,
            [ids, [time_of(contacts[i][0]) for i in ids], [contacts[i][1] for i in ids]],
        )


def time_of(us: int) -> dt.datetime:
    """Microseconds since the epoch as an aware datetime; very early ones become the year 1."""
    return EPOCH + dt.timedelta(microseconds=max(us, -62_135_596_800_000_000))


def times_of(us: Ints) -> list[dt.datetime]:
    """`time_of` for an array."""
    return [time_of(value) for value in us.tolist()]


def numbers(values: Any) -> list[float | None]:
    """An array as a list with None for NaN."""
    return [None if value != value else value for value in values.tolist()]


def _flags(values: Any) -> list[bool | None]:
    return [None if value == UNKNOWN else bool(value) for value in values.tolist()]
