"""Jumps, late fixes, derived speed and heading, motion states: pure functions over columns."""

import datetime as dt
import math

import numpy as np
import pytest

from tests.cast import at
from tests.vehicles.ingest.stories import fix_at, process, send, submission
from vehicles.ingest.columns import UNKNOWN, group_starts
from vehicles.ingest.motion import (
    EARTH_RADIUS_M,
    IDLING,
    MOVING,
    NEVER_US,
    STOPPED,
    Known,
    bearing_deg,
    distance_m,
    motion_states,
)
from vehicles.models import LatestPosition, Position, Quality

DEGREE_M = math.pi * EARTH_RADIUS_M / 180


def floats(*values):
    return np.array(values, dtype=np.float64)


def known(*, motion=STOPPED, since_us=0, ignition=UNKNOWN, recorded_us=0):
    return Known(
        vehicle=np.array([7]),
        recorded_us=np.array([recorded_us]),
        received_us=np.array([recorded_us]),
        lon=floats(0.0),
        lat=floats(0.0),
        motion=np.array([motion], dtype=np.int8),
        motion_since_us=np.array([since_us]),
        ignition=np.array([ignition], dtype=np.int8),
    )


def states(speeds, ignition, before):
    return motion_states(
        speed_mps=floats(*speeds),
        ignition=np.array(ignition, dtype=np.int8),
        recorded_us=np.arange(1, len(speeds) + 1) * 1_000_000,
        starts=group_starts(np.zeros(len(speeds), dtype=np.int64)),
        known=before,
        known_index=np.array([0]),
    )


def test_distance_and_bearing_along_meridian_and_equator():
    lon1, lat1 = floats(10, 10, 179.5), floats(50, 0, 0)
    lon2, lat2 = floats(10, 11, -179.5), floats(51, 0, 0)
    assert distance_m(lon1, lat1, lon2, lat2) == pytest.approx([DEGREE_M] * 3)
    assert bearing_deg(lon1, lat1, lon2, lat2) == pytest.approx([0, 90, 90])


def test_a_vehicle_starts_moving_at_one_speed_and_stops_at_a_lower_one():
    one = states([1.2], [UNKNOWN], known())
    assert one.motion.tolist() == [STOPPED]
    two = states([1.6, 1.2, 0.9], [UNKNOWN] * 3, known())
    assert (two.motion.tolist(), two.since_us.tolist()) == ([MOVING], [1_000_000])
    three = states([1.6, 1.2, 0.7], [UNKNOWN] * 3, known())
    assert (three.motion.tolist(), three.since_us.tolist()) == ([STOPPED], [3_000_000])


def test_motion_that_goes_on_keeps_its_beginning():
    before = known(motion=MOVING, since_us=-5_000_000)
    after = states([9.0, math.nan], [UNKNOWN, UNKNOWN], before)
    assert (after.motion.tolist(), after.since_us.tolist()) == ([MOVING], [-5_000_000])


def test_standing_with_ignition_on_is_idling_and_ignition_is_carried_over():
    idle = states([0.0, 0.0], [1, UNKNOWN], known())
    assert (idle.motion.tolist(), idle.since_us.tolist()) == ([IDLING], [1_000_000])
    still_on = states([0.0], [UNKNOWN], known(motion=IDLING, ignition=1, since_us=5))
    assert (still_on.motion.tolist(), still_on.since_us.tolist()) == ([IDLING], [5])
    off = states([0.0], [0], known(motion=IDLING, ignition=1, since_us=5))
    assert (off.motion.tolist(), off.since_us.tolist()) == ([STOPPED], [1_000_000])


def test_a_first_fix_begins_its_motion():
    first = states([0.0], [UNKNOWN], known(recorded_us=NEVER_US))
    assert (first.motion.tolist(), first.since_us.tolist()) == ([STOPPED], [1_000_000])


# --- the same through the pipeline ------------------------------------------------------------
pipeline = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everything")]


def in_pipeline(test):
    for mark in pipeline:
        test = mark(test)
    return test


def flags():
    return [
        Quality(q) for q in Position.objects.order_by("recorded_at").values_list(
            "quality", flat=True
        )
    ]  # fmt: skip


