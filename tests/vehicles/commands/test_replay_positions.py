"""replay_positions: any recorded file, and every record accounted for."""

import datetime as dt
import gzip
from io import StringIO
from pathlib import Path

import pytest
import redis
from django.core.management import CommandError, call_command

from fleet.accounts.scope import platform_scope
from tests.cast import Cast
from tests.vehicles.commands.conftest import Run
from vehicles.ingest import stream
from vehicles.models import Device, IngestReceipt, LatestPosition, Position, RejectedFix, Vehicle

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("stream_redis")]

CSV = """vehicle,time_utc,lat,lon,odometer
17,2019-07-01 08:00:00,43.05,-76.15,100.0
17,2019-07-01 08:00:15,43.0502,-76.15,100.1
17,2019-07-01 08:00:15,43.0503,-76.15,100.1
18,2019-07-01 08:00:00,43.06,-76.14,
18,2019-07-01 08:00:30,0,0,
18,2019-07-01 08:01:00,95.1,-76.14,
,2019-07-01 08:01:00,43.06,-76.14,
"""


def written(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_every_record_of_a_csv_is_accounted_for(acme: Cast, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "plows.csv", CSV)
    result = run("replay_positions", path, organization="acme", odometer_unit="mi")
    assert result == {
        "read": 7,
        "stored": 3,
        "duplicates": 1,
        "rejected": {"latitude_out_of_range": 1, "missing_field": 1, "null_island": 1},
    }
    with platform_scope():
        assert sorted(v.number for v in Vehicle.objects.all()) == ["17", "18"]
        first = Position.objects.get(
            vehicle__number="17", recorded_at=dt.datetime(2019, 7, 1, 8, tzinfo=dt.UTC)
        )
        assert first.odometer_m == pytest.approx(160_934.4)
        assert RejectedFix.objects.count() == 3
        assert set(RejectedFix.objects.values_list("format", flat=True)) == {"csv"}
        assert IngestReceipt.objects.count() == 0
        assert LatestPosition.objects.get(vehicle__number="17").recorded_at.second == 15


def test_a_second_replay_stores_nothing_new(acme: Cast, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "plows.csv", CSV)
    run("replay_positions", path, organization="acme")
    again = run("replay_positions", path, organization="acme")
    assert (again["stored"], again["duplicates"]) == (0, 4)


def test_known_trackers_and_vehicles_are_used(
    acme: Cast, rival: Cast, run: Run, tmp_path: Path
) -> None:
    by_device = acme.add_vehicle("T-9", unique_id="17")
    by_number = acme.add_vehicle("18", unique_id="other")
    rival.add_vehicle("17")
    run("replay_positions", written(tmp_path / "a.csv", CSV), organization="acme")
    with platform_scope():
        assert Vehicle.objects.filter(organization=acme.organization).count() == 2
        assert set(Position.objects.values_list("vehicle_id", flat=True)) == {
            by_device.pk, by_number.pk,
        }  # fmt: skip
        assert Device.objects.get(organization=acme.organization, unique_id="18").vehicle_id == (
            by_number.pk
        )


def test_columns_units_and_zone_may_be_told(acme: Cast, run: Run, tmp_path: Path) -> None:
    path = written(
        tmp_path / "odd.txt",
        "wagon;when;north;east;pace\nA;2019-07-01 08:00:00;43.05;-76.15;36\n",
    )
    result = run(
        "replay_positions", path, organization="acme", speed_unit="kmh",
        columns="vehicle=wagon,time=when,lat=north,lon=east,speed=pace",
        time_zone="America/New_York",
    )  # fmt: skip
    assert result["stored"] == 1
    with platform_scope():
        position = Position.objects.get()
    assert position.speed_mps == pytest.approx(10)
    assert position.recorded_at == dt.datetime(2019, 7, 1, 12, tzinfo=dt.UTC)


def test_gzip_is_found_by_its_content(acme: Cast, run: Run, tmp_path: Path) -> None:
    path = tmp_path / "plows.csv"
    path.write_bytes(gzip.compress(CSV.encode()))
    assert run("replay_positions", path, organization="acme")["read"] == 7


def test_a_file_with_only_a_header_gives_zeros(acme: Cast, run: Run, tmp_path: Path) -> None:
    path = written(tmp_path / "empty.csv", "vehicle,time,lat,lon\n")
    assert run("replay_positions", path, organization="acme") == {
        "read": 0, "stored": 0, "duplicates": 0, "rejected": {},
    }  # fmt: skip


def test_gpx_tracks_are_replayed(acme: Cast, run: Run, tmp_path: Path) -> None:
    points = "".join(
        f'<trkpt lat="43.0{n}" lon="-76.1"><time>2019-07-01T08:0{n}:00Z</time></trkpt>'
        for n in range(5)
    )
    text = f"<gpx version='1.1'><trk><name>Bus 4</name><trkseg>{points}</trkseg></trk></gpx>"
    path = written(tmp_path / "tour.gpx", text)
    assert run("replay_positions", path, organization="acme")["stored"] == 5
    with platform_scope():
        assert Vehicle.objects.get().number == "Bus 4"


def test_lines_of_our_own_format_are_replayed(acme: Cast, run: Run, tmp_path: Path) -> None:
    path = written(
        tmp_path / "log.ndjson",
        '{"device":"a","recorded_at":"2019-07-01T08:00:00Z","lat":43,"lon":-76}\n'
        '{"device":"a","recorded_at":"2019-07-01T08:00:10Z","ignition":true}\n'
        "not json\n",
    )
    result = run("replay_positions", path, organization="acme")
    assert result["read"] == 3 == result["stored"] + sum(result["rejected"].values())
    assert result["rejected"] == {"malformed_json": 1}


def test_an_identifier_too_long_for_a_vehicle_is_rejected(
    acme: Cast, run: Run, tmp_path: Path
) -> None:
    path = written(
        tmp_path / "a.csv", f"vehicle,time,lat,lon\n{'x' * 41},2019-07-01T08:00:00Z,43,-76\n"
    )
    result = run("replay_positions", path, organization="acme")
    assert result["rejected"] == {"unknown_vehicle": 1}


def test_speed_plays_in_the_order_of_time(acme: Cast, run: Run, tmp_path: Path) -> None:
    rows = [f"A,2019-07-01T08:00:{s:02d}Z,43.{s:02d},-76" for s in (40, 0, 20)]
    path = written(tmp_path / "a.csv", "\n".join(["vehicle,time,lat,lon", *rows]) + "\n")
    assert run("replay_positions", path, organization="acme", speed="200")["stored"] == 3
    with platform_scope():
        # 2 is the bit of late fixes: none was, for all were sent in order.
        assert [p.quality & 2 for p in Position.objects.all()] == [0, 0, 0]


def test_the_vehicles_made_and_the_months_are_told(acme: Cast, tmp_path: Path) -> None:
    err = StringIO()
    call_command(
        "replay_positions", written(tmp_path / "a.csv", CSV), organization="acme",
        stdout=StringIO(), stderr=err,
    )  # fmt: skip
    assert "Made 2 vehicles" in err.getvalue()


@pytest.mark.parametrize(
    ("name", "text", "options", "message"),
    [
        ("a.csv", "", {}, "The file is empty"),
        ("a.csv", "a,b\n1,2\n", {}, "No column was recognised as vehicle"),
        ("a.csv", CSV, {"columns": "vehicle=truck"}, "There is no column truck"),
        ("a.csv", CSV, {"columns": "vehicle"}, "MEANING=COLUMN"),
        ("a.csv", CSV, {"organization": "nobody"}, "There is no organization nobody"),
        ("a.csv", CSV, {"speed": "fast"}, "--speed is a number"),
        ("a.csv", CSV, {"time_zone": "Mars"}, "There is no time zone Mars"),
        ("a.dat", CSV, {}, "does not say what it is"),
        ("a.gpx", "<html/>", {}, "not GPX"),
    ],
)
def test_mistakes_are_named(
    acme: Cast, run: Run, tmp_path: Path, name: str, text: str, options: dict[str, str],
    message: str,
) -> None:  # fmt: skip
    path = written(tmp_path / name, text)
    with pytest.raises(CommandError, match=message):
        run("replay_positions", path, **({"organization": "acme"} | options))


def test_a_missing_file_is_named(acme: Cast, run: Run, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no file"):
        run("replay_positions", tmp_path / "gone.csv", organization="acme")


def test_a_file_that_breaks_off_is_stored_up_to_there(acme: Cast, tmp_path: Path) -> None:
    rows = "".join(
        f"A,2019-07-{d:02d} {h:02d}:{m:02d}:00,43.{h:02d}{m:02d},-76.{d:02d}\n"
        for d in range(1, 4) for h in range(24) for m in range(60)
    )  # fmt: skip
    packed = gzip.compress(f"vehicle,time,lat,lon\n{rows}".encode())
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(packed[: len(packed) // 2])
    out = StringIO()
    with pytest.raises(CommandError, match="breaks off after"):
        call_command("replay_positions", path, organization="acme", stdout=out, stderr=StringIO())
    assert '"read": ' in out.getvalue()


def test_nothing_is_left_in_the_stream(
    acme: Cast, run: Run, tmp_path: Path, stream_redis: redis.Redis
) -> None:
    run("replay_positions", written(tmp_path / "a.csv", CSV), organization="acme")
    behind = stream.backlog(stream_redis)
    assert (behind.entries, behind.fixes) == (0, 0)
