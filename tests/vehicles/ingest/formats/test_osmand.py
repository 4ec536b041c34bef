"""OsmAnd: query, form and JSON."""

import json
from contextlib import suppress
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vehicles.ingest.fix import Fix, MalformedRequest, Parsed
from vehicles.ingest.formats import osmand

from .checks import NOW_US, assert_storable, json_bytes, json_values

T_US = 1_767_222_000_000_000
"""2025-12-31T23:00:00Z."""


def parse(body: bytes = b"", query: str = "", content_type: str = "") -> Parsed:
    headers = {"content-type": content_type} if content_type else {}
    parsed = osmand.parse(body, query=query, headers=headers, now_us=NOW_US)
    assert_storable(parsed)
    return parsed


def parse_json(value: object, query: str = "") -> Parsed:
    return parse(json_bytes(value), query, "application/json; charset=utf-8")


def only(parsed: Parsed) -> Fix:
    assert parsed.rejected == []
    assert len(parsed.fixes) == 1
    return parsed.fixes[0]


def test_a_query_becomes_a_fix_in_si_units():
    parsed = parse(
        query="id=354&timestamp=1767222000&lat=52.5&lon=13.4&speed=10&bearing=90&altitude=35.5"
        "&accuracy=4&hdop=0.8&batt=87.5&charge=true&valid=1&odometer=12345&ignition=true&fuel=40"
        "&driverUniqueId=007&alarm=sos&rpm=1500&notificationToken=secret"
    )
    assert parsed.assumed_speed_unit == "kn"
    fix = only(parsed)
    assert (fix.device, fix.recorded_at_us, fix.lon, fix.lat) == ("354", T_US, 13.4, 52.5)
    assert fix.speed_mps == pytest.approx(5.14444, abs=1e-4)
    assert (fix.heading_deg, fix.altitude_m, fix.accuracy_m) == (90.0, 35.5, 4.0)
    assert (fix.odometer_m, fix.ignition, fix.fuel_l, fix.valid) == (12345.0, True, 40.0, True)
    assert json.loads(fix.attributes) == {
        "hdop": 0.8,
        "battery_percent": 87.5,
        "charging": True,
        "driver_unique_id": "007",
        "alarm": "sos",
        "rpm": 1500,
    }


def test_a_form_body_is_read_when_there_is_no_query():
    fix = only(
        parse(b"deviceid=abc&lat=1.5&lon=2.5&heading=7", "", "application/x-www-form-urlencoded")
    )
    assert (fix.device, fix.lat, fix.lon, fix.heading_deg) == ("abc", 1.5, 2.5, 7.0)
    assert fix.recorded_at_us == NOW_US


@pytest.mark.parametrize(
    "written",
    [
        "1767222000",
        "1767222000000",
        "2025-12-31T23:00:00Z",
        "2026-01-01T01:00:00.000+02:00",
        "2025-12-31 23:00:00",
    ],
)
def test_every_form_of_timestamp_is_read(written):
    fix = only(parse(query=urlencode({"id": "1", "lat": 1, "lon": 2, "timestamp": written})))
    assert fix.recorded_at_us == T_US


def test_location_may_hold_both_coordinates():
    fix = only(parse(query="id=1&location=52.5,13.4"))
    assert (fix.lat, fix.lon) == (52.5, 13.4)


def test_encoded_text_is_decoded():
    fix = only(parse(query="id=van%207&lat=1&lon=2&note=a+b%26c&bad=%ff"))
    assert fix.device == "van 7"
    assert json.loads(fix.attributes) == {"note": "a b&c", "bad": "\ufffd"}


def test_a_report_without_a_position_keeps_its_attributes():
    fix = only(parse(query="id=1&batt=12&valid=false"))
    assert (fix.lat, fix.lon, fix.valid) == (None, None, False)
    assert json.loads(fix.attributes) == {"battery_percent": 12}


