"""Recomputes latest positions from the stored positions, with the result that live fixes give.

Needed after positions were restored, imported or deleted behind the pipeline's back. What only
status reports said (ignition and attributes of reports without a position) is not stored in
positions and comes back with the next report.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection, transaction

from vehicles.ingest.columns import UNKNOWN
from vehicles.ingest.motion import (
    MOVING,
    MOVING_FROM_MPS,
    NEVER_US,
    STILL_MOVING_MPS,
    Known,
    motion_states,
)
from vehicles.models import Quality

BATCH = 200
FIRST_WINDOW = 200
WINDOW_GROWTH = 16
IGNITION_FORGOTTEN = 3_000
"""A tracker that said nothing of the ignition in so many fixes has no such wire; its whole history
is not searched for it."""
_NOT_GOOD = int(Quality.JUMP | Quality.INVALID)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_LOCK = "SELECT vehicle_id FROM vehicles_latestposition WHERE vehicle_id = ANY(%s) FOR UPDATE"

_WINDOW = """
SELECT v.id, (extract(epoch FROM p.recorded_at) * 1000000)::bigint, p.speed_mps, p.ignition
FROM unnest(%s::bigint[]) AS v (id) CROSS JOIN LATERAL (
    SELECT recorded_at, speed_mps, ignition FROM vehicles_position
    WHERE vehicle_id = v.id AND quality & %s = 0 ORDER BY recorded_at DESC LIMIT %s
) p
ORDER BY v.id, p.recorded_at
"""

_UPSERT = """
INSERT INTO vehicles_latestposition AS l
    (organization_id, vehicle_id, device_id, recorded_at, received_at, point, altitude_m,
     speed_mps, heading_deg, accuracy_m, odometer_m, ignition, fuel_l, fuel_percent, quality,
     attributes, motion, motion_since)
SELECT p.organization_id, p.vehicle_id,
       (SELECT d.id FROM vehicles_device d WHERE d.vehicle_id = p.vehicle_id
        ORDER BY d.last_contact_at DESC NULLS LAST, d.id LIMIT 1),
       p.recorded_at, p.received_at, p.point, p.altitude_m, p.speed_mps, p.heading_deg,
       p.accuracy_m, p.odometer_m, u.ignition, p.fuel_l, p.fuel_percent, p.quality,
       p.attributes, u.motion, u.since
FROM unnest(%(vehicle)s::bigint[], %(recorded)s::timestamptz[], %(ignition)s::boolean[],
            %(motion)s::smallint[], %(since)s::timestamptz[])
    AS u (vehicle_id, recorded_at, ignition, motion, since)
JOIN vehicles_position p ON p.vehicle_id = u.vehicle_id AND p.recorded_at = u.recorded_at
ON CONFLICT (vehicle_id) DO UPDATE SET
    device_id = coalesce(l.device_id, EXCLUDED.device_id), recorded_at = EXCLUDED.recorded_at,
    received_at = EXCLUDED.received_at, point = EXCLUDED.point, altitude_m = EXCLUDED.altitude_m,
    speed_mps = EXCLUDED.speed_mps, heading_deg = EXCLUDED.heading_deg,
    accuracy_m = EXCLUDED.accuracy_m, odometer_m = EXCLUDED.odometer_m,
    ignition = EXCLUDED.ignition, fuel_l = EXCLUDED.fuel_l, fuel_percent = EXCLUDED.fuel_percent,
    quality = EXCLUDED.quality, attributes = EXCLUDED.attributes, motion = EXCLUDED.motion,
    motion_since = EXCLUDED.motion_since
