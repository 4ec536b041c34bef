"""GPX tracks."""

import io
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.vehicles.ingest.formats.checks import NOW_US, assert_storable
from vehicles.ingest.bad_record import parsed_from
from vehicles.ingest.files import gpx
from vehicles.ingest.fix import MalformedRequest, Parsed

T_US = 1_767_222_000_000_000


def read(text: str | bytes, **options: Any) -> Parsed:
    body = text if isinstance(text, bytes) else text.encode()
    parsed = parsed_from(gpx.read(io.BytesIO(body), now_us=NOW_US, **options))
    assert_storable(parsed)
    return parsed


def track(*points: str, name: str = "van 7") -> str:
    return (
        '<?xml version="1.0"?><gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1">'
        '<wpt lat="1" lon="1"><name>not a track</name></wpt>'
        f"<trk><name>{name}</name><trkseg>{''.join(points)}</trkseg></trk></gpx>"
    )


POINT = (
    '<trkpt lat="52.5" lon="13.4"><ele>34.5</ele><time>2025-12-31T23:00:00Z</time><sat>9</sat>'
    '<extensions><g:TrackPointExtension xmlns:g="urn:g"><g:speed>10</g:speed>'
    "<g:course>90</g:course><g:hr>80</g:hr></g:TrackPointExtension></extensions></trkpt>"
)


def test_track_points_become_fixes_named_by_their_track():
    parsed = read(track(POINT, POINT))
    assert parsed.rejected == []
    assert len(parsed.fixes) == 2
    fix = parsed.fixes[1]
    assert (fix.device, fix.recorded_at_us, fix.lat, fix.lon) == ("van 7", T_US, 52.5, 13.4)
    assert (fix.altitude_m, fix.speed_mps, fix.heading_deg) == (34.5, 10.0, 90.0)
    assert json.loads(fix.attributes) == {"satellites": 9, "hr": 80}


def test_each_track_has_its_own_name():
    first = track(POINT)[: -len("</gpx>")]
    second = f"<trk><name>van 8</name><trkseg>{POINT}</trkseg></trk></gpx>"
    assert [fix.device for fix in read(first + second).fixes] == ["van 7", "van 8"]


def test_the_vehicle_may_be_given_for_the_whole_file():
    assert read(track(POINT), vehicle="truck 1").fixes[0].device == "truck 1"


@pytest.mark.parametrize(
    ("point", "reason"),
    [
        ('<trkpt lat="91" lon="1"><time>2025-12-31T23:00:00Z</time></trkpt>',
         "latitude_out_of_range"),
        ('<trkpt lat="x" lon="1"><time>2025-12-31T23:00:00Z</time></trkpt>', "invalid_value"),
        ('<trkpt lat="1"><time>2025-12-31T23:00:00Z</time></trkpt>', "missing_field"),
        ('<trkpt lat="1" lon="2"></trkpt>', "missing_field"),
        ('<trkpt lat="1" lon="2"><time>noon</time></trkpt>', "invalid_value"),
    ],
)  # fmt: skip
def test_a_bad_point_is_rejected_alone(point, reason):
    parsed = read(track(POINT, point, POINT))
    assert len(parsed.fixes) == 2
    assert [(bad.index, bad.reason) for bad in parsed.rejected] == [(1, reason)]
    assert parsed.rejected[0].raw.startswith("<trkpt")


def test_points_without_a_vehicle_say_how_to_name_it():
    parsed = read(track(POINT, name=""))
    assert [bad.reason for bad in parsed.rejected] == ["missing_field"]
    assert "name" in parsed.rejected[0].detail


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not xml",
        "<kml/>",
        track(POINT)[:-8],
        '<!DOCTYPE gpx [<!ENTITY a "aaaa">]><gpx><trk><name>&a;</name></trk></gpx>',
        '<!DOCTYPE gpx [<!ENTITY a SYSTEM "file:///etc/hostname">]><gpx>&a;</gpx>',
        '<?xml version="1.0" encoding="no-such"?><gpx/>',
        '<?xml version="1.0" encoding="utf-7"?><gpx/>',
        '<?xml version="1.0" encoding="shift_jis"?><gpx/>',
    ],
)
def test_a_file_that_is_not_gpx_is_malformed(text):
    with pytest.raises(MalformedRequest):
        read(text)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=100), st.sampled_from(["alone", "in point", "as encoding"]))
def test_any_bytes_are_read_or_malformed(body, place):
    before, after = track(POINT, "@@").encode().split(b"@@")
    with suppress(MalformedRequest):
        if place == "alone":
            read(body)
        elif place == "in point":
            read(before + body + after)
        else:
            read(b'<?xml version="1.0" encoding="' + body + b'"?><gpx/>')
