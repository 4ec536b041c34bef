"""Which fixes are refused, and which only lose a bad secondary value."""

import json
import math
from typing import Any

import pytest

from vehicles.ingest.fix import Fix
from vehicles.ingest.vet import EARLIEST_US, MAX_AHEAD_US, vet

from .checks import NOW_US, assert_storable_fix


def make_fix(**values: Any) -> Fix:
    good: dict[str, Any] = {"device": "truck-1", "recorded_at_us": NOW_US, "lon": 13.4, "lat": 52.5}
    return Fix(**good | values)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"lat": 90.001}, "latitude_out_of_range"),
        ({"lat": math.nan}, "latitude_out_of_range"),
        ({"lat": -math.inf}, "latitude_out_of_range"),
        ({"lon": 180.001}, "longitude_out_of_range"),
        ({"lon": math.nan}, "longitude_out_of_range"),
        ({"lon": 0.0, "lat": 0.0}, "null_island"),
        ({"lon": -0.0009, "lat": 0.0009}, "null_island"),
        ({"lon": None}, "missing_field"),
        ({"lat": None}, "missing_field"),
        ({"recorded_at_us": NOW_US + MAX_AHEAD_US + 1}, "clock_ahead"),
        ({"recorded_at_us": EARLIEST_US - 1}, "invalid_value"),
        ({"recorded_at_us": -(10**30)}, "invalid_value"),
        ({"device": "x" * 129}, "field_too_large"),
        ({"device": "truck\0"}, "invalid_value"),
        ({"device": "truck\ud800"}, "invalid_value"),
        ({"attributes": b'{"a":"' + b"x" * 8200 + b'"}'}, "field_too_large"),
    ],
)
def test_a_fix_that_cannot_be_right_is_refused(values, reason):
    verdict = vet(make_fix(**values), now_us=NOW_US)
    assert verdict is not None
    assert verdict[0] == reason
    assert len(verdict[1]) <= 300


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"lon": None, "lat": None},
        {"lon": 180.0, "lat": -90.0},
        {"lon": 0.0, "lat": 51.5},
        {"lon": 9.5, "lat": 0.0},
        {"recorded_at_us": NOW_US + MAX_AHEAD_US},
        {"recorded_at_us": EARLIEST_US},
        {"device": ""},
        {"device": "грузовик-7"},
        {"altitude_m": -430.0},
    ],
)
def test_a_good_fix_passes_unchanged(values):
    fix = make_fix(**values)
    assert vet(fix, now_us=NOW_US) is None
    assert fix == make_fix(**values)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("speed_mps", -5.0),
        ("speed_mps", 250.0),
        ("speed_mps", math.nan),
        ("speed_mps", math.inf),
        ("heading_deg", 400.0),
        ("heading_deg", -1.0),
        ("altitude_m", 1e9),
        ("accuracy_m", -1.0),
        ("odometer_m", -100.0),
        ("odometer_m", 1e300),
        ("fuel_l", -1.0),
        ("fuel_percent", 101.0),
    ],
)
def test_an_impossible_secondary_value_leaves_the_position(field, value):
    fix = make_fix(**{field: value}, attributes=b'{"rpm":900}')
    assert vet(fix, now_us=NOW_US) is None
    assert getattr(fix, field) is None
    assert (fix.lon, fix.lat) == (13.4, 52.5)
    attributes = json.loads(fix.attributes)
    assert attributes["rpm"] == 900
    assert float(attributes[f"_raw_{field}"]) == pytest.approx(value, nan_ok=True)
    assert_storable_fix(fix)


def test_full_attributes_have_no_room_for_a_dropped_value():
    full = b'{"a":"' + b"x" * 8180 + b'"}'
    fix = make_fix(speed_mps=-5.0, attributes=full)
    assert vet(fix, now_us=NOW_US) is None
    assert fix.speed_mps is None
    assert fix.attributes == full


def test_a_heading_of_360_is_north():
    fix = make_fix(heading_deg=360.0)
    vet(fix, now_us=NOW_US)
    assert fix.heading_deg == 0.0
    assert fix.attributes == b""


def test_values_too_small_for_a_column_become_zero():
    fix = make_fix(speed_mps=1e-300, altitude_m=-1e-300)
    vet(fix, now_us=NOW_US)
    assert (fix.speed_mps, fix.altitude_m) == (0.0, 0.0)
