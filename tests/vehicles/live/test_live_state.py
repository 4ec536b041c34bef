"""What a snapshot is read from."""

from typing import Any

import pytest
from django.utils import timezone

from fleet.accounts.models import Organization
from fleet.accounts.scope import organization_scope, platform_scope
from tests.cast import Cast
from tests.vehicles.live.reports import Report, store
from tests.vehicles.live.viewer import rows_of
from vehicles.live import VehicleLive
from vehicles.models import Vehicle, VehicleGroup, VehicleGroupMember

pytestmark = pytest.mark.django_db


def test_the_state_is_what_the_frames_said(acme: Cast) -> None:
    first, second = acme.add_vehicle("T-1"), acme.add_vehicle("T-2")
    columns = store(
        acme,
        Report(vehicle=first.pk, second=1.000_499),
        Report(vehicle=second.pk, second=2, speed_mps=None, heading_deg=None, ignition=None),
    )

    assert VehicleLive().state_of(organization_id=acme.id).columns == columns


def test_vehicles_without_a_position_and_archived_ones_are_not_in_it(acme: Cast) -> None:
    acme.add_vehicle("never reported")
    archived, active = acme.add_vehicle("T-1"), acme.add_vehicle("T-2")
    store(acme, Report(vehicle=archived.pk, second=1), Report(vehicle=active.pk, second=1))
    with platform_scope():
        Vehicle.objects.filter(pk=archived.pk).update(archived_at=timezone.now())

    assert list(rows_of(VehicleLive().state_of(organization_id=acme.id).columns)) == [active.pk]


def test_an_organization_without_positions_has_empty_columns(acme: Cast) -> None:
    state = VehicleLive().state_of(organization_id=acme.id)

    assert state.columns["vehicle"] == []
    assert set(map(len, state.columns.values())) == {0}


def test_the_offline_thresholds_are_the_organizations(acme: Cast) -> None:
    with platform_scope():
        Organization.objects.filter(pk=acme.id).update(
            offline_after_moving_s=600, offline_after_parked_s=1200
        )

    assert VehicleLive().state_of(organization_id=acme.id).facts == {
        "offline": {"moving_s": 600, "parked_s": 1200}
    }


def test_groups_come_with_their_vehicles(acme: Cast, rival: Cast) -> None:
    vehicles = [acme.add_vehicle(f"T-{i}").pk for i in range(3)]
    with organization_scope(acme.id):
        group = VehicleGroup.objects.create(organization=acme.organization, name="Depot")
        for vehicle in vehicles[:2]:
            VehicleGroupMember.objects.create(
                organization=acme.organization, group=group, vehicle_id=vehicle
            )
    source = VehicleLive()

    assert source.groups_of(organization_id=acme.id) == {group.pk: frozenset(vehicles[:2])}
    assert source.state_of(organization_id=acme.id).groups == {group.pk: frozenset(vehicles[:2])}
    assert source.groups_of(organization_id=rival.id) == {}


def test_an_organization_sees_its_own_vehicles_only(acme: Cast, rival: Cast) -> None:
    ours, theirs = acme.add_vehicle("T-1"), rival.add_vehicle("R-1")
    store(acme, Report(vehicle=ours.pk, second=1))
    store(rival, Report(vehicle=theirs.pk, second=1))

    assert list(rows_of(VehicleLive().state_of(organization_id=rival.id).columns)) == [theirs.pk]


def test_a_state_costs_three_queries_however_many_vehicles(
    acme: Cast, django_assert_num_queries: Any
) -> None:
    fixes = [Report(vehicle=acme.add_vehicle(f"T-{i}").pk, second=1) for i in range(20)]
    store(acme, *fixes)

    with django_assert_num_queries(3):
        VehicleLive().state_of(organization_id=acme.id)
