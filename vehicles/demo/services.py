"""Makes the demo organization. Safe to run again: what is there stays as it is."""

import json
import os
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from fleet.accounts import selectors as account_selectors
from fleet.accounts import services as account_services
from fleet.accounts.actors import Source, system_actor
from fleet.accounts.models import ApiKeyScope, Organization, User
from fleet.accounts.scope import organization_scope, platform_scope
from vehicles import vin
from vehicles.demo.catalog import FIRST_NAMES, GROUPS, KINDS, LAST_NAMES, Kind
from vehicles.models import (
    Assignment,
    Device,
    Driver,
    Vehicle,
    VehicleClass,
    VehicleGroup,
    VehicleGroupMember,
)

SLUG = "demo"
EMAIL = "demo@fleet.local"
PASSWORD = "drive-the-demo"  # noqa: S105  the documented demo login, refused outside DEBUG
_SEED = 7


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo organization and how to get in."""

    organization: Organization
    created: bool
    password: str | None
    """None when somebody has changed it."""
    api_key: str


def create_demo(*, state_file: Path) -> Demo:
    """Make what is missing of the demo, keeping its ingest key in `state_file` (mode 0600)."""
    with platform_scope():
        organization = Organization.objects.filter(slug=SLUG).first()
    created = organization is None
    if organization is None:
        organization = _create_organization()
    with organization_scope(organization.pk), transaction.atomic():
        # Asked apart: an earlier run may have been stopped between the two.
        if not Vehicle.objects.exists():
            _create_fleet(organization)
    owner = User.objects.filter(email=EMAIL).first()
    password = PASSWORD if owner is not None and owner.check_password(PASSWORD) else None
    key = ingest_key_for(organization=organization, state_file=state_file)
    return Demo(organization, created, password, key)


def ingest_key_for(*, organization: Organization, state_file: Path) -> str:
    """The organization's ingest key out of the state file; a fresh one when it opens nothing."""
    state = _read_state(state_file)
    text = state.get(organization.slug, "")
    key = account_selectors.api_key_for_text(text=text)
    if key is not None and key.organization_id == organization.pk:
        return str(text)
    _, text = account_services.create_api_key(
        actor=system_actor(organization_id=organization.pk),
        name="Simulator",
        scopes=[ApiKeyScope.INGEST],
    )
    _write_state(state_file, state | {organization.slug: text})
    return text


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state = json.loads(path.read_text())
    except (FileNotFoundError, json.JSONDecodeError):
        return {}  # first run, or a file cut short: a new key replaces it
    return state if isinstance(state, dict) else {}


def _write_state(path: Path, state: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(state, file)
    fresh.replace(path)


def _create_organization() -> Organization:
    organization = account_services.create_organization(
        name="Demo Freight",
        slug=SLUG,
        owner_email=EMAIL,
        owner_password=PASSWORD,
        time_zone="America/Chicago",
        distance_unit="mi",
    ).organization
    # Short, so that the vehicle that falls silent is seen to be offline.
    organization.offline_after_moving_s = 300
    organization.offline_after_parked_s = 3600
    with organization_scope(organization.pk):
        organization.save(update_fields=["offline_after_moving_s", "offline_after_parked_s"])
    return organization


def _create_fleet(organization: Organization) -> None:
    rng = random.Random(_SEED)  # noqa: S311  the same demo every time
    vehicles: list[Vehicle] = Vehicle.objects.bulk_create(
        [_vehicle(organization, kind, index, rng) for kind in KINDS for index in range(kind.count)]
    )
    Device.objects.bulk_create(
        Device(
            organization=organization,
            vehicle=vehicle,
            unique_id=_imei(35_209_900_000_000 + 137 * number),
            name=f"Tracker {vehicle.number}",
        )
        for number, vehicle in enumerate(vehicles)
    )
    drivers = Driver.objects.bulk_create(
        Driver(
            organization=organization,
            name=f"{FIRST_NAMES[n % len(FIRST_NAMES)]} {LAST_NAMES[n * 7 % len(LAST_NAMES)]}",
            phone=f"+1 316 555 {100 + n:04d}",
            licence_class="A" if n % 3 == 0 else "C",
        )
        for n in range(54)
    )
    now = timezone.now()
    Assignment.objects.bulk_create(
        Assignment(
            organization=organization,
            vehicle=vehicle,
            driver=driver,
            starts_at=now,
            source=Source.SYSTEM.value,
        )
        for vehicle, driver in zip(vehicles, drivers, strict=False)
    )
    north, city, long_haul = VehicleGroup.objects.bulk_create(
        VehicleGroup(organization=organization, name=name) for name in GROUPS
    )
    VehicleGroupMember.objects.bulk_create(
        VehicleGroupMember(organization=organization, group=group, vehicle=vehicle)
        for number, vehicle in enumerate(vehicles)
        for group, belongs in (
            (north, number % 3 == 0),
            (city, vehicle.vehicle_class in (VehicleClass.VAN, VehicleClass.BOX_TRUCK)),
            (long_haul, vehicle.vehicle_class == VehicleClass.TRACTOR),
        )
        if belongs
    )


def _vehicle(organization: Organization, kind: Kind, index: int, rng: random.Random) -> Vehicle:
    make, model, vin_start = kind.models[index % len(kind.models)]
    year = rng.randint(2017, 2025)
    return Vehicle(
        organization=organization,
        number=f"{kind.prefix}-{101 + index}",
        vin=_vin(vin_start, rng),
        plate=f"{rng.randint(100, 999)}{''.join(rng.choices('ABCDEFGHJKLMNPRSTUVWXYZ', k=3))}",
        plate_jurisdiction="KS",
        make=make,
        model=model,
        year=year,
        vehicle_class=kind.vehicle_class,
        fuel=kind.fuel,
        gvwr_kg=kind.gvwr_kg,
        payload_kg=kind.payload_kg,
        volume_m3=kind.volume_m3,
        pallets=kind.pallets,
        seats=kind.seats,
        skills=list(kind.skills) if index % 3 == 0 else [],
        tags=["demo"],
    )


def _vin(start: str, rng: random.Random) -> str:
    rest = "K" + rng.choice("ABCDEFG") + "".join(rng.choices("0123456789", k=6))
    draft = f"{start}0{rest}"
    return f"{start}{vin.check_digit(draft)}{rest}"


def _imei(body: int) -> str:
    """15 digits: the 14 of `body` with their Luhn check digit."""
    total = 0
    for place, digit in enumerate(reversed(str(body))):
        doubled = int(digit) * 2 if place % 2 == 0 else int(digit)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{body}{-total % 10}"
