"""Who may send: keys, tokens, organizations, unknown devices."""

import base64
import datetime as dt

import pytest

from fleet.accounts import keys
from fleet.accounts.models import ApiKey
from fleet.accounts.scope import platform_scope
from tests.cast import at
from tests.vehicles.ingest.doorstep import submissions_in
from tests.vehicles.ingest.stories import process
from vehicles.models import Device, DeviceStatus, RejectedFix

pytestmark = pytest.mark.django_db

STAMP = int(at(8).timestamp())
PLACE = f"lat=52.5&lon=13.4&timestamp={STAMP}"


def reasons_in(client):
    return [r.reason for s in submissions_in(client) for r in s.rejected]


@pytest.mark.parametrize("how", ["path", "api-key", "bearer", "basic"])
def test_a_key_is_taken_from_path_header_or_basic_password(door, acme, stream_redis, how):
    acme.add_vehicle("T-1")
    path = f"/ingest/osmand?id=T-1&{PLACE}"
    basic = base64.b64encode(f"anyone:{acme.key}".encode()).decode()
    headers = {
        "path": {},
        "api-key": {"authorization": f"Api-Key {acme.key}"},
        "bearer": {"authorization": f"Bearer {acme.key}"},
        "basic": {"authorization": f"Basic {basic}"},
    }[how]
    if how == "path":
        path = path.replace("osmand", f"osmand/{acme.key}")
    assert (door.request(path, **headers)).status == 200
    assert len(list(submissions_in(stream_redis))) == 1


@pytest.mark.parametrize(
    "authorization",
    ["", "Api-Key nonsense", "Api-Key fk_abcdefgh_wrong", "Basic %%%", "Digest x", "Bearer"],
)
def test_without_a_valid_credential_it_is_401_with_a_challenge(
    door, acme, stream_redis, authorization
):
    acme.add_vehicle("T-1")
    answer = door.request(f"/ingest/osmand?id=T-1&{PLACE}", authorization=authorization)
    assert answer.status == 401
    assert answer.headers["www-authenticate"].startswith("Basic")
    assert answer.headers["content-type"] == "application/problem+json"
    assert list(submissions_in(stream_redis)) == []


def test_a_wrong_secret_behind_a_right_prefix_is_401(door, acme, stream_redis):
    wrong = acme.key[:-1] + ("a" if acme.key[-1] != "a" else "b")
    assert (door.request("/ingest/owntracks", b"", key=wrong)).status == 401


def test_a_key_without_the_scope_ingest_is_403(door, acme, stream_redis):
    with platform_scope():
        ApiKey.objects.update(scopes=["read", "write"])
    assert (door.request("/ingest/owntracks", b"", key=acme.key)).status == 403


def test_a_revoked_or_expired_key_closes_within_the_remembered_time(
    door, acme, stream_redis, settings
):
    settings.INGEST_REGISTRY_TTL_S = 0.0
    assert (door.request("/ingest/owntracks", b"", key=acme.key)).status == 200
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    with platform_scope():
        assert (ApiKey.objects.get()).last_used_at is not None
        ApiKey.objects.update(expires_at=past)
    assert (door.request("/ingest/owntracks", b"", key=acme.key)).status == 401
    with platform_scope():
        ApiKey.objects.update(expires_at=None, revoked_at=past)
    assert (door.request("/ingest/owntracks", b"", key=acme.key)).status == 401


def test_answers_are_remembered_also_negative_ones(door, acme, stream_redis, monkeypatch):
    from vehicles.ingest import registry

    asked = []
    real = registry.look_up

    def look_up(wanted):
        asked.append(wanted)
        return real(wanted)

    monkeypatch.setattr(registry, "look_up", look_up)
    acme.add_vehicle("T-1")
    for _ in range(3):
        door.request(f"/ingest/osmand/{acme.key}?id=T-1&{PLACE}")
        door.request(f"/ingest/osmand/{acme.key}?id=nobody&{PLACE}")
        door.request("/ingest/owntracks", key="fk_abcdefgh_unknown")
    assert len(asked) == 4  # the key, the device, the unknown device, the unknown key