-- A row that came in meanwhile was not locked, and may be newer than what was read here.
WHERE l.vehicle_id = ANY(%(locked)s) OR l.recorded_at <= EXCLUDED.recorded_at
"""


@dataclass(slots=True)
class _State:
    """A vehicle after its newest good position."""

    vehicle_id: int
    recorded_us: int
    motion: int
    since_us: int
    ignition: int
    is_certain: bool
    """False when an older position than was read could change `since_us`, motion or ignition."""


def rebuild_latest(*, vehicle_ids: Sequence[int]) -> int:
    """Recompute the latest positions of these vehicles; gives how many have a position.

    A vehicle without any stored position keeps the latest position it has: its history may have
    been archived. Call it inside the scope of the vehicles' organizations.
    """
    rebuilt = 0
    for start in range(0, len(vehicle_ids), BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            rebuilt += _rebuild_batch(cursor, sorted(vehicle_ids[start : start + BATCH]))
    return rebuilt


def _rebuild_batch(cursor: Any, vehicle_ids: Sequence[int]) -> int:
    # The pipeline's upsert waits for these locks, so what it stores meanwhile wins after all.
    cursor.execute(_LOCK, [list(vehicle_ids)])
    locked = [row[0] for row in cursor.fetchall()]
    states: list[_State] = []
    todo, window = list(vehicle_ids), FIRST_WINDOW
    while todo:
        found = _states(cursor, todo, window)
        states += [s for s in found if s.is_certain]
        todo = [s.vehicle_id for s in found if not s.is_certain]
        window *= WINDOW_GROWTH
    cursor.execute(
        _UPSERT,
        {
            "vehicle": [s.vehicle_id for s in states],
            "recorded": [_time(s.recorded_us) for s in states],
            "ignition": [None if s.ignition == UNKNOWN else bool(s.ignition) for s in states],
            "motion": [s.motion for s in states],
            "since": [_time(s.since_us) for s in states],
            "locked": locked,
        },
    )
    return len(states)


def _states(cursor: Any, vehicle_ids: Sequence[int], window: int) -> list[_State]:
    cursor.execute(_WINDOW, [list(vehicle_ids), _NOT_GOOD, window])
    rows = cursor.fetchall()
    if not rows:
        return []
    vehicle = np.array([row[0] for row in rows], dtype=np.int64)
    recorded = np.array([row[1] for row in rows], dtype=np.int64)
    speed = np.array([np.nan if row[2] is None else row[2] for row in rows])
    ignition = np.array([UNKNOWN if row[3] is None else int(row[3]) for row in rows], np.int8)
    starts = np.flatnonzero(np.concatenate(([True], vehicle[1:] != vehicle[:-1])))
    ends = np.append(starts[1:], len(rows))
    states = motion_states(
        speed_mps=speed, ignition=ignition, recorded_us=recorded, starts=starts,
        known=_nothing_known(vehicle[starts]), known_index=np.arange(len(starts)),
    )  # fmt: skip
    return [
        _State(
            vehicle_id=int(vehicle[start]),
            recorded_us=int(recorded[end - 1]),
            motion=int(states.motion[i]),
            since_us=int(states.since_us[i]),
            ignition=int(states.ignition[i]),
            is_certain=end - start < window
            or _is_settled(speed[start:end], ignition[start:end], recorded[start:end],
                           since_us=int(states.since_us[i]), motion=int(states.motion[i])),
        )
        for i, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True))
    ]  # fmt: skip


def _is_settled(speed: Any, ignition: Any, recorded: Any, *, since_us: int, motion: int) -> bool:
    """Whether no position before this window could change what it says.

    That is so when movement and ignition were known for sure before the present state began.
    """
    definite = (speed >= MOVING_FROM_MPS) | (speed < STILL_MOVING_MPS)
    before = recorded < since_us
    movement_known = bool((definite & before).any())
    ignition_known = bool(((ignition != UNKNOWN) & before).any())
    if motion == MOVING:
        # Ignition plays no part in moving, but the row carries its last known value.
        ignition_known = bool((ignition != UNKNOWN).any())
    silent = len(speed) >= IGNITION_FORGOTTEN and not bool((ignition != UNKNOWN).any())
    return movement_known and (ignition_known or silent)


def _nothing_known(vehicles: Any) -> Known:
    count = len(vehicles)
    return Known(
        vehicle=vehicles,
        recorded_us=np.full(count, NEVER_US),
        received_us=np.full(count, NEVER_US),
        lon=np.full(count, np.nan),
        lat=np.full(count, np.nan),
        motion=np.zeros(count, dtype=np.int8),
        motion_since_us=np.full(count, NEVER_US),
        ignition=np.full(count, UNKNOWN, dtype=np.int8),
    )


def _time(us: int) -> dt.datetime:
    return _EPOCH + dt.timedelta(microseconds=us)
