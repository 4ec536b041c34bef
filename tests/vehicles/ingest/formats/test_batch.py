"""Our own batch: array, wrapped array and NDJSON."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vehicles.ingest.fix import Fix, MalformedRequest, Parsed
from vehicles.ingest.formats import batch

from .checks import NOW_US, assert_storable, json_bytes, json_values

T_US = 1_767_222_000_000_000


def record(**values: Any) -> dict[str, Any]:
    return {"device": "a", "recorded_at": "2025-12-31T23:00:00Z", "lon": 13.4, "lat": 52.5} | values


def parse(value: Any, content_type: str = "application/json") -> Parsed:
    body = value if isinstance(value, bytes) else json_bytes(value)
    parsed = batch.parse(body, query="", headers={"content-type": content_type}, now_us=NOW_US)
    assert_storable(parsed)
    return parsed


def lines(*values: Any) -> bytes:
    return b"\n".join(value if isinstance(value, bytes) else json_bytes(value) for value in values)


FULL = record(
    altitude_m=30,
    speed_mps=12.5,
    heading_deg=359.9,
    accuracy_m=4,
    odometer_m=1e6,
    ignition=True,
    fuel_l=55.5,
    fuel_percent=40,
    valid=False,
)
FULL_FIX = Fix("a", T_US, 13.4, 52.5, 30.0, 12.5, 359.9, 4.0, 1e6, True, 55.5, 40.0, False)


@pytest.mark.parametrize(
    "value", [[FULL], {"positions": [FULL]}, FULL, lines(FULL, FULL), lines(FULL, b"", FULL)]
)
def test_every_shape_gives_the_same_fixes(value):
    parsed = parse(value)
    assert parsed.rejected == []
    assert parsed.fixes in ([FULL_FIX], [FULL_FIX, FULL_FIX])
    assert parsed.assumed_speed_unit is None


def test_ndjson_is_known_by_its_content_type():
    parsed = parse(lines(FULL), content_type="application/x-ndjson; charset=utf-8")
    assert parsed.fixes == [FULL_FIX]


@pytest.mark.parametrize(
    "written",
    [
        1767222000,
        1767222000.0,
        1767222000000,
        1767222000000000,
        "1767222000",
        "2025-12-31T23:00:00Z",
        "2026-01-01T00:00:00+01:00",
        "2025-12-31 23:00:00.000000+00:00",
    ],
)
def test_every_form_of_time_is_read(written):
    assert [fix.recorded_at_us for fix in parse([record(recorded_at=written)]).fixes] == [T_US]


def test_microseconds_are_exact():
    fix = parse([record(recorded_at="2025-12-31T23:00:00.123457Z")]).fixes[0]
    assert fix.recorded_at_us == T_US + 123_457


def test_unknown_keys_join_the_attributes():
    parsed = parse([record(rpm=900), record(attributes={"rpm": 1, "note": "ok"}, rpm=2), record()])
    assert [json.loads(fix.attributes or b"{}") for fix in parsed.fixes] == [
        {"rpm": 900},
        {"rpm": 1, "note": "ok"},
        {},
    ]


BAD = [
    (record(lat=91), "latitude_out_of_range"),
    (record(lon=-181), "longitude_out_of_range"),
    (record(lat=0, lon=0), "null_island"),
    (record(lat="52.5"), "invalid_value"),
    (record(lat=True), "invalid_value"),
    (record(lat=None), "missing_field"),
    (record(recorded_at=None), "missing_field"),
    (record(recorded_at="2025-12-31T23:00:00"), "invalid_value"),
    (record(recorded_at="tomorrow"), "invalid_value"),
    (record(recorded_at=[1]), "invalid_value"),
    (record(recorded_at=1767400000), "clock_ahead"),
    (record(recorded_at=-5), "invalid_value"),
    (record(device="x" * 200), "field_too_large"),
    (record(device={"a": 1}), "invalid_value"),
    (record(device="a\0"), "invalid_value"),
    (record(attributes={"a": "x" * 9000}), "field_too_large"),
    (record(attributes=json.loads('{"a":' * 40 + "1" + "}" * 40)), "field_too_large"),
    (record(lon=float("nan")), "longitude_out_of_range"),
    (record(lon=10**400), "longitude_out_of_range"),
    ("not an object", "invalid_value"),
    (None, "invalid_value"),
]


@pytest.mark.parametrize("shape", ["array", "lines"])
@pytest.mark.parametrize(("bad", "reason"), BAD)
def test_one_bad_record_never_fails_its_batch(bad, reason, shape):
    if shape == "array":
        parsed = parse([FULL, bad, FULL])
    else:
        parsed = parse(lines(FULL, bad, FULL), content_type="application/x-ndjson")
    assert parsed.fixes == [FULL_FIX, FULL_FIX]
    assert [(item.index, item.reason) for item in parsed.rejected] == [(1, reason)]
    assert parsed.rejected[0].raw


def test_every_kind_of_bad_record_together_is_counted_exactly():
    parsed = parse([FULL, *(bad for bad, _ in BAD), FULL])
    assert parsed.fixes == [FULL_FIX, FULL_FIX]
    assert [(item.index, item.reason) for item in parsed.rejected] == [
        (index, reason) for index, (_, reason) in enumerate(BAD, start=1)
    ]


def test_a_line_that_is_not_json_is_rejected_alone():
    parsed = parse(lines(FULL, b'{"device": "a", ', FULL), content_type="application/x-ndjson")
    assert parsed.fixes == [FULL_FIX, FULL_FIX]
    assert [(item.index, item.reason, item.raw) for item in parsed.rejected] == [
        (1, "malformed_json", '{"device": "a", ')
    ]


@pytest.mark.parametrize(
    "text",
    [b'"\\ud800"', b"1e999", b"-Infinity", b'"\\u0000"', b'"\xff"', b"9" * 4000, b"9" * 5000],
)
def test_odd_json_values_do_not_fail_their_batch(text):
    good = json_bytes(FULL)
    odd = good[:-1] + b', "odd": ' + text + b"}"
    parsed = parse(b"[" + good + b"," + odd + b"," + good + b"]")
    assert parsed.rejected == []
    assert [fix.lon for fix in parsed.fixes] == [13.4, 13.4, 13.4]


@pytest.mark.parametrize(
    ("sent", "field", "kept"),
    [
        ({"speed_mps": "fast"}, "speed_mps", {"_raw_speed_mps": "fast"}),
        ({"speed_mps": -3}, "speed_mps", {"_raw_speed_mps": -3.0}),
        ({"heading_deg": 400}, "heading_deg", {"_raw_heading_deg": 400.0}),
        ({"ignition": "maybe"}, "ignition", {"_raw_ignition": "maybe"}),
        ({"fuel_l": [1]}, "fuel_l", {"_raw_fuel_l": [1]}),
    ],
)
def test_a_bad_secondary_value_leaves_the_position(sent, field, kept):
    fixes = parse([record(**sent)]).fixes
    assert getattr(fixes[0], field) is None
    assert json.loads(fixes[0].attributes) == kept


def test_duplicate_keys_give_the_last_value():
    body = b'[{"device":"a","device":"b","recorded_at":1767222000,"lat":1.5,"lon":2.5}]'
    assert [fix.device for fix in parse(body).fixes] == ["b"]


def test_an_empty_array_is_an_empty_batch():
    assert parse(b"[]") == Parsed(fixes=[], rejected=[])


@pytest.mark.parametrize("shape", ["array", "lines", "unknown keys"])
def test_more_than_the_limit_is_malformed(shape):
    count = batch.MAX_FIXES + 1
    if shape == "lines":
        body = b"{}\n" * count
    else:
        body = json_bytes([{"x": 1} if shape == "unknown keys" else record()] * count)
    with pytest.raises(MalformedRequest, match="at most 10000"):
        parse(body)


@pytest.mark.parametrize(
    "body", [b"", b" ", b"[", b"[1,", b"7", b"null", b'{"positions":5}', b"[" * 5000, b"\xff"]
)
def test_a_body_that_cannot_be_read_is_malformed(body):
    with pytest.raises(MalformedRequest):
        parse(body)


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200) | json_values.map(json_bytes),
    st.sampled_from(["", "application/json", "application/x-ndjson"]),
)
def test_any_bytes_are_parsed_or_malformed(body, content_type):
    with suppress(MalformedRequest):
        parse(body, content_type)


FIELDS = [*sorted(batch._FIELDS), "rpm", ""]
some_record = st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=6).flatmap(
    lambda values: st.sampled_from([values, record() | values, values | record()])
)


@settings(max_examples=120, deadline=None)
@given(st.lists(some_record, max_size=4), st.booleans())
def test_any_records_are_accepted_or_rejected(records, as_lines):
    if as_lines:
        parsed = parse(lines(*records) or b" \n{}", content_type="application/x-ndjson")
        records = records or [{}]
    else:
        parsed = parse(records)
    assert len(parsed.fixes) + len(parsed.rejected) == len(records)


@settings(max_examples=60, deadline=None)
@given(some_record)
def test_a_record_is_read_alike_alone_and_among_others(values):
    """The fast whole-array way and the record-by-record way must never disagree."""
    alone, among = parse([values]), parse([values, {"recorded_at": []}])
    assert alone.fixes == among.fixes
    assert [bad.reason for bad in alone.rejected] == [bad.reason for bad in among.rejected[:-1]]


maybe = st.none() | st.floats(0.001, 150)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Fix,
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20).map(
                str.strip
            ),
            st.integers(946_684_800_000_000, NOW_US),
            st.floats(-180, 180),
            st.floats(1, 90),
            maybe,
            maybe,
            maybe,
            maybe,
            maybe,
            st.none() | st.booleans(),
            maybe,
            st.none() | st.floats(1, 100),
            st.booleans(),
        ),
        max_size=5,
    )
)
def test_valid_fixes_come_back_as_they_were(fixes):
    sent = []
    for fix in fixes:
        values = {name: getattr(fix, name) for name in fix.__struct_fields__[2:-1]}
        sent.append({"device": fix.device, "recorded_at": fix.recorded_at_us} | values)
    assert parse(sent).fixes == fixes
