"""Services of vehicles, drivers and devices: whole batches, one organization."""

import pytest
from django.core.exceptions import ValidationError

from fleet.accounts import keys
from fleet.accounts.actors import Actor, system_actor
from fleet.accounts.scope import organization_scope, platform_scope
from tests.cast import Cast
from vehicles import services
from vehicles.models import Device, DeviceStatus, Driver, Vehicle, VehicleGroup

pytestmark = pytest.mark.django_db


def system(cast: Cast) -> Actor:
    return system_actor(organization_id=cast.id)


def test_tracked_vehicles_are_made_once(acme: Cast) -> None:
    there = acme.add_vehicle("T-1", unique_id="imei")
    with organization_scope(acme.id):
        for _ in range(2):
            devices = services.add_tracked_vehicles(
                actor=system(acme), organization_id=acme.id, numbers=["T-2", "T-1", "T-2"]
            )
            assert [d.unique_id for d in devices] == ["T-2", "T-1"]
        assert devices[1].vehicle_id == there.pk
        assert (Vehicle.objects.count(), Device.objects.count()) == (2, 3)


def test_a_tracker_without_a_vehicle_gets_one(acme: Cast) -> None:
    with organization_scope(acme.id):
        Device.objects.create(organization=acme.organization, unique_id="T-2")
        (device,) = services.add_tracked_vehicles(
            actor=system(acme), organization_id=acme.id, numbers=["T-2"]
        )
        assert device.vehicle is not None


def test_nobody_adds_vehicles_to_another_organization(acme: Cast, rival: Cast) -> None:
    with pytest.raises(ValidationError, match="your own organization"):
        services.add_tracked_vehicles(actor=system(acme), organization_id=rival.id, numbers=["T-2"])


def test_a_number_that_does_not_fit_is_named(acme: Cast) -> None:
    with pytest.raises(ValidationError, match="cannot be a vehicle's number"):
        services.add_tracked_vehicles(
            actor=system(acme), organization_id=acme.id, numbers=["x" * 41]
        )


def test_devices_are_approved_and_disabled_in_the_own_organization(acme: Cast, rival: Cast) -> None:
    acme.add_vehicle("T-1")
    rival.add_vehicle("R-1")
    ids = [acme.devices[0].pk, rival.devices[0].pk]
    with organization_scope(acme.id, rival.id):
        assert services.disable_devices(actor=acme.actor, device_ids=ids) == 1
        assert services.disable_devices(actor=acme.actor, device_ids=ids) == 0
        assert services.approve_devices(actor=acme.actor, device_ids=ids) == 1
        assert set(Device.objects.values_list("status", flat=True)) == {DeviceStatus.ACTIVE}


def test_a_new_token_replaces_the_old_one(acme: Cast, rival: Cast) -> None:
    acme.add_vehicle("T-1")
    device_id = acme.devices[0].pk
    with platform_scope():
        first = services.issue_device_token(actor=acme.actor, device_id=device_id)
        second = services.issue_device_token(actor=acme.actor, device_id=device_id)
        device = Device.objects.get(pk=device_id)
        with pytest.raises(Device.DoesNotExist):
            services.issue_device_token(actor=rival.actor, device_id=device_id)
    for text, works in ((first, False), (second, True)):
        parts = keys.split_key(text, kind=keys.DEVICE_TOKEN)
        assert parts is not None
        assert (device.token_prefix == parts[0]) is works
        assert keys.secret_matches(parts[1], device.token_hash) is works


def test_archiving_and_restoring_count_what_changed(acme: Cast) -> None:
    ids = [acme.add_vehicle(f"T-{n}").pk for n in range(2)]
    people = [acme.add_driver("Ann").pk]
    with organization_scope(acme.id):
        assert services.archive_vehicles(actor=acme.actor, vehicle_ids=ids) == 2
        assert services.archive_vehicles(actor=acme.actor, vehicle_ids=ids) == 0
        assert services.restore_vehicles(actor=acme.actor, vehicle_ids=ids[:1]) == 1
        assert services.archive_drivers(actor=acme.actor, driver_ids=people) == 1
        assert services.restore_drivers(actor=acme.actor, driver_ids=people) == 1
        assert Vehicle.objects.filter(archived_at=None).count() == 1
        assert Driver.objects.filter(archived_at=None).count() == 1


def test_a_group_takes_only_vehicles_of_its_organization(acme: Cast, rival: Cast) -> None:
    mine, theirs = acme.add_vehicle("T-1"), rival.add_vehicle("R-1")
    with platform_scope():
        group = VehicleGroup.objects.create(organization=acme.organization, name="North")
        assert (
            services.add_vehicles_to_group(
                actor=acme.actor, group_id=group.pk, vehicle_ids=[mine.pk]
            )
            == 1
        )
        with pytest.raises(ValidationError, match="another organization"):
            services.add_vehicles_to_group(
                actor=acme.actor, group_id=group.pk, vehicle_ids=[mine.pk, theirs.pk]
            )
        with pytest.raises(ValidationError, match="does not exist"):
            services.add_vehicles_to_group(
                actor=rival.actor, group_id=group.pk, vehicle_ids=[theirs.pk]
            )
