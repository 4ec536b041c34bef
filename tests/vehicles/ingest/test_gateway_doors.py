"""Each door takes its format and answers as its clients expect."""

import gzip
import json

import pytest

from tests.cast import at
from tests.vehicles.ingest.doorstep import submissions_in
from vehicles.ingest.units import MPS_PER_KMH, MPS_PER_KNOT
from vehicles.models import DeviceStatus

pytestmark = pytest.mark.django_db

STAMP = int(at(8).timestamp())


@pytest.fixture
def truck(acme):
    return acme.add_vehicle("T-1", unique_id="356307042441013")


def only_row(client):
    (submission,) = submissions_in(client)
    (row,) = submission.rows
    return row


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_osmand_query_gets_an_empty_200(door, acme, truck, stream_redis, method):
    answer = door.request(
        f"/ingest/osmand/{acme.key}?id=356307042441013&lat=52.5&lon=13.4&timestamp={STAMP}&speed=10",
        method=method,
    )
    assert (answer.status, answer.body) == (200, b"")
    row = only_row(stream_redis)
    assert (row.vehicle_id, row.device_id) == (truck.pk, acme.devices[0].pk)
    assert row.fix.speed_mps == pytest.approx(10 * MPS_PER_KNOT)
    assert row.fix.recorded_at_us == STAMP * 1_000_000


def test_osmand_form(door, acme, truck, stream_redis):
    answer = door.request(
        "/ingest/osmand",
        f"id=356307042441013&lat=52.5&lon=13.4&timestamp={STAMP}".encode(),
        key=acme.key,
        content_type="application/x-www-form-urlencoded",
    )
    assert (answer.status, answer.body) == (200, b"")
    assert only_row(stream_redis).fix.lon == 13.4


def test_osmand_json(door, acme, truck, stream_redis):
    body = {
        "device_id": "356307042441013",
        "location": {
            "timestamp": at(8).isoformat(),
            "coords": {"latitude": 52.5, "longitude": 13.4, "speed": 5.0},
        },
    }
    answer = door.request(
        "/ingest/osmand", json.dumps(body).encode(), key=acme.key, content_type="application/json"
    )
    assert (answer.status, answer.body) == (200, b"")
    assert only_row(stream_redis).fix.speed_mps == 5.0


def test_a_devices_own_speed_unit_holds_where_the_format_leaves_it_open(
    door, acme, truck, stream_redis
):
    acme.devices[0].speed_unit = "kmh"
    from fleet.accounts.scope import platform_scope

    with platform_scope():
        acme.devices[0].save(update_fields=["speed_unit"])
    door.request(f"/ingest/osmand/{acme.key}?id=356307042441013&lat=52.5&lon=13.4&speed=36")
    assert only_row(stream_redis).fix.speed_mps == pytest.approx(36 * MPS_PER_KMH)


def test_owntracks_gets_an_empty_list(door, acme, truck, stream_redis):
    body = {"_type": "location", "tid": "T1", "topic": "356307042441013", "lat": 52.5, "lon": 13.4,
            "tst": STAMP, "vel": 36}  # fmt: skip
    answer = door.request("/ingest/owntracks", json.dumps(body).encode(), key=acme.key)
    assert (answer.status, answer.body) == (200, b"[]")
    assert answer.headers["content-type"] == "application/json"
    assert only_row(stream_redis).fix.speed_mps == pytest.approx(10.0)


@pytest.mark.parametrize("body", [b"", b'{"_type":"lwt","tst":1}', b'{"_type":"odd"}'])
def test_owntracks_messages_without_a_place_are_acknowledged(door, acme, truck, stream_redis, body):
    answer = door.request("/ingest/owntracks", body, key=acme.key)
    assert (answer.status, answer.body) == (200, b"[]")
    assert list(submissions_in(stream_redis)) == []


