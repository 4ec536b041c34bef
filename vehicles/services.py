"""Writes of master data: vehicles, drivers and trackers."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from fleet.accounts import keys
from fleet.accounts.actors import Actor
from vehicles.models import (
    Device,
    DeviceStatus,
    Driver,
    Vehicle,
    VehicleClass,
    VehicleGroup,
    VehicleGroupMember,
)


def add_tracked_vehicles(
    *,
    actor: Actor,
    organization_id: int,
    numbers: Sequence[str],
    vehicle_class: VehicleClass = VehicleClass.OTHER,
) -> list[Device]:
    """Make a vehicle with an active device of the same identifier for each of the numbers.

    A vehicle that has the number already gets the device; a device that is there stays as it is,
    and is given the vehicle if it has none. Gives the devices in the order of `numbers`.

    Raises:
        ValidationError: the actor acts for another organization, or a number is too long.
    """
    if not actor.is_platform and actor.organization_id != organization_id:
        raise ValidationError("Vehicles can only be added to your own organization.")
    wanted = list(dict.fromkeys(numbers))
    longest = Vehicle._meta.get_field("number").max_length or 0
    if too_long := [n for n in wanted if not 0 < len(n) <= longest]:
        raise ValidationError(
            f"“{too_long[0][:60]}” cannot be a vehicle's number; use 1 to {longest} characters."
        )
    mine = {"organization_id": organization_id}
    with transaction.atomic():
        Vehicle.objects.bulk_create(
            (Vehicle(number=n, vehicle_class=vehicle_class, **mine) for n in wanted),
            ignore_conflicts=True,
        )
        vehicles = {v.number: v for v in Vehicle.objects.filter(number__in=wanted, **mine)}
        Device.objects.bulk_create(
            (Device(unique_id=n, vehicle=vehicles[n], **mine) for n in wanted),
            ignore_conflicts=True,
        )
        devices = {d.unique_id: d for d in Device.objects.filter(unique_id__in=wanted, **mine)}
        for number, device in devices.items():
            if device.vehicle_id is None:
                device.vehicle = vehicles[number]
                device.save(update_fields=["vehicle"])
    return [devices[n] for n in wanted]


def approve_devices(*, actor: Actor, device_ids: Iterable[int]) -> int:
    """Let these devices report; gives how many were waiting or disabled before."""
    return _set_device_status(actor, device_ids, DeviceStatus.ACTIVE)


def disable_devices(*, actor: Actor, device_ids: Iterable[int]) -> int:
    """Refuse these devices from now on; gives how many were not disabled before."""
    return _set_device_status(actor, device_ids, DeviceStatus.DISABLED)


def _set_device_status(actor: Actor, device_ids: Iterable[int], status: DeviceStatus) -> int:
    devices = Device.objects.for_actor(actor).filter(pk__in=list(device_ids))
    return int(devices.exclude(status=status).update(status=status))


def issue_device_token(*, actor: Actor, device_id: int) -> str:
    """Give a device a new token and return its text, shown once; an older token stops working.

    Raises:
        Device.DoesNotExist: not a device of the actor's organization.
    """
    fresh = keys.new_key(keys.DEVICE_TOKEN)
    with transaction.atomic():
        device = Device.objects.for_actor(actor).select_for_update().get(pk=device_id)
        device.token_prefix, device.token_hash = fresh.prefix, fresh.hash
        device.save(update_fields=["token_prefix", "token_hash"])
    return fresh.text


def archive_vehicles(*, actor: Actor, vehicle_ids: Iterable[int]) -> int:
    """Take vehicles out of use, keeping their history; gives how many were in use."""
    return _set_archived(Vehicle.objects.for_actor(actor), vehicle_ids, archived=True)


def restore_vehicles(*, actor: Actor, vehicle_ids: Iterable[int]) -> int:
    """Put archived vehicles back into use; gives how many were archived."""
    return _set_archived(Vehicle.objects.for_actor(actor), vehicle_ids, archived=False)


def archive_drivers(*, actor: Actor, driver_ids: Iterable[int]) -> int:
    """Take drivers off the lists, keeping their history; gives how many were on them."""
    return _set_archived(Driver.objects.for_actor(actor), driver_ids, archived=True)


def restore_drivers(*, actor: Actor, driver_ids: Iterable[int]) -> int:
    """Put archived drivers back on the lists; gives how many were archived."""
    return _set_archived(Driver.objects.for_actor(actor), driver_ids, archived=False)


def _set_archived(rows: Any, ids: Iterable[int], *, archived: bool) -> int:
    now = timezone.now()
    changing = rows.filter(pk__in=list(ids), archived_at__isnull=archived)
    return int(changing.update(archived_at=now if archived else None, updated_at=now))


def add_vehicles_to_group(*, actor: Actor, group_id: int, vehicle_ids: Iterable[int]) -> int:
    """Put vehicles into a group of the same organization; gives how many were not in it.

    Raises:
        ValidationError: the group is not the actor's, or a vehicle is of another organization.
    """
    group = VehicleGroup.objects.for_actor(actor).filter(pk=group_id).first()
    if group is None:
        raise ValidationError("This group does not exist. Choose one from the list.")
    wanted = set(vehicle_ids)
    with transaction.atomic():
        mine = set(
            Vehicle.objects.for_actor(actor)
            .filter(pk__in=wanted, organization_id=group.organization_id)
            .values_list("pk", flat=True)
        )
        if len(mine) < len(wanted):
            raise ValidationError(
                f"{len(wanted) - len(mine)} of the vehicles belong to another organization than"
                f" the group {group.name}."
            )
        there = set(group.members.values_list("vehicle_id", flat=True))
        VehicleGroupMember.objects.bulk_create(
            (
                VehicleGroupMember(
                    organization_id=group.organization_id, group=group, vehicle_id=vehicle_id
                )
                for vehicle_id in sorted(mine - there)
            ),
            ignore_conflicts=True,
        )
    return len(mine - there)
