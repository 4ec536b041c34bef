"""NDJSON files, in our own format and with other names."""

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vehicles.ingest.formats.checks import NOW_US, assert_storable, json_bytes, json_values
from vehicles.ingest.bad_record import parsed_from
from vehicles.ingest.files import ndjson
from vehicles.ingest.files.columns import TableOptions
from vehicles.ingest.fix import MalformedRequest, Parsed

T_US = 1_767_222_000_000_000
OURS = {"device": "7", "recorded_at": "2025-12-31T23:00:00Z", "lat": 52.5, "lon": 13.4}
THEIRS = {"vehicle_id": 7, "timestamp": 1767222000, "latitude": 52.5, "longitude": 13.4}


def read(*lines: Any, **options: Any) -> Parsed:
    body = b"\n".join(line if isinstance(line, bytes) else json_bytes(line) for line in lines)
    parsed = parsed_from(
        ndjson.read(io.BytesIO(body), options=TableOptions(**options), now_us=NOW_US)
    )
    assert_storable(parsed)
    return parsed


@pytest.mark.parametrize("line", [OURS, THEIRS])
def test_our_names_and_common_names_are_recognised(line):
    parsed = read(line | {"speed_mps": 3, "route": "A"}, b"", line)
    assert parsed.rejected == []
    assert len(parsed.fixes) == 2
    fix = parsed.fixes[0]
    assert (fix.device, fix.recorded_at_us, fix.lat, fix.lon) == ("7", T_US, 52.5, 13.4)
    assert fix.speed_mps == 3.0
    assert json.loads(fix.attributes) == {"route": "A"}


def test_keys_may_be_named_with_units():
    parsed = read(
        {"who": "7", "when": "2026-01-01T00:00:00+01:00", "a": 52.5, "o": 13.4, "miles": 10},
        columns={"vehicle": "who", "time": "when", "lat": "a", "lon": "o", "odometer": "miles"},
        odometer_unit="mi",
    )
    assert parsed.fixes[0].recorded_at_us == T_US
    assert parsed.fixes[0].odometer_m == pytest.approx(16093.44)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "malformed_json"),
        (b"[]", "invalid_value"),
        (OURS | {"lat": 91}, "latitude_out_of_range"),
        (THEIRS | {"latitude": "x"}, "invalid_value"),
        ({"vehicle_id": 7}, "missing_field"),
        (THEIRS | {"timestamp": None}, "missing_field"),
    ],
)
def test_a_bad_line_is_rejected_alone(line, reason):
    parsed = read(OURS, line, THEIRS)
    assert len(parsed.fixes) == 2
    assert [(bad.index, bad.reason) for bad in parsed.rejected] == [(1, reason)]


def test_a_first_line_without_the_needed_keys_is_malformed():
    with pytest.raises(MalformedRequest, match="vehicle"):
        read({"a": 1})


@settings(max_examples=50, deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from([*OURS, *THEIRS, "speed", "x"]), json_values, max_size=6)
        | json_values
        | st.binary(max_size=40).map(lambda body: body.replace(b"\n", b"") or b"{"),
        max_size=4,
    )
)
def test_any_lines_are_read_or_malformed(lines):
    parsed = read(OURS, *lines)
    blank = sum(isinstance(line, bytes) and line.isspace() for line in lines)
    assert len(parsed.fixes) + len(parsed.rejected) == 1 + len(lines) - blank
