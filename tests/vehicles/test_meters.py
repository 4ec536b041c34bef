import datetime as dt

import pytest
from django.core.exceptions import ValidationError

from fleet.accounts.scope import organization_scope
from tests.cast import Cast, at
from vehicles.meters import record_meter_reading, true_total, void_meter_reading
from vehicles.models import MeterKind, MeterReading, Vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def vehicle(acme: Cast) -> "object":
    vehicle = acme.add_vehicle("T-1")
    with organization_scope(acme.id):
        yield vehicle


def record(
    acme: Cast, vehicle: Vehicle, day: int, km: float, *, offset: float = 0, confirm: bool = False
) -> MeterReading:
    return record_meter_reading(
        actor=acme.actor,
        vehicle=vehicle,
        kind=MeterKind.ODOMETER,
        value=km * 1000,
        offset=offset * 1000,
        observed_at=at(8) - dt.timedelta(days=100 - day),
        confirm_outlier=confirm,
    )


def test_readings_may_come_in_any_order_of_time(acme: Cast, vehicle: Vehicle) -> None:
    record(acme, vehicle, 1, 1000)
    record(acme, vehicle, 3, 1200)
    assert record(acme, vehicle, 2, 1100).value == 1_100_000


@pytest.mark.parametrize(("day", "km"), [(4, 900), (0, 1300)])
def test_an_odometer_never_runs_backwards_by_date(
    acme: Cast, vehicle: Vehicle, day: int, km: float
) -> None:
    record(acme, vehicle, 1, 1000)
    record(acme, vehicle, 3, 1200)
    with pytest.raises(ValidationError) as raised:
        record(acme, vehicle, day, km)
    assert raised.value.code == "backwards"


def test_a_voided_reading_no_longer_counts(acme: Cast, vehicle: Vehicle) -> None:
    wrong = record(acme, vehicle, 1, 9999)
    void_meter_reading(actor=acme.actor, reading_id=wrong.pk, reason="typing mistake")
    assert record(acme, vehicle, 2, 1000).value == 1_000_000
    with pytest.raises(ValidationError, match="void already"):
        void_meter_reading(actor=acme.actor, reading_id=wrong.pk, reason="again")


def test_a_void_needs_a_reason(acme: Cast, vehicle: Vehicle) -> None:
    reading = record(acme, vehicle, 1, 1000)
    with pytest.raises(ValidationError, match="Say why"):
        void_meter_reading(actor=acme.actor, reading_id=reading.pk, reason=" ")


def test_a_swapped_cluster_goes_on_from_the_old_total(acme: Cast, vehicle: Vehicle) -> None:
    record(acme, vehicle, 1, 250_000)
    record(acme, vehicle, 2, 0, offset=250_000)
    later = record(acme, vehicle, 3, 300)
    assert true_total(later) == 250_300_000


def test_a_wild_reading_is_asked_about_after_three(acme: Cast, vehicle: Vehicle) -> None:
    record(acme, vehicle, 1, 1000)
    record(acme, vehicle, 2, 1100)
    record(acme, vehicle, 3, 1200)
    with pytest.raises(ValidationError) as raised:
        record(acme, vehicle, 4, 5000)
    assert raised.value.code == "outlier"
    assert record(acme, vehicle, 4, 5000, confirm=True).value == 5_000_000


def test_another_organizations_vehicle_does_not_exist(acme: Cast, rival: Cast) -> None:
    theirs = rival.add_vehicle("R-1")
    with organization_scope(acme.id), pytest.raises(ValidationError, match="does not exist"):
        record(acme, theirs, 1, 1000)


def test_a_future_reading_is_refused(acme: Cast, vehicle: Vehicle) -> None:
    with pytest.raises(ValidationError, match="future"):
        record(acme, vehicle, 200, 1000)
