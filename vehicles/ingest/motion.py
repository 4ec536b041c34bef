"""What a batch of fixes says about movement: jumps, late fixes, derived speed, motion states.

Pure functions over columns sorted by vehicle and time; what was known before the batch comes in
as `Known`. Distances are great-circle metres on a sphere of the mean earth radius.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vehicles.ingest.columns import UNKNOWN, Bools, Columns, Floats, Ints, group_starts

EARTH_RADIUS_M = 6_371_008.8

NEVER_US = np.iinfo(np.int64).min
"""Time of a fix that does not exist."""

MOVING_FROM_MPS = 1.5
"""A vehicle starts to move at this speed: a brisk walk, above the noise of a parked receiver."""
STILL_MOVING_MPS = 0.8
"""It moves on until it is slower than this, so that creeping in a queue does not flicker."""

MIN_JUMP_M = 100.0
"""Shorter leaps are noise, however short the time between two fixes."""
MAX_DERIVE_GAP_S = 300.0
"""No speed or heading is derived over a longer silence: nobody knows what happened in it."""
MIN_HEADING_MOVE_M = 10.0
MIN_SPEED_MOVE_M = 3.0
"""Closer together, two fixes say only that the receiver is not exact."""

STOPPED, IDLING, MOVING = 0, 1, 2


@dataclass(slots=True)
class Known:
    """The state of each vehicle before the batch; one item per distinct vehicle, sorted by id.

    `recorded_us` is NEVER_US, and positions are NaN, for a vehicle without a latest position.
    """

    vehicle: Ints
    recorded_us: Ints
    received_us: Ints
    lon: Floats
    lat: Floats
    motion: NDArray[np.int8]
    motion_since_us: Ints
    ignition: NDArray[np.int8]


@dataclass(slots=True)
class Anchors:
    """A stored fix to compare with, one item per segment; NEVER_US and NaN where there is none."""

    recorded_us: Ints
    lon: Floats
    lat: Floats


@dataclass(slots=True)
class Segments:
    """Runs of comparable fixes: of one vehicle, all newer than its latest position, or all not."""

    start: Ints
    """Index of the first fix of each segment."""
    of_fix: Ints
    """Segment of each fix."""
    on_time: Bools
    """Whether the segment is newer than the latest position; one item per segment."""
    known: Ints
    """Index into `Known` of the segment's vehicle."""