def test_a_device_token_decides_the_device_whatever_the_payload_says(door, acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    acme.add_vehicle("T-2")
    token = keys.new_key(keys.DEVICE_TOKEN)
    with platform_scope():
        Device.objects.filter(pk=acme.devices[0].pk).update(
            token_prefix=token.prefix, token_hash=token.hash
        )
    assert (door.request(f"/ingest/osmand/{token.text}?id=T-2&{PLACE}")).status == 200
    (submission,) = submissions_in(stream_redis)
    assert submission.rows[0].vehicle_id == truck.pk
    assert submission.rows[0].fix.device == "T-1"


def test_the_token_of_a_disabled_device_is_401(door, acme, stream_redis):
    acme.add_vehicle("T-1")
    token = keys.new_key(keys.DEVICE_TOKEN)
    with platform_scope():
        Device.objects.update(
            token_prefix=token.prefix, token_hash=token.hash, status=DeviceStatus.DISABLED
        )
    assert (door.request("/ingest/owntracks", key=token.text)).status == 401


def test_another_organizations_device_is_unknown(door, acme, rival, stream_redis):
    rival.add_vehicle("R-1")
    answer = door.request(f"/ingest/osmand/{acme.key}?id=R-1&{PLACE}")
    assert answer.status == 400
    (submission,) = submissions_in(stream_redis)
    assert submission.organization_id == acme.id
    assert [r.reason for r in submission.rejected] == ["unknown_device"]


def test_unknown_devices_are_answered_as_each_client_expects(door, acme, stream_redis):
    query = door.request(f"/ingest/osmand/{acme.key}?id=who&{PLACE}")
    json_body = (
        b'{"device_id":"who","location":{"timestamp":"%s","coords":{"latitude":1,"longitude":2}}}'
    )
    json_form = door.request("/ingest/osmand", json_body % at(8).isoformat().encode(), key=acme.key)
    owntracks = door.request(
        "/ingest/owntracks",
        b'{"_type":"location","topic":"who","lat":1,"lon":2,"tst":%d}' % STAMP,
        key=acme.key,
    )
    batch = door.request(
        "/ingest/positions",
        b'[{"device":"who","recorded_at":%d,"lon":1,"lat":2}]' % STAMP,
        key=acme.key,
    )
    assert (query.status, json_form.status, owntracks.status, batch.status) == (400, 404, 200, 200)
    assert "who" in query.json()["detail"]
    assert owntracks.body == b"[]"
    assert batch.json()["rejected_count"] == 1
    assert reasons_in(stream_redis) == ["unknown_device"] * 4


@pytest.mark.django_db(transaction=True)
def test_a_refused_fix_that_is_sent_again_and_again_is_quarantined_once(door, acme, stream_redis):
    for _ in range(3):
        door.request(f"/ingest/osmand/{acme.key}?id=who&{PLACE}")
    process()
    with platform_scope():
        rejected = RejectedFix.objects.get()
    assert (rejected.reason, rejected.device, rejected.format) == (
        "unknown_device", "who", "positions",
    )  # fmt: skip
    assert '"device":"who"' in rejected.raw


def test_an_organization_may_register_unknown_devices_for_approval(door, acme, stream_redis):
    acme.organization.register_unknown_devices = True
    with platform_scope():
        acme.organization.save()
    answer = door.request(f"/ingest/osmand/{acme.key}?id=new-one&{PLACE}")
    assert answer.status == 200
    with platform_scope():
        device = Device.objects.get(unique_id="new-one")
    assert (device.status, device.organization_id) == (DeviceStatus.PENDING, acme.id)
    assert reasons_in(stream_redis) == ["device_pending"]


def test_only_so_many_unknown_devices_are_registered(door, acme, stream_redis, monkeypatch):
    monkeypatch.setattr("vehicles.ingest.lookup.MAX_PENDING_DEVICES", 2)
    acme.organization.register_unknown_devices = True
    with platform_scope():
        acme.organization.save()
    records = ",".join(
        f'{{"device":"d{i}","recorded_at":{STAMP},"lon":1,"lat":2}}' for i in range(4)
    )
    door.request("/ingest/positions", f"[{records}]".encode(), key=acme.key)
    assert sorted(reasons_in(stream_redis)) == [
        "device_pending", "device_pending", "unknown_device", "unknown_device",
    ]  # fmt: skip
