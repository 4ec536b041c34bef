"""What the gateway refuses, and how it says so."""

import gzip
import json
import zlib

import pytest

from tests.vehicles.ingest.doorstep import submissions_in
from vehicles.ingest import stream

pytestmark = pytest.mark.django_db

MB = 1024 * 1024


def assert_problem(answer, status, *words):
    assert answer.status == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    for word in words:
        assert word in problem["detail"]


def test_a_zip_bomb_is_stopped_at_the_limit(door, acme, stream_redis):
    bomb = gzip.compress(b" " * (200 * MB))
    assert len(bomb) < MB
    answer = door.request("/ingest/positions", bomb, key=acme.key, content_encoding="gzip")
    assert_problem(answer, 413, "5 MB")


def test_a_bomb_of_many_gzip_members_is_stopped_too(door, acme, stream_redis):
    bomb = gzip.compress(b" " * MB) * 10
    answer = door.request("/ingest/positions", bomb, key=acme.key, content_encoding="gzip")
    assert_problem(answer, 413)


@pytest.mark.parametrize("declared", [True, False])
def test_a_large_body_is_413_declared_or_not(door, acme, stream_redis, declared):
    headers = {"content_length": str(6 * MB)} if declared else {}
    answer = door.request("/ingest/positions", [b" " * MB] * 6, key=acme.key, **headers)
    assert_problem(answer, 413)


@pytest.mark.parametrize(
    "body",
    [b"not gzip", gzip.compress(b"[]")[:-4], gzip.compress(b"[]") + b"tail", zlib.compress(b"[]")],
)
def test_bad_gzip_is_400(door, acme, stream_redis, body):
    answer = door.request("/ingest/positions", body, key=acme.key, content_encoding="gzip")
    assert_problem(answer, 400, "gzip")


def test_other_codings_are_415_and_named(door, acme, stream_redis):
    answer = door.request("/ingest/positions", b"[]", key=acme.key, content_encoding="br")
    assert_problem(answer, 415, "br")
    assert answer.headers["accept-encoding"] == "gzip"


def test_a_picture_at_the_json_door_is_415(door, acme, stream_redis):
    answer = door.request("/ingest/positions", b"[]", key=acme.key, content_type="image/png")
    assert_problem(answer, 415, "application/json")


@pytest.mark.parametrize("door_name", ["owntracks", "traccar", "positions"])
def test_get_is_405_where_it_means_nothing(door, acme, door_name):
    answer = door.request(f"/ingest/{door_name}", key=acme.key, method="GET")
    assert_problem(answer, 405, "POST")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("positions", b"{not json"),
        ("positions", b"42"),
        ("positions", b"\xff\xfe"),
        ("positions", b'{"positions": 3}'),
        ("osmand", b"lat=1&lon=2"),
        ("osmand?lat=1&lon=2", b""),
        ("owntracks", b"[1"),
        ("traccar", b'"text"'),
        ("positions", b"[" * 100_000),
    ],
)
def test_malformed_requests_are_400_with_a_reason(door, acme, stream_redis, path, body):
    answer = door.request(f"/ingest/{path}", body, key=acme.key)
    assert_problem(answer, 400)
    assert list(submissions_in(stream_redis)) == []


def test_more_fixes_than_allowed_are_400(door, acme, stream_redis):
    body = json.dumps([{"device": "a"}] * 10_001).encode()
    assert_problem(door.request("/ingest/positions", body, key=acme.key), 400, "10001")


def test_back_pressure_answers_503_and_recovers(door, acme, stream_redis, settings, monkeypatch):
    from vehicles.ingest import outbox

    settings.INGEST_STREAM_MAX = 5
    monkeypatch.setattr(outbox, "PROBE_EVERY_S", 0.0)
    acme.add_vehicle("T-1")
    path = f"/ingest/osmand/{acme.key}?id=T-1&lat=52.5&lon=13.4&timestamp="
    statuses = [(door.request(path + str(1_700_000_000 + i))).status for i in range(8)]
    assert statuses == [200] * 5 + [503] * 3
    answer = door.request(path + "1700000100")
    assert_problem(answer, 503)
    assert answer.headers["retry-after"] == "5"
    assert len(list(submissions_in(stream_redis))) == 5

    stream_redis.flushdb()
    door.request(path + "1700000200")  # asks how long the stream is now
    door.settle()
    assert (door.request(path + "1700000201")).status == 200


def test_without_redis_nothing_is_acknowledged(door, acme, stream_redis, settings):
    acme.add_vehicle("T-1")
    settings.REDIS_URL = "unix:///nowhere/redis.sock"
    answer = door.request(f"/ingest/osmand/{acme.key}?id=T-1&lat=52.5&lon=13.4")
    assert_problem(answer, 503)
    assert answer.headers["retry-after"] == "5"


def test_a_fault_of_ours_is_503_and_never_an_acknowledgement(door, acme, stream_redis, monkeypatch):
    acme.add_vehicle("T-1")

    def broken(*_args, **_kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr("vehicles.ingest.gateway.resolve", broken)
    answer = door.request(f"/ingest/osmand/{acme.key}?id=T-1&lat=52.5&lon=13.4")
    assert_problem(answer, 503)
    assert stream.backlog(stream_redis).entries == 0


def test_a_client_that_hangs_up_gets_nothing_and_stores_nothing(door, acme, stream_redis):
    assert door.request("/ingest/positions", [], key=acme.key) is None
    assert list(submissions_in(stream_redis)) == []
