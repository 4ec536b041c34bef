"""OwnTracks over HTTP."""

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vehicles.ingest.fix import Fix, MalformedRequest, Parsed
from vehicles.ingest.formats import owntracks

from .checks import NOW_US, assert_storable, json_bytes, json_values

T_US = 1_767_222_000_000_000
LOCATION = {"_type": "location", "lat": 52.5, "lon": 13.4, "tst": 1767222000, "tid": "ab"}


def parse(body: bytes, **headers: str) -> Parsed:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    parsed = owntracks.parse(body, query="", headers=named, now_us=NOW_US)
    assert_storable(parsed)
    return parsed


def only(message: dict[str, object], **headers: str) -> Fix:
    parsed = parse(json_bytes(message), **headers)
    assert parsed.rejected == []
    assert len(parsed.fixes) == 1
    return parsed.fixes[0]


def test_a_location_becomes_a_fix_in_si_units():
    fix = only(
        LOCATION
        | {
            "topic": "owntracks/anna/van7",
            "acc": 8,
            "alt": 34,
            "vac": 3,
            "vel": 36,
            "cog": 270,
            "batt": 66,
            "bs": 2,
            "conn": "m",
            "t": "u",
            "created_at": 1767222003,
            "inregions": ["yard"],
        }
    )
    assert (fix.device, fix.recorded_at_us, fix.lat, fix.lon) == (
        "owntracks/anna/van7",
        T_US,
        52.5,
        13.4,
    )
    assert fix.speed_mps == pytest.approx(10.0)
    assert (fix.accuracy_m, fix.altitude_m, fix.heading_deg) == (8.0, 34.0, 270.0)
    assert json.loads(fix.attributes) == {
        "tid": "ab",
        "vac": 3,
        "battery_percent": 66,
        "bs": 2,
        "charging": True,
        "conn": "m",
        "t": "u",
        "created_at": 1767222003,
        "inregions": ["yard"],
    }


def test_the_vehicle_extension_is_read():
    fix = only(
        LOCATION
        | {"ign": True, "odometer": 1234.5, "uext": 13.8, "ubatt": 4.1, "vin": "V1", "rpm": 900}
    )
    assert (fix.ignition, fix.odometer_m) == (True, 1_234_500.0)
    attributes = json.loads(fix.attributes)
    assert (attributes["uext"], attributes["vin"], attributes["rpm"]) == (13.8, "V1", 900)


@pytest.mark.parametrize(
    ("message", "alarm"),
    [
        ({"t": "9"}, "low_battery"),
        ({"t": "e"}, "power_cut"),
        ({"t": "s"}, "overspeed"),
        ({"t": "h", "rty": 4}, "harsh_acceleration"),
        ({"t": "h"}, "harsh"),
        ({"t": "p"}, None),
    ],
)
def test_trigger_codes_of_trackers_become_alarms(message, alarm):
    assert json.loads(only(LOCATION | message).attributes).get("alarm") == alarm


@pytest.mark.parametrize(("code", "ignition"), [("i", True), ("I", False), ("t", None)])
def test_trigger_codes_tell_the_ignition(code, ignition):
    assert only(LOCATION | {"t": code}).ignition is ignition


def test_identity_is_the_topic_then_the_headers_then_the_tid():
    headers = {"x_limit_u": "anna", "x_limit_d": "phone"}
    with_topic = LOCATION | {"topic": "owntracks/bob/van/event"}
    assert only(with_topic, **headers).device == "owntracks/bob/van"
    assert only(LOCATION, **headers).device == "owntracks/anna/phone"
    assert only(LOCATION, x_limit_d="phone").device == "phone"
    assert only(LOCATION).device == "ab"


def test_a_transition_with_a_place_is_a_fix():
    message = {
        "_type": "transition",
        "event": "enter",
        "desc": "Yard",
        "tst": 1767222000,
        "wtst": 1,
        "lat": 1.5,
        "lon": 2.5,
        "acc": 5,
        "t": "c",
        "tid": "ab",
    }
    fix = only(message)
    assert (fix.lat, fix.lon, fix.recorded_at_us) == (1.5, 2.5, T_US)
    attributes = json.loads(fix.attributes)
    assert (attributes["_type"], attributes["event"], attributes["desc"]) == (
        "transition",
        "enter",
        "Yard",
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  \n",
        b"[]",
        b'{"_type":"lwt","tst":1}',
        b'{"_type":"waypoint","lat":1.0,"lon":2.0,"tst":1767222000}',
        b'{"_type":"transition","event":"enter"}',
        b'{"_type":"status"}',
        b'{"_type":"of the future"}',
        b'{"_type":5}',
    ],
)
def test_messages_without_a_position_are_accepted_in_silence(body):
    assert parse(body) == Parsed(fixes=[], rejected=[])


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        ({"_type": "encrypted", "data": "abc"}, "invalid_value"),
        ({"lat": 1.0, "lon": 2.0}, "missing_field"),
        (LOCATION | {"lat": None}, "missing_field"),
        (LOCATION | {"lat": "52.5"}, "invalid_value"),
        (LOCATION | {"lat": 99}, "latitude_out_of_range"),
        (LOCATION | {"tst": "soon"}, "invalid_value"),
        (LOCATION | {"tst": True}, "invalid_value"),
        (LOCATION | {"tst": 1767400000}, "clock_ahead"),
    ],
)
def test_a_bad_message_is_rejected(message, reason):
    parsed = parse(json_bytes(message), x_limit_d="phone")
    assert parsed.fixes == []
    assert [(bad.reason, bad.device) for bad in parsed.rejected] == [(reason, "phone")]


def test_an_encrypted_message_is_told_what_to_change():
    parsed = parse(b'{"_type":"encrypted","data":"abc"}')
    assert "encryption key" in parsed.rejected[0].detail


def test_a_list_of_messages_keeps_the_good_ones():
    parsed = parse(json_bytes([LOCATION, {"_type": "lwt"}, 7, LOCATION | {"tst": 1767222001}]))
    assert len(parsed.fixes) == 2
    assert [bad.index for bad in parsed.rejected] == [2]


@pytest.mark.parametrize("body", [b"{", b"5", b'"text"', b"null", b"\xff\xfe"])
def test_a_body_that_is_no_message_is_malformed(body):
    with pytest.raises(MalformedRequest):
        parse(body)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_any_bytes_and_headers_are_parsed_or_malformed(body, user, device):
    with suppress(MalformedRequest):
        parse(body, x_limit_u=user, x_limit_d=device)


KEYS = ["lat", "lon", "tst", "acc", "alt", "vel", "cog", "batt", "bs", "t", "rty", "topic", "tid",
        "ign", "odometer", "event", "x"]  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), json_values, max_size=8), st.booleans())
def test_any_values_are_accepted_or_rejected(values, placed):
    message = values | {"_type": "location"} | ({"lat": 1.5, "lon": 2.5} if placed else {})
    parsed = parse(json_bytes(message))
    assert len(parsed.fixes) + len(parsed.rejected) == 1


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-90, 90).filter(lambda lat: abs(lat) > 0.01),
    st.floats(-180, 180),
    st.integers(946_684_800, NOW_US // 1_000_000),
    st.integers(0, 359),
)
def test_a_valid_location_comes_back_as_it_was(lat, lon, tst, cog):
    fix = only(LOCATION | {"lat": lat, "lon": lon, "tst": tst, "cog": cog})
    assert (fix.lat, fix.lon, fix.recorded_at_us) == (lat, lon, tst * 1_000_000)
    assert fix.heading_deg == cog