@in_pipeline
@pytest.mark.parametrize("together", [True, False])
def test_a_lone_jump_is_flagged_kept_and_moves_nothing(acme, stream_redis, together):
    truck = acme.add_vehicle("T-1")
    story = [
        fix_at(at(8, 0), speed_mps=5.0, heading_deg=0.0),
        fix_at(at(8, 1), lat=53.5, speed_mps=5.0, heading_deg=0.0),
        fix_at(at(8, 2), lat=52.502, speed_mps=5.0, heading_deg=0.0),
    ]
    groups = [story] if together else [[fix] for fix in story]
    for number, group in enumerate(groups):
        send(stream_redis, submission(acme, truck, *group))
        process()
        if number == 1:
            assert LatestPosition.objects.get().recorded_at == at(8, 0)
    assert flags() == [Quality.GOOD, Quality.JUMP, Quality.GOOD]
    assert LatestPosition.objects.get().recorded_at == at(8, 2)


@in_pipeline
@pytest.mark.parametrize("together", [True, False])
def test_a_jump_that_the_next_fix_confirms_is_where_the_vehicle_is(acme, stream_redis, together):
    truck = acme.add_vehicle("T-1")
    story = [
        fix_at(at(8, 0), speed_mps=5.0, heading_deg=0.0),
        fix_at(at(8, 1), lat=53.5, speed_mps=5.0, heading_deg=0.0),
        fix_at(at(8, 2), lat=53.501, speed_mps=5.0, heading_deg=0.0),
        fix_at(at(8, 3), lat=53.502, speed_mps=5.0, heading_deg=0.0),
    ]
    for group in [story] if together else [[fix] for fix in story]:
        send(stream_redis, submission(acme, truck, *group))
        process()
    assert flags() == [Quality.GOOD, Quality.JUMP, Quality.GOOD, Quality.GOOD]
    assert LatestPosition.objects.get().point.y == 53.502


@in_pipeline
def test_a_late_jump_is_seen_against_the_fix_stored_before_it(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(stream_redis, submission(acme, truck, fix_at(at(8)), fix_at(at(12))))
    process()
    send(stream_redis, submission(acme, truck, fix_at(at(8, 1), lat=54.0)))
    process()
    assert flags()[1] & Quality.JUMP
    assert flags()[1] & Quality.LATE


@in_pipeline
def test_speed_and_heading_are_derived_when_the_device_sends_none(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    north = 100 / DEGREE_M
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    process()
    send(
        stream_redis,
        submission(
            acme, truck,
            fix_at(at(8, 0, 10), lat=52.5 + north),
            fix_at(at(8, 0, 20), lat=52.5 + north),
            fix_at(at(8, 10), lat=52.5 + 2 * north),
            fix_at(at(8, 10, 10), lat=52.5 + 3 * north, speed_mps=3.0),
        ),
    )  # fmt: skip
    process()
    rows = Position.objects.order_by("recorded_at").values_list("speed_mps", "heading_deg")
    assert [(s and round(s, 1), h) for s, h in rows] == [
        (None, None), (10.0, 0.0), (0.0, None), (None, None), (3.0, 0.0),
    ]  # fmt: skip
    derived = [bool(q & Quality.DERIVED_MOTION) for q in flags()]
    assert derived == [False, True, True, False, True]


@in_pipeline
def test_a_fix_without_reception_is_stored_flagged_and_does_not_move_the_marker(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(
        stream_redis,
        submission(acme, truck, fix_at(at(8), speed_mps=0.0)),
        submission(
            acme, truck, fix_at(at(9), lat=0.5, valid=False, attributes=b'{"satellites":0}')
        ),
    )  # fmt: skip
    process()
    assert flags() == [Quality.GOOD, Quality.INVALID]
    latest = LatestPosition.objects.get()
    assert (latest.recorded_at, latest.point.y) == (at(8), 52.5)
    assert latest.attributes == {"satellites": 0}


@in_pipeline
def test_flags_do_not_depend_on_how_fixes_are_cut_into_batches(acme, stream_redis):
    one, other = acme.add_vehicle("ONE"), acme.add_vehicle("OTHER")
    rng = np.random.default_rng(5)
    story = []
    for i in range(40):
        lat = 52.5 + i * 1e-4 + (1.0 if rng.random() < 0.1 else 0.0)
        late = dt.timedelta(minutes=int(rng.integers(0, 3)))
        story.append(fix_at(at(8) + dt.timedelta(minutes=i) - late, lat=lat))
    send(stream_redis, *(submission(acme, one, fix) for fix in story))
    process()
    for fix in story:
        send(stream_redis, submission(acme, other, fix))
        process()

    def result(vehicle):
        rows = Position.objects.filter(vehicle=vehicle).order_by("recorded_at")
        return list(rows.values_list("recorded_at", "point"))

    assert result(one) == result(other)
    fields = ("recorded_at", "motion", "point")
    assert (
        LatestPosition.objects.filter(vehicle=one).values_list(*fields).get()
        == LatestPosition.objects.filter(vehicle=other).values_list(*fields).get()
    )
