"""One vehicle, one driver, one trailer: never twice at the same time. The database decides."""

from collections.abc import Iterator

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from fleet.accounts.scope import organization_scope
from tests.cast import Cast, at
from vehicles.models import Assignment, Driver

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(acme: Cast) -> Iterator[Cast]:
    """Two vehicles and the drivers Ann and Bob."""
    acme.add_vehicle("T-1")
    acme.add_vehicle("T-2")
    acme.add_driver("Ann")
    acme.add_driver("Bob")
    with organization_scope(acme.id):
        yield acme


def assign(
    scene: Cast, vehicle: int, driver: str | None, start: int, end: int | None
) -> Assignment:
    return Assignment(
        organization=scene.organization,
        vehicle=scene.vehicles[vehicle],
        driver=Driver.objects.get(name=driver) if driver else None,
        starts_at=at(start),
        ends_at=at(end) if end else None,
    )


def test_intervals_that_touch_do_not_overlap(scene: Cast) -> None:
    assign(scene, 0, "Ann", 6, 10).save()
    assign(scene, 0, "Bob", 10, None).save()
    assert Assignment.objects.count() == 2


@pytest.mark.parametrize(
    ("vehicle", "who", "message"),
    [(0, "Bob", "vehicle has another"), (1, "Ann", "driver has another")],
)
def test_an_overlap_is_explained_and_refused(
    scene: Cast, vehicle: int, who: str, message: str
) -> None:
    assign(scene, 0, "Ann", 6, None).save()
    second = assign(scene, vehicle, who, 8, 9)
    with pytest.raises(ValidationError, match=message):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_an_end_before_the_start_is_refused(scene: Cast) -> None:
    with pytest.raises(ValidationError, match="must be after"):
        assign(scene, 0, "Ann", 9, 8).full_clean()


def test_an_assignment_names_a_driver_or_a_trailer(scene: Cast) -> None:
    with pytest.raises(ValidationError, match="Choose a driver"):
        assign(scene, 0, None, 8, 9).full_clean()
