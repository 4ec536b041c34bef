"""CSV files: columns, units, zones, and every row accounted for."""

import gzip
import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vehicles.ingest.formats.checks import NOW_US, assert_storable
from vehicles.ingest.bad_record import parsed_from
from vehicles.ingest.files import csv_rows
from vehicles.ingest.files.columns import TableOptions
from vehicles.ingest.fix import MalformedRequest, Parsed

T_US = 1_767_222_000_000_000
REAL = Path("../shared/data/gps")


def read(text: str | bytes, **options: Any) -> Parsed:
    body = text if isinstance(text, bytes) else text.encode()
    parsed = parsed_from(
        csv_rows.read(io.BytesIO(body), options=TableOptions(**options), now_us=NOW_US)
    )
    assert_storable(parsed)
    return parsed


@pytest.mark.parametrize(
    "header",
    [
        "vehicle,time_utc,lat,lon",
        "Vehicle_ID,Timestamp,Latitude,Longitude",
        "unit;GPS Time;lat;lng",
        "\ufefftruck_id,recorded_at,y,x",
        "imei\tdatetime\tlatitude\tlongitude",
    ],
)
def test_common_headers_are_recognised(header):
    delimiter = next(mark for mark in ",;\t" if mark in header)
    row = delimiter.join(["7", "2025-12-31T23:00:00Z", "52.5", "13.4"])
    parsed = read(f"{header}\r\n{row}\r\n")
    assert [(fix.device, fix.recorded_at_us, fix.lat, fix.lon) for fix in parsed.fixes] == [
        ("7", T_US, 52.5, 13.4)
    ]


def test_columns_may_be_named_and_the_rest_becomes_attributes():
    parsed = read(
        "who,when,north,east,miles,mph,dir,route,note\n"
        "7,2025-12-31T23:00:00Z,52.5,13.4,10,60,90,320,\n",
        columns={
            "vehicle": "who",
            "time": "when",
            "lat": "north",
            "lon": "east",
            "odometer": "miles",
            "speed": "mph",
            "heading": "dir",
        },
        odometer_unit="mi",
        speed_unit="mph",
    )
    fix = parsed.fixes[0]
    assert fix.odometer_m == pytest.approx(16093.44)
    assert fix.speed_mps == pytest.approx(26.8224)
    assert fix.heading_deg == 90.0
    assert json.loads(fix.attributes) == {"route": 320}


def test_a_unit_in_the_column_name_is_used():
    parsed = read("vehicle,time,lat,lon,speed_kmh,odometer_km\n7,1767222000,52.5,13.4,36,2\n")
    assert parsed.fixes[0].speed_mps == pytest.approx(10.0)
    assert parsed.fixes[0].odometer_m == 2000.0


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ("2025-12-31 23:00:00", "UTC"),
        ("2026-01-01 00:00:00", "Europe/Berlin"),
        ("2026-01-01T00:00:00+01:00", "America/Chicago"),
        ("1767222000", "America/Chicago"),
        ("2025-12-31 23:00:00 UTC", "America/Chicago"),
    ],
)
def test_a_time_without_a_zone_is_in_the_given_one(written, zone):
    parsed = read(f"vehicle,time,lat,lon\n7,{written},52.5,13.4\n", zone=ZoneInfo(zone))
    assert [fix.recorded_at_us for fix in parsed.fixes] == [T_US]


def test_the_vehicle_may_be_given_for_the_whole_file():
    parsed = read("time,lat,lon\n1767222000,52.5,13.4\n", vehicle="van 7")
    assert [fix.device for fix in parsed.fixes] == ["van 7"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("7,1767222000,91,13.4,", "latitude_out_of_range"),
        ("7,1767222000,north,13.4,", "invalid_value"),
        ("7,1767222000,,13.4,", "missing_field"),
        ("7,,52.5,13.4,", "missing_field"),
        (",1767222000,52.5,13.4,", "missing_field"),
        ("7,never,52.5,13.4,", "invalid_value"),
        ("7,1767222000", "missing_field"),
        ("7,1767222000,52.5,13.4,a,b", "invalid_value"),
        ("7,1767222000,52.5,13.4," + "x" * 200_000, "field_too_large"),
    ],
)
def test_a_bad_row_is_rejected_alone(row, reason):
    good = "7,1767222000,52.5,13.4,\n"
    parsed = read(f"vehicle,time,lat,lon,note\n{good}{row}\n\n{good}")
    assert len(parsed.fixes) == 2
    assert [(bad.index, bad.reason) for bad in parsed.rejected] == [(1, reason)]


def test_a_file_with_only_a_header_gives_nothing():
    assert read("vehicle,time,lat,lon") == Parsed(fixes=[], rejected=[])


@pytest.mark.parametrize(
    ("text", "options", "told"),
    [
        ("", {}, "empty"),
        ("a,b,c\n", {}, "vehicle or time or lat or lon"),
        ("vehicle,time,lat\n", {}, "lon"),
        ("vehicle,time,lat,lon\n", {"columns": {"time": "when"}}, "no column when"),
        ("vehicle,time,lat,lon\n", {"columns": {"tyme": "time"}}, "no meaning called tyme"),
        ("vehicle,time,lat,lon\n", {"speed_unit": "furlong"}, "no unit furlong"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_is_missing(text, options, told):
    with pytest.raises(MalformedRequest, match=told):
        read(text, **options)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_read_or_malformed(body, with_header):
    with suppress(MalformedRequest):
        read(b"vehicle,time,lat,lon,x\n" + body if with_header else body)


@pytest.mark.parametrize(
    ("name", "rows", "unit"),
    [
        ("syracuse_plows_2020.csv.gz", 289_644, "mi"),
        ("austin_buses_2016-12-16.csv.gz", 34_501, None),
    ],
)
def test_recorded_traces_are_read_to_the_last_row(name, rows, unit):
    path = REAL / name
    if not path.exists():
        pytest.skip(f"{path} is not there: it holds recorded traces that are not part of this code")
    read_count = 0
    with gzip.open(path, "rb") as stream:
        options = TableOptions(odometer_unit=unit)
        for index, outcome in enumerate(csv_rows.read(stream, options=options, now_us=NOW_US)):
            read_count += 1
            if index % 5_000 == 0:
                assert_storable(parsed_from([outcome]))
    assert read_count == rows


def test_a_recorded_file_with_only_a_header_gives_nothing():
    path = REAL / "austin_buses_2017-03-17_header_only.csv"
    if not path.exists():
        pytest.skip(f"{path} is not there: it holds recorded traces that are not part of this code")
    assert read(path.read_bytes()) == Parsed(fixes=[], rejected=[])
