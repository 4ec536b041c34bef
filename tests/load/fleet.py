"""The organizations whose vehicles report: made with the project's own services."""

from dataclasses import dataclass

from fleet.accounts.actors import SYSTEM
from fleet.accounts.scope import organization_scope
from fleet.accounts.services import create_organization
from vehicles.services import add_tracked_vehicles


@dataclass(frozen=True, slots=True)
class LoadFleet:
    """An organization with tracked vehicles, and a key that may report for all of them."""

    organization_id: int
    api_key: str
    numbers: tuple[str, ...]
    vehicle_ids: tuple[int, ...]


def make_fleet(*, slug: str, vehicles: int) -> LoadFleet:
    """A new organization with this many vehicles, each with an active device."""
    new = create_organization(name=slug.title(), slug=slug, owner_email=f"owner@{slug}.test")
    numbers = [f"{slug}-{n:05d}" for n in range(vehicles)]
    with organization_scope(new.organization.pk):
        devices = add_tracked_vehicles(
            actor=SYSTEM, organization_id=new.organization.pk, numbers=numbers
        )
    ids = tuple(d.vehicle_id for d in devices if d.vehicle_id is not None)
    return LoadFleet(new.organization.pk, new.api_key, tuple(numbers), ids)