def test_repeated_cells_and_access_points_are_all_kept():
    fix = only(
        parse(
            query="id=1&lat=1&lon=2&cell=262,1,22,333&cell=262,2,44,555,-70"
            "&wifi=01-23-45-67-89-ab,-65&wifi=ab:cd:ef:01:23:45,-80"
        )
    )
    attributes = json.loads(fix.attributes)
    assert attributes["cell"] == [
        {"mcc": 262, "mnc": 1, "lac": 22, "cid": 333},
        {"mcc": 262, "mnc": 2, "lac": 44, "cid": 555, "signal": -70},
    ]
    assert [point["mac"] for point in attributes["wifi"]] == [
        "01-23-45-67-89-ab",
        "ab:cd:ef:01:23:45",
    ]


@pytest.mark.parametrize("query", ["", "lat=1&lon=2", "id=&lat=1&lon=2"])
def test_a_query_without_identity_is_malformed(query):
    with pytest.raises(MalformedRequest) as caught:
        parse(query=query)
    assert caught.value.pointer == "id"


def test_too_many_parameters_are_malformed():
    with pytest.raises(MalformedRequest, match="200 parameters"):
        parse(query="id=1&" + "&".join(f"a{n}=1" for n in range(300)))


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("id=1&lat=91&lon=2", "latitude_out_of_range"),
        ("id=1&lat=1&lon=181", "longitude_out_of_range"),
        ("id=1&lat=0&lon=0", "null_island"),
        ("id=1&lat=north&lon=2", "invalid_value"),
        ("id=1&lat=nan&lon=2", "invalid_value"),
        ("id=1&lat=1", "missing_field"),
        ("id=1&location=somewhere", "invalid_value"),
        ("id=1&lat=1&lon=2&timestamp=yesterday", "invalid_value"),
        ("id=1&lat=1&lon=2&timestamp=0", "invalid_value"),
        ("id=1&lat=1&lon=2&timestamp=1767400000", "clock_ahead"),
        ("id=1&lat=1&lon=2&note=" + "x" * 9000, "field_too_large"),
        ("id=1%00&lat=1&lon=2", "invalid_value"),
    ],
)
def test_a_bad_record_is_rejected_with_its_reason_and_text(query, reason):
    parsed = parse(query=query)
    assert parsed.fixes == []
    assert [bad.reason for bad in parsed.rejected] == [reason]
    assert parsed.rejected[0].raw == query[:2000]
    assert parsed.rejected[0].device.startswith("1")


def test_a_bad_speed_does_not_lose_the_position():
    fix = only(parse(query="id=1&lat=1&lon=2&speed=fast"))
    assert fix.speed_mps is None
    assert json.loads(fix.attributes) == {"_raw_speed_mps": "fast"}


def plugin_location(**values: object) -> dict[str, object]:
    return {
        "timestamp": "2025-12-31T23:00:00.000Z",
        "coords": {
            "latitude": 52.5,
            "longitude": 13.4,
            "accuracy": 5,
            "speed": 10,
            "heading": 90,
            "altitude": 35.5,
            "floor": None,
        },
        "is_moving": True,
        "odometer": 1234.5,
        "event": "motionchange",
        "uuid": "u-1",
        "battery": {"level": 0.87, "is_charging": False},
        "activity": {"type": "in_vehicle", "confidence": 90},
        "extras": {},
    } | values


def test_json_is_in_metres_per_second():
    parsed = parse_json({"device_id": "phone", "location": plugin_location(alarm="sos")})
    assert parsed.assumed_speed_unit is None
    fix = only(parsed)
    assert (fix.device, fix.recorded_at_us, fix.lat, fix.lon) == ("phone", T_US, 52.5, 13.4)
    assert (fix.speed_mps, fix.heading_deg, fix.odometer_m) == (10.0, 90.0, 1234.5)
    assert json.loads(fix.attributes) == {
        "motion": True,
        "event": "motionchange",
        "uuid": "u-1",
        "battery_percent": 87.0,
        "charging": False,
        "activity": "in_vehicle",
        "activity_confidence": 90,
        "alarm": "sos",
    }


def test_minus_one_in_json_means_unknown():
    coords = {"latitude": 1.5, "longitude": 2.5, "speed": -1, "heading": -1}
    fix = only(
        parse_json(
            {
                "device_id": "phone",
                "location": {"timestamp": "2025-12-31T23:00:00Z", "coords": coords},
            }
        )
    )
    assert (fix.speed_mps, fix.heading_deg, fix.attributes) == (None, None, b"")