def distance_m(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Great-circle distances in metres (haversine), item by item; degrees in."""
    phi1, phi2 = np.radians(lat1), np.radians(lat2)
    a = (
        np.sin((phi2 - phi1) / 2) ** 2
        + np.cos(phi1) * np.cos(phi2) * np.sin(np.radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(a, 1.0)))


def bearing_deg(lon1: Floats, lat1: Floats, lon2: Floats, lat2: Floats) -> Floats:
    """Initial bearings from the first to the second points, 0 <= bearing < 360."""
    phi1, phi2, d = np.radians(lat1), np.radians(lat2), np.radians(lon2 - lon1)
    y = np.sin(d) * np.cos(phi2)
    x = np.cos(phi1) * np.sin(phi2) - np.sin(phi1) * np.cos(phi2) * np.cos(d)
    return np.mod(np.degrees(np.arctan2(y, x)), 360.0)


def late_mask(columns: Columns, *, known_us: Ints, received_order: Ints) -> Bools:
    """Fixes that came after a newer one of their vehicle, stored before or earlier in the batch.

    `known_us` is the time of the vehicle's latest position, per fix; `received_order` increases
    with the order of arrival.
    """
    late = columns.recorded_us <= known_us
    if not len(columns):
        return late
    # Within a vehicle: is there a later-recorded fix that arrived earlier? Vehicles further down
    # get larger keys, so the suffix minimum never looks across.
    starts = group_starts(columns.vehicle)
    group = np.zeros(len(columns), dtype=np.int64)
    group[starts[1:]] = 1
    key = received_order + np.cumsum(group) * len(columns)
    suffix = np.minimum.accumulate(key[::-1])[::-1]
    late[:-1] |= suffix[1:] < key[:-1]
    return late


def segments_of(columns: Columns, *, known: Known, known_index: Ints) -> Segments:
    """Cut the sorted fixes where the vehicle changes and where its latest position lies."""
    on_time = columns.recorded_us > known.recorded_us[known_index]
    start = group_starts(known_index * 2 + on_time)
    of_fix = np.zeros(len(columns), dtype=np.int64)
    of_fix[start[1:]] = 1
    return Segments(
        start=start,
        of_fix=np.cumsum(of_fix),
        on_time=on_time[start],
        known=known_index[start],
    )


@dataclass(slots=True)
class Steps:
    """From the previous fix of the same segment to each fix; NaN where there is none."""

    seconds: Floats
    metres: Floats
    from_lon: Floats
    from_lat: Floats


def steps_of(columns: Columns, *, segments: Segments, anchors: Anchors) -> Steps:
    """Time and distance between neighbours; the first of a segment is compared with its anchor."""
    if not len(columns):
        empty = np.empty(0)
        return Steps(empty, empty, empty, empty)
    from_us = np.roll(columns.recorded_us, 1)
    from_lon, from_lat = np.roll(columns.lon, 1), np.roll(columns.lat, 1)
    first = segments.start
    from_us[first] = anchors.recorded_us
    from_lon[first], from_lat[first] = anchors.lon, anchors.lat
    has = from_us != NEVER_US
    seconds = np.where(has, columns.recorded_us - np.where(has, from_us, 0), np.nan) / 1e6
    metres = distance_m(from_lon, from_lat, columns.lon, columns.lat)
    return Steps(seconds=seconds, metres=metres, from_lon=from_lon, from_lat=from_lat)


def implausible(*, seconds: Floats, metres: Floats, limit_mps: float) -> Bools:
    """Which steps no vehicle makes. Unknown steps (NaN) are plausible."""
    with np.errstate(invalid="ignore"):
        return (metres > MIN_JUMP_M) & (metres > limit_mps * seconds)


def jump_mask(
    columns: Columns,
    *,
    segments: Segments,
    steps: Steps,
    anchors: Anchors,
    last_jumps: Anchors,
    limit_mps: float,
) -> Bools:
    """Fixes that imply a speed no vehicle has.

    A fix is compared with the last good one. One that does not fit is a jump, and a lone jump
    changes nothing; but when the next fix fits the jump, the vehicle really is there, and that
    next fix is good. `last_jumps` (per segment) are jumps stored since the anchor.
    """
    jumps = implausible(seconds=steps.seconds, metres=steps.metres, limit_mps=limit_mps)
    ends = np.append(segments.start[1:], len(columns))
    for segment in np.unique(segments.of_fix[jumps]):
        _judge_in_turn(
            columns,
            jumps,
            range(int(segments.start[segment]), int(ends[segment])),
            good=_place(anchors, int(segment)),
            jump=_place(last_jumps, int(segment)),
            limit_mps=limit_mps,
        )
    return jumps


Place = tuple[int, float, float]


def _place(anchors: Anchors, i: int) -> Place | None:
    if anchors.recorded_us[i] == NEVER_US:
        return None
    return int(anchors.recorded_us[i]), float(anchors.lon[i]), float(anchors.lat[i])


def _judge_in_turn(
    columns: Columns,
    jumps: Bools,
    indexes: range,
    *,
    good: Place | None,
    jump: Place | None,
    limit_mps: float,
) -> None:
    for i in indexes:
        here = (int(columns.recorded_us[i]), float(columns.lon[i]), float(columns.lat[i]))
        fits = good is None or _fits(good, here, limit_mps)
        if fits or (jump is not None and _fits(jump, here, limit_mps)):
            good, jump = here, None
            jumps[i] = False
        else:
            jump = here
            jumps[i] = True


def _fits(before: Place, after: Place, limit_mps: float) -> bool:
    phi1, phi2 = math.radians(before[2]), math.radians(after[2])
    a = (
        math.sin((phi2 - phi1) / 2) ** 2
        + math.cos(phi1) * math.cos(phi2) * math.sin(math.radians(after[1] - before[1]) / 2) ** 2
    )
    metres = 2 * EARTH_RADIUS_M * math.asin(math.sqrt(min(a, 1.0)))
    return metres <= MIN_JUMP_M or metres <= limit_mps * (after[0] - before[0]) / 1e6


def derive_motion(columns: Columns, *, steps: Steps, segments: Segments, jumps: Bools) -> Bools:
    """Fill in the speed and heading that devices did not send; says where it did.

    Only between two good fixes at most `MAX_DERIVE_GAP_S` apart. Changes `columns`.
    """
    after_jump = np.zeros(len(columns), dtype=np.bool_)
    after_jump[1:] = jumps[:-1]
    after_jump[segments.start] = False
    with np.errstate(invalid="ignore", divide="ignore"):
        usable = ~jumps & ~after_jump & (steps.seconds > 0) & (steps.seconds <= MAX_DERIVE_GAP_S)
        speed = np.where(steps.metres < MIN_SPEED_MOVE_M, 0.0, steps.metres / steps.seconds)
        no_speed = usable & np.isnan(columns.speed_mps)
        no_heading = usable & np.isnan(columns.heading_deg) & (steps.metres > MIN_HEADING_MOVE_M)
    columns.speed_mps[no_speed] = np.round(speed[no_speed], 2)
    if no_heading.any():
        bearing = bearing_deg(
            steps.from_lon[no_heading],
            steps.from_lat[no_heading],
            columns.lon[no_heading],
            columns.lat[no_heading],
        )
        columns.heading_deg[no_heading] = np.mod(np.round(bearing, 1), 360.0)
    return no_speed | no_heading


@dataclass(slots=True)
class MotionStates:
    """The state after each vehicle's last fix; one item per group of fixes."""

    motion: NDArray[np.int8]
    since_us: Ints
    ignition: NDArray[np.int8]


def motion_states(
    *,
    speed_mps: Floats,
    ignition: NDArray[np.int8],
    recorded_us: Ints,
    starts: Ints,
    known: Known,
    known_index: Ints,
) -> MotionStates:
    """Stopped, idling or moving after the last fix of each group, and since when.

    The fixes are good ones, sorted, grouped by vehicle from `starts`; `known_index` has one item
    per group. Unknown speed or ignition means what it was before.
    """
    lengths = np.diff(np.append(starts, len(speed_mps)))
    group = np.repeat(np.arange(len(starts)), lengths)
    moving_before = known.motion[known_index] == MOVING
    verdict = np.where(speed_mps >= MOVING_FROM_MPS, 1, UNKNOWN).astype(np.int8)
    verdict[speed_mps < STILL_MOVING_MPS] = 0
    moving = _carried(verdict, group=group, starts=starts, before=moving_before.astype(np.int8))
    on = _carried(ignition, group=group, starts=starts, before=known.ignition[known_index])
    motion = np.where(moving == 1, MOVING, np.where(on == 1, IDLING, STOPPED)).astype(np.int8)

    before = np.roll(motion, 1)
    is_known = known.recorded_us[known_index] != NEVER_US
    before[starts] = np.where(is_known, known.motion[known_index], UNKNOWN)
    changed_at = np.where(motion != before, np.arange(len(motion)), UNKNOWN)
    last_change = np.maximum.reduceat(changed_at, starts)
    ends = starts + lengths - 1
    return MotionStates(
        motion=motion[ends],
        since_us=np.where(
            last_change == UNKNOWN,
            known.motion_since_us[known_index],
            recorded_us[np.maximum(last_change, 0)],
        ),
        ignition=on[ends],
    )


def _carried(
    values: NDArray[np.int8], *, group: Ints, starts: Ints, before: NDArray[np.int8]
) -> NDArray[np.int8]:
    """Each UNKNOWN replaced by the last known value of its group, or by what was known before."""
    index = np.where(values == UNKNOWN, 0, np.arange(len(values)))
    index[starts] = starts  # nothing is carried over from the group above
    marker = np.maximum.accumulate(index)
    own = values[marker]
    return np.where(own == UNKNOWN, before[group], own).astype(np.int8)
