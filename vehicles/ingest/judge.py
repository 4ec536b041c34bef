"""Sorts a batch's fixes, drops doubles, and finds out what the database must be asked for."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.conf import settings

from vehicles.ingest import latest, motion
from vehicles.ingest.columns import Bools, Columns, Ints, group_starts
from vehicles.ingest.motion import Anchors, Known, MotionStates, Segments
from vehicles.models import Quality

DAY_US = 86_400_000_000


@dataclass(slots=True)
class Judged:
    """Fixes as they are stored, and what they change."""

    fixes: Columns
    """Sorted by (vehicle, time), without doubles, with quality and derived values."""
    newest: Ints
    """Index into `fixes` of the fix that each vehicle's latest position moves to, by vehicle id;
    vehicles without one are left out."""
    states: MotionStates
    """Motion after each of `newest`."""
    invalid: Columns
    """Fixes without satellite reception: they say what a status report says."""


def judge(cursor: Any, arrived: Columns, *, known: Known) -> Judged:
    """Judge the fixes of a batch, given in the order of arrival, with `Known` by vehicle id.

    Fixes that the device calls invalid, and jumps, are stored but move nothing on the map.
    """
    fixes, order = _sorted_without_doubles(arrived)
    known_index = np.searchsorted(known.vehicle, fixes.vehicle)
    late = motion.late_mask(fixes, known_us=known.recorded_us[known_index], received_order=order)
    fixes.quality |= np.where(late, Quality.LATE, 0).astype(np.int16)
    fixes.quality |= np.where(fixes.valid, 0, Quality.INVALID).astype(np.int16)

    valid = fixes.take(fixes.valid)
    jumps, on_time = _judge_movement(cursor, valid, known=known)
    for name in ("quality", "speed_mps", "heading_deg"):
        getattr(fixes, name)[fixes.valid] = getattr(valid, name)

    good_index = np.flatnonzero(fixes.valid)[on_time & ~jumps]
    good = fixes.take(good_index)
    starts = group_starts(good.vehicle)
    of_group = np.searchsorted(known.vehicle, good.vehicle[starts])
    ends = np.append(starts[1:], len(good))[: len(starts)] - 1
    return Judged(
        fixes=fixes,
        newest=good_index[ends],
        states=motion.motion_states(
            speed_mps=good.speed_mps, ignition=good.ignition, recorded_us=good.recorded_us,
            starts=starts, known=known, known_index=of_group,
        ),
        invalid=fixes.take(~fixes.valid),
    )  # fmt: skip


def _sorted_without_doubles(arrived: Columns) -> tuple[Columns, Ints]:
    """By (vehicle, time); of two fixes with both alike the one that arrived first stays."""
    order = np.lexsort((np.arange(len(arrived)), arrived.recorded_us, arrived.vehicle))
    fixes = arrived.take(order)
    if len(fixes):
        first = np.concatenate(
            (
                [True],
                (fixes.vehicle[1:] != fixes.vehicle[:-1])
                | (fixes.recorded_us[1:] != fixes.recorded_us[:-1]),
            )
        )
        fixes, order = fixes.take(first), order[first]
    return fixes, order


def _judge_movement(cursor: Any, valid: Columns, *, known: Known) -> tuple[Bools, Bools]:
    """(jumps, newer than the latest position); sets quality, derived speed and heading."""
    known_index = np.searchsorted(known.vehicle, valid.vehicle)
    segments = motion.segments_of(valid, known=known, known_index=known_index)
    anchors = _anchors(cursor, valid, segments=segments, known=known)
    steps = motion.steps_of(valid, segments=segments, anchors=anchors)
    limit_mps = settings.PLAUSIBLE_SPEED_MPS
    jumps = motion.jump_mask(
        valid, segments=segments, steps=steps, anchors=anchors, limit_mps=limit_mps,
        last_jumps=_last_jumps(
            cursor, segments=segments, known=known,
            suspicious=motion.implausible(
                seconds=steps.seconds, metres=steps.metres, limit_mps=limit_mps
            )[segments.start],
            before_us=valid.recorded_us[segments.start],
        ),
    )  # fmt: skip
    derived = motion.derive_motion(valid, steps=steps, segments=segments, jumps=jumps)
    valid.quality |= np.where(jumps, Quality.JUMP, 0).astype(np.int16)
    valid.quality |= np.where(derived, Quality.DERIVED_MOTION, 0).astype(np.int16)
    return jumps, segments.on_time[segments.of_fix]


def _anchors(cursor: Any, valid: Columns, *, segments: Segments, known: Known) -> Anchors:
    """The good fix before each segment: the latest position, or what is stored before late ones."""
    late = ~segments.on_time
    anchors = Anchors(
        recorded_us=known.recorded_us[segments.known],
        lon=known.lon[segments.known],
        lat=known.lat[segments.known],
    )
    anchors.recorded_us[late] = motion.NEVER_US
    anchors.lon[late] = anchors.lat[late] = np.nan
    where = np.flatnonzero(late)
    first_us = valid.recorded_us[segments.start[where]]
    latest.load_neighbours(
        cursor, anchors, where=where, vehicle=known.vehicle[segments.known[where]],
        after_us=first_us - DAY_US, before_us=first_us,
        without=int(Quality.JUMP | Quality.INVALID),
    )  # fmt: skip
    return anchors


def _last_jumps(
    cursor: Any, *, segments: Segments, known: Known, suspicious: Bools, before_us: Ints
) -> Anchors:
    """Jumps stored since the latest position, for segments that begin with another one."""
    last_jumps = latest.no_anchors(len(segments.start))
    where = np.flatnonzero(suspicious & segments.on_time)
    latest.load_neighbours(
        cursor, last_jumps, where=where, vehicle=known.vehicle[segments.known[where]],
        after_us=known.recorded_us[segments.known[where]], before_us=before_us[where],
        without=int(Quality.INVALID),
    )  # fmt: skip
    return last_jumps