def test_a_batch_of_locations_keeps_the_good_ones():
    bad = plugin_location(coords={"latitude": 99, "longitude": 1})
    parsed = parse_json(
        {"device_id": 77, "location": [plugin_location(), bad, "odd", plugin_location()]}
    )
    assert [fix.device for fix in parsed.fixes] == ["77", "77"]
    assert [(bad.index, bad.reason, bad.device) for bad in parsed.rejected] == [
        (1, "latitude_out_of_range", "77"),
        (2, "invalid_value", "77"),
    ]


@pytest.mark.parametrize("shape", ["bare object", "bare list"])
def test_the_plugin_may_leave_out_the_root(shape):
    location = plugin_location()
    parsed = parse_json([location, location] if shape == "bare list" else location)
    assert {fix.device for fix in parsed.fixes} == {""}
    assert parsed.rejected == []


def test_json_may_name_the_device_in_the_query():
    assert only(parse_json({"location": plugin_location()}, query="id=abc")).device == "abc"


def test_json_without_coords_is_a_status_report():
    fix = only(
        parse_json(
            {"device_id": "a", "location": {"event": "heartbeat", "timestamp": 1767222000000}}
        )
    )
    assert (fix.lat, fix.lon, fix.recorded_at_us) == (None, None, T_US)


def test_a_mock_location_is_not_a_valid_fix():
    fix = only(parse_json({"device_id": "a", "location": plugin_location(mock=True)}))
    assert fix.valid is False


@pytest.mark.parametrize("body", [b"", b"{", b"[", b"null", b"{}", b'{"location":5}', b"[" * 9999])
def test_json_that_cannot_be_read_is_malformed(body):
    with pytest.raises(MalformedRequest):
        parse(body, content_type="application/json")


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200), st.text(max_size=80), st.sampled_from(["", "application/json", "x"])
)
def test_any_bytes_are_parsed_or_malformed(body, query, content_type):
    with suppress(MalformedRequest):
        parse(body, query, content_type)


QUERY_KEYS = ["lat", "lon", "location", "timestamp", "speed", "cell", "wifi", "valid", "charge",
              "batt", "fuel", "ignition", "heading", "odometer", "x"]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(QUERY_KEYS),
        st.text(max_size=12) | st.floats().map(str) | st.integers().map(str),
        max_size=8,
    )
)
def test_any_values_of_a_query_are_accepted_or_rejected(pairs):
    query = urlencode({"id": "1"} | pairs, errors="replace")
    parsed = parse(query=query)
    assert len(parsed.fixes) + len(parsed.rejected) == 1


LOCATION_KEYS = ["timestamp", "coords", "battery", "activity", "odometer", "mock", "device_id", "x"]
COORD_KEYS = ["latitude", "longitude", "speed", "heading", "altitude", "accuracy", "x"]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(LOCATION_KEYS), json_values, max_size=6)
        | st.fixed_dictionaries(
            {"coords": st.dictionaries(st.sampled_from(COORD_KEYS), json_values, max_size=6)}
        )
        | json_values,
        max_size=3,
    )
)
def test_any_locations_are_accepted_or_rejected(locations):
    parsed = parse_json({"device_id": "a", "location": locations})
    assert len(parsed.fixes) + len(parsed.rejected) == len(locations)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-90, 90).filter(lambda lat: abs(lat) > 0.01),
    st.floats(-180, 180),
    st.integers(946_684_800_000, NOW_US // 1000),
    st.integers(0, 100),
)
def test_a_valid_query_comes_back_as_it_was(lat, lon, t_ms, speed_kn):
    fix = only(
        parse(
            query=urlencode(
                {"id": "a", "lat": lat, "lon": lon, "timestamp": t_ms, "speed": speed_kn}
            )
        )
    )
    assert (fix.lat, fix.lon) == (lat, lon)
    assert fix.speed_mps == pytest.approx(speed_kn * 0.514444, abs=1e-3)
    if t_ms >= 100_000_000_000:
        assert fix.recorded_at_us == t_ms * 1000
