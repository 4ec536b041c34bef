"""What a Traccar server forwards."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vehicles.ingest.fix import Fix, MalformedRequest, Parsed
from vehicles.ingest.formats import traccar

from .checks import NOW_US, assert_storable, json_bytes, json_values

T_US = 1_767_222_000_000_000


def forwarded(**position: Any) -> dict[str, Any]:
    return {
        "position": {
            "id": 0,
            "deviceId": 7,
            "protocol": "teltonika",
            "serverTime": "2025-12-31T23:00:05.000+00:00",
            "deviceTime": "2025-12-31T23:00:00.000+00:00",
            "fixTime": "2025-12-31T23:00:00.000+00:00",
            "valid": True,
            "latitude": 52.5,
            "longitude": 13.4,
            "altitude": 35.0,
            "speed": 10.0,
            "course": 90.0,
            "address": None,
            "accuracy": 0.0,
            "network": None,
            "geofenceIds": None,
            "attributes": {},
        }
        | position,
        "device": {"id": 7, "name": "Van 7", "uniqueId": "356307042441013", "status": "online"},
    }


def parse(value: Any) -> Parsed:
    body = value if isinstance(value, bytes) else json_bytes(value)
    parsed = traccar.parse(
        body, query="", headers={"content-type": "application/json"}, now_us=NOW_US
    )
    assert_storable(parsed)
    return parsed


def only(value: Any) -> Fix:
    parsed = parse(value)
    assert parsed.rejected == []
    assert len(parsed.fixes) == 1
    return parsed.fixes[0]


def test_a_position_becomes_a_fix_in_si_units():
    fix = only(
        forwarded(
            attributes={
                "ignition": True,
                "motion": True,
                "totalDistance": 99.5,
                "odometer": 123456,
                "fuel": 40.5,
                "fuelLevel": 60,
                "batteryLevel": 88,
                "sat": 9,
                "power": 12.8,
            }
        )
    )
    assert (fix.device, fix.recorded_at_us, fix.lat, fix.lon) == (
        "356307042441013",
        T_US,
        52.5,
        13.4,
    )
    assert fix.speed_mps == pytest.approx(5.14444, abs=1e-4)
    assert (fix.altitude_m, fix.heading_deg, fix.accuracy_m) == (35.0, 90.0, None)
    assert (fix.odometer_m, fix.ignition, fix.fuel_l, fix.fuel_percent) == (
        123456.0,
        True,
        40.5,
        60.0,
    )
    assert json.loads(fix.attributes) == {
        "protocol": "teltonika",
        "motion": True,
        "total_distance_m": 99.5,
        "battery_percent": 88,
        "satellites": 9,
        "power": 12.8,
    }


def test_total_distance_stands_in_for_an_odometer():
    fix = only(forwarded(attributes={"totalDistance": 99.5}))
    assert fix.odometer_m == 99.5


def test_an_invalid_fix_says_so():
    assert only(forwarded(valid=False)).valid is False


def test_the_device_time_is_kept_where_it_differs():
    fix = only(forwarded(deviceTime="2025-12-31T23:00:09.000+00:00"))
    assert fix.recorded_at_us == T_US
    assert json.loads(fix.attributes)["deviceTime"] == "2025-12-31T23:00:09.000+00:00"


def test_an_event_gives_its_position():
    event = {
        "id": 3,
        "type": "alarm",
        "eventTime": "2025-12-31T23:00:00.000+00:00",
        "positionId": 5,
        "attributes": {"alarm": "sos"},
    }
    attributes = json.loads(only(forwarded() | {"event": event}).attributes)
    assert (attributes["event"], attributes["alarm"]) == ("alarm", "sos")


def test_an_event_without_a_position_is_accepted_in_silence():
    body = {"event": {"type": "deviceOffline"}, "device": {"uniqueId": "1"}}
    assert parse(body) == Parsed(fixes=[], rejected=[])


def test_a_list_keeps_the_good_ones():
    parsed = parse([forwarded(), forwarded(latitude=91), None, forwarded()])
    assert len(parsed.fixes) == 2
    assert [(bad.index, bad.reason) for bad in parsed.rejected] == [
        (1, "latitude_out_of_range"),
        (2, "invalid_value"),
    ]


@pytest.mark.parametrize(
    ("position", "reason"),
    [
        ({"latitude": None}, "missing_field"),
        ({"longitude": "13.4"}, "invalid_value"),
        ({"longitude": 200}, "longitude_out_of_range"),
        ({"latitude": 0, "longitude": 0}, "null_island"),
        ({"fixTime": None, "deviceTime": None}, "missing_field"),
        ({"fixTime": "1970-01-01T00:00:00.000+00:00"}, "invalid_value"),
        ({"fixTime": "2026-02-01T00:00:00.000+00:00"}, "clock_ahead"),
        ({"attributes": {"blob": "x" * 9000}}, "field_too_large"),
    ],
)
def test_a_bad_position_is_rejected(position, reason):
    parsed = parse(forwarded(**position))
    assert [(bad.reason, bad.device) for bad in parsed.rejected] == [(reason, "356307042441013")]


@pytest.mark.parametrize("body", [b"", b"{", b"7", b"{}", b'{"device":{}}'])
def test_a_body_without_a_position_is_malformed(body):
    with pytest.raises(MalformedRequest):
        parse(body)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=200) | json_values.map(json_bytes))
def test_any_bytes_are_parsed_or_malformed(body):
    with suppress(MalformedRequest):
        parse(body)


KEYS = ["latitude", "longitude", "fixTime", "deviceTime", "speed", "course", "altitude",
        "accuracy", "valid", "attributes", "network", "x"]  # fmt: skip
SENSED = ["odometer", "totalDistance", "ignition", "fuel", "fuelLevel", "batteryLevel", "alarm"]


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(st.sampled_from(KEYS), json_values, max_size=5),
    st.dictionaries(st.sampled_from(SENSED), json_values, max_size=4),
    json_values,
)
def test_any_values_are_accepted_or_rejected(values, sensed, event):
    parsed = parse(forwarded(**{"attributes": sensed} | values) | {"event": event})
    assert len(parsed.fixes) + len(parsed.rejected) == 1


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-90, 90).filter(lambda lat: abs(lat) > 0.01),
    st.floats(-180, 180),
    st.integers(946_684_800_000, NOW_US // 1000),
)
def test_a_valid_position_comes_back_as_it_was(lat, lon, t_ms):
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=t_ms)
    written = at.isoformat(timespec="milliseconds")
    fix = only(forwarded(latitude=lat, longitude=lon, fixTime=written))
    assert (fix.lat, fix.lon) == (lat, lon)
    assert fix.recorded_at_us == t_ms * 1000
