"""requeue_rejected: what was refused for a cause that is gone reaches the database after all."""

import datetime as dt
from collections.abc import Iterator

import pytest
import redis
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone

from fleet.accounts.scope import platform_scope
from tests.cast import PASSWORD, Cast, at
from tests.vehicles.commands.conftest import Run
from vehicles.ingest.pipeline import Pipeline
from vehicles.models import Device, DeviceStatus, Position, RejectedFix, SpeedUnit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stream_redis")]


@pytest.fixture
def process(stream_redis: redis.Redis) -> Iterator[Pipeline]:
    pipeline = Pipeline()
    yield pipeline
    pipeline.client.close()


def refuse(cast: Cast, raw: str, *, format_: str = "positions", device: str = "T-1",
           reason: str = "unknown_device", age_days: int = 0) -> RejectedFix:  # fmt: skip
    with platform_scope():
        count = RejectedFix.objects.count()
        return RejectedFix.objects.create(
            organization=cast.organization, format=format_, device=device, reason=reason,
            detail="", raw=raw, entry=f"{cast.id}.{count}", entry_index=0,
            received_at=timezone.now() - dt.timedelta(days=age_days),
        )  # fmt: skip


def record(minute: int, device: str = "T-1") -> str:
    return (
        f'{{"device":"{device}","recorded_at":"{at(8, minute).isoformat()}",'
        '"lat":43.05,"lon":-76.15}'
    )


def test_fixes_of_a_tracker_that_is_known_now_are_stored(
    acme: Cast, run: Run, process: Pipeline
) -> None:
    rows = [refuse(acme, record(minute)) for minute in (0, 1)]
    assert run("requeue_rejected", organization="acme") == {
        "tried": 2, "sent": 0, "still_rejected": {"unknown_device": 2},
    }  # fmt: skip
    acme.add_vehicle("T-1")
    assert run("requeue_rejected", organization="acme")["sent"] == 2
    assert process.drain().stored == 2
    with platform_scope():
        assert Position.objects.count() == 2
        rows[0].refresh_from_db()
        assert rows[0].requeued_at is not None
    assert run("requeue_rejected", organization="acme")["tried"] == 0


def test_a_pending_tracker_waits_for_approval(acme: Cast, run: Run) -> None:
    acme.add_vehicle("T-1")
    with platform_scope():
        Device.objects.update(status=DeviceStatus.PENDING)
    refuse(acme, record(0), reason="device_pending")
    result = run("requeue_rejected", organization="acme")
    assert result["still_rejected"] == {"device_pending": 1}


def test_a_query_is_read_again_in_its_own_format(acme: Cast, run: Run, process: Pipeline) -> None:
    acme.add_vehicle("T-1")
    with platform_scope():
        Device.objects.update(speed_unit=SpeedUnit.KMH)
    when = int(at(8).timestamp())
    refuse(acme, f"id=T-1&lat=43.05&lon=-76.15&speed=36&timestamp={when}", format_="osmand")
    assert run("requeue_rejected", organization="acme")["sent"] == 1
    process.drain()
    with platform_scope():
        assert Position.objects.get().speed_mps == pytest.approx(10)


def test_what_is_still_wrong_stays(acme: Cast, run: Run) -> None:
    acme.add_vehicle("T-1")
    row = refuse(
        acme,
        record(0).replace("43.05", "143.05"),
        reason="latitude_out_of_range",
    )
    refuse(acme, "T-1,not,a,table", format_="csv", reason="invalid_value")
    result = run("requeue_rejected", organization="acme")
    assert result == {"tried": 1, "sent": 0, "still_rejected": {"latitude_out_of_range": 1}}
    with platform_scope():
        row.refresh_from_db()
    assert row.requeued_at is None


def test_reason_since_and_limit_choose(acme: Cast, run: Run) -> None:
    acme.add_vehicle("T-1")
    refuse(acme, record(0), age_days=9)
    refuse(acme, record(1), reason="device_pending")
    refuse(acme, record(2))
    refuse(acme, record(3))
    one = run("requeue_rejected", organization="acme", reason="device_pending")
    assert one["sent"] == 1
    yesterday = (timezone.now() - dt.timedelta(days=1)).date().isoformat()
    some = run("requeue_rejected", organization="acme", since=yesterday, limit=1)
    assert some["sent"] == 1
    with pytest.raises(CommandError, match="is not a time"):
        run("requeue_rejected", organization="acme", since="soon")


def test_another_organizations_tracker_does_not_help(acme: Cast, rival: Cast, run: Run) -> None:
    rival.add_vehicle("T-1")
    refuse(acme, record(0))
    assert run("requeue_rejected", organization="acme")["sent"] == 0


def test_try_again_in_the_admin_does_the_same(acme: Cast, process: Pipeline) -> None:
    row = refuse(acme, record(0))
    acme.add_vehicle("T-1")
    client = Client()
    client.login(email=acme.owner.email, password=PASSWORD)
    page = client.post(
        "/admin/vehicles/rejectedfix/",
        {"action": "try_again", "_selected_action": [row.pk]},
        follow=True,
    )
    assert "1 fixes are on their way" in page.content.decode()
    assert process.drain().stored == 1