def test_traccar(door, acme, truck, stream_redis):
    body = {
        "position": {"fixTime": at(8).isoformat(), "latitude": 52.5, "longitude": 13.4,
                     "speed": 10.0, "valid": True, "attributes": {"ignition": True}},
        "device": {"uniqueId": "356307042441013"},
    }  # fmt: skip
    answer = door.request("/ingest/traccar", json.dumps(body).encode(), key=acme.key)
    assert (answer.status, answer.body) == (200, b"")
    assert only_row(stream_redis).fix.ignition is True


def test_our_batch_counts_what_it_took_and_names_what_it_refused(door, acme, truck, stream_redis):
    good = {"device": "356307042441013", "recorded_at": at(8).isoformat(), "lon": 13.4, "lat": 52.5}
    records = [good, good | {"lat": 91}, good | {"device": "nobody"}, good | {"lon": 13.5}]
    answer = door.request("/ingest/positions", json.dumps(records).encode(), key=acme.key)
    assert answer.status == 200
    document = answer.json()
    assert (document["accepted"], document["rejected_count"]) == (2, 2)
    assert [(r["index"], r["reason"]) for r in document["rejected"]] == [
        (1, "latitude_out_of_range"),
        (2, "unknown_device"),
    ]
    (submission,) = submissions_in(stream_redis)
    assert [r.index for r in submission.rejected] == [1, 2]


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/json", ""])
def test_our_batch_as_gzipped_lines(door, acme, truck, stream_redis, content_type):
    line = json.dumps({"device": "356307042441013", "recorded_at": STAMP, "lon": 13.4, "lat": 52.5})
    body = gzip.compress(f"{line}\n{line}\n".encode())
    answer = door.request(
        "/ingest/positions", body, key=acme.key, content_encoding="gzip", content_type=content_type
    )
    assert (answer.status, answer.json()["accepted"]) == (200, 2)


def test_ten_thousand_fixes_spread_over_the_shards(door, acme, stream_redis):
    for number in range(8):
        acme.add_vehicle(f"V-{number}")
    records = [
        {"device": f"V-{i % 8}", "recorded_at": STAMP * 1000 + i, "lon": 13.4, "lat": 52.5}
        for i in range(10_000)
    ]
    answer = door.request("/ingest/positions", json.dumps(records).encode(), key=acme.key)
    assert (answer.status, answer.json()["accepted"]) == (200, 10_000)
    parts = list(submissions_in(stream_redis))
    assert sum(len(part.rows) for part in parts) == 10_000
    assert max(len(part.rows) for part in parts) <= 2_000
    assert len({part.id for part in parts}) == len(parts)


def test_a_bad_record_is_acknowledged_because_it_is_safe_in_quarantine(
    door, acme, truck, stream_redis
):
    answer = door.request(
        f"/ingest/osmand/{acme.key}?id=356307042441013&lat=0&lon=0&timestamp={STAMP}"
    )
    assert (answer.status, answer.body) == (200, b"")
    (submission,) = submissions_in(stream_redis)
    assert [r.reason for r in submission.rejected] == ["null_island"]
    assert submission.rows == []


def test_pending_and_unassigned_devices_are_quarantined_and_acknowledged(
    door, acme, truck, stream_redis
):
    from fleet.accounts.scope import platform_scope

    waiting = acme.add_vehicle("W")
    loose = acme.add_vehicle("L")
    acme.devices[1].status = DeviceStatus.PENDING
    acme.devices[2].vehicle = None
    with platform_scope():
        for device in acme.devices[1:]:
            device.save()
    reasons = []
    for vehicle in (waiting, loose):
        answer = door.request(
            f"/ingest/osmand/{acme.key}?id={vehicle.number}&lat=52.5&lon=13.4&timestamp={STAMP}"
        )
        assert answer.status == 200
    for submission in submissions_in(stream_redis):
        reasons += [r.reason for r in submission.rejected]
    assert sorted(reasons) == ["device_pending", "device_unassigned"]


def test_other_paths_go_to_the_application_behind(door):
    door.run(door.gateway({"type": "http", "path": "/live/"}, None, None))
    assert door.passed == ["/live/"]


def test_unknown_doors_are_404(door, acme):
    answer = door.request("/ingest/fax", key=acme.key)
    assert answer.status == 404
    assert answer.headers["content-type"] == "application/problem+json"
