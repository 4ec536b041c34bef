"""rebuild_latest gives what live fixes gave."""

import datetime as dt
from io import StringIO

import pytest
import redis
from django.core.management import CommandError, call_command

from fleet.accounts.scope import platform_scope
from tests.cast import Cast, at
from tests.vehicles.ingest.stories import fix_at, send, submission
from vehicles.ingest.pipeline import Pipeline
from vehicles.models import LatestPosition, Position

pytestmark = [pytest.mark.django_db]

FIELDS = ("vehicle_id", "device_id", "recorded_at", "received_at", "point", "speed_mps",
          "heading_deg", "odometer_m", "ignition", "quality", "attributes", "motion",
          "motion_since")  # fmt: skip


def latest() -> list[tuple[object, ...]]:
    with platform_scope():
        return list(LatestPosition.objects.order_by("vehicle_id").values_list(*FIELDS))


def rebuild(**options: str) -> str:
    out = StringIO()
    call_command("rebuild_latest", stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


@pytest.fixture
def driven(acme: Cast, stream_redis: redis.Redis) -> Cast:
    """Three vehicles: one moving, one long parked with ignition off, one that jumps at the end."""
    moving, parked, jumping = (acme.add_vehicle(f"T-{n}") for n in range(3))
    start = at(6)
    send(
        stream_redis,
        submission(acme, moving, *(
            fix_at(start + dt.timedelta(seconds=10 * n), lat=52.5 + n * 0.001, speed_mps=11.0,
                   ignition=True, odometer_m=1000.0 + 110 * n)
            for n in range(60)
        )),
        submission(acme, parked, *(
            fix_at(start + dt.timedelta(seconds=30 * n), lat=52.5 + min(n, 20) * 0.001,
                   speed_mps=3.7 if n < 20 else 0.0, ignition=n < 25 if n % 2 else None)
            for n in range(700)
        )),
        submission(acme, jumping, *(
            fix_at(start + dt.timedelta(seconds=10 * n), lat=52.5 + n * 0.001)
            for n in range(5)
        ), fix_at(start + dt.timedelta(seconds=60), lat=10.0)),
    )  # fmt: skip
    pipeline = Pipeline()
    pipeline.drain()
    pipeline.client.close()
    return acme


def test_the_same_result_as_live(driven: Cast) -> None:
    before = latest()
    assert len(before) == 3
    with platform_scope():
        LatestPosition.objects.all().delete()
    assert "Recomputed 3 latest positions; 0 vehicles" in rebuild()
    assert latest() == before


def test_what_was_changed_behind_our_back_is_repaired(driven: Cast) -> None:
    before = latest()
    with platform_scope():
        LatestPosition.objects.update(recorded_at=at(23), speed_mps=99, motion=1)
    rebuild(organization="acme")
    assert latest() == before


def test_one_vehicle_can_be_chosen(driven: Cast) -> None:
    with platform_scope():
        LatestPosition.objects.all().delete()
    rebuild(organization="acme", vehicle="T-1")
    assert [row[0] for row in latest()] == [driven.vehicles[1].pk]
    with pytest.raises(CommandError, match="no vehicle with the number"):
        rebuild(organization="acme", vehicle="T-99")
    with pytest.raises(CommandError, match="add --organization"):
        rebuild(vehicle="T-1")


def test_a_vehicle_whose_history_was_archived_keeps_its_position(driven: Cast) -> None:
    with platform_scope():
        Position.objects.filter(vehicle=driven.vehicles[0]).delete()
    before = latest()
    assert "1 vehicles have no stored positions" in rebuild()
    assert latest() == before


def test_another_organization_is_left_alone(driven: Cast, rival: Cast) -> None:
    with platform_scope():
        LatestPosition.objects.all().delete()
    rebuild(organization="rival")
    assert latest() == []
