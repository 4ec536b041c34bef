"""The small cast of organizations, people and vehicles that tests share."""

import datetime as dt
from dataclasses import dataclass, field

from fleet.accounts import keys
from fleet.accounts.actors import Actor, ActorKind
from fleet.accounts.models import ApiKey, ApiKeyScope, Membership, Organization, User
from fleet.accounts.roles import Role
from fleet.accounts.scope import platform_scope
from tests.factories import DeviceFactory, DriverFactory, VehicleFactory
from vehicles.models import Device, Driver, Vehicle

PASSWORD = "correct-horse-battery-staple"


@dataclass
class Cast:
    """One organization with the people and things in it."""

    organization: Organization
    owner: User
    key: str
    vehicles: list[Vehicle] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)

    @property
    def id(self) -> int:
        return self.organization.pk

    @property
    def actor(self) -> Actor:
        return Actor(
            kind=ActorKind.USER,
            organization_id=self.organization.pk,
            user_id=self.owner.pk,
            role=Role.OWNER,
        )

    def add_vehicle(self, number: str, *, unique_id: str | None = None, **facts: object) -> Vehicle:
        """A vehicle with one active device (`unique_id` defaults to the number)."""
        vehicle = VehicleFactory.create(organization=self.organization, number=number, **facts)
        device = DeviceFactory.create(
            organization=self.organization, unique_id=unique_id or number, vehicle=vehicle
        )
        self.vehicles.append(vehicle)
        self.devices.append(device)
        return vehicle

    def add_member(self, email: str, role: Role) -> User:
        """A user with this role, password PASSWORD."""
        with platform_scope():
            user = User.objects.create_user(email, PASSWORD)
            Membership.objects.create(organization=self.organization, user=user, role=role)
        return user

    def add_driver(self, name: str, **facts: object) -> Driver:
        return DriverFactory.create(organization=self.organization, name=name, **facts)


def make_cast_organization(*, slug: str) -> Cast:
    """An organization with an owner (PASSWORD) and an API key with every scope."""
    fresh = keys.new_key(keys.API_KEY)
    with platform_scope():
        organization = Organization.objects.create(slug=slug, name=slug.capitalize())
        owner = User.objects.create_user(f"owner@{slug}.test", PASSWORD)
        Membership.objects.create(organization=organization, user=owner, role=Role.OWNER)
        ApiKey.objects.create(
            organization=organization,
            name="tests",
            prefix=fresh.prefix,
            key_hash=fresh.hash,
            scopes=list(ApiKeyScope.values),
        )
    return Cast(organization=organization, owner=owner, key=fresh.text)


def at(hour: int, minute: int = 0, second: int = 0) -> dt.datetime:
    """A time of the day that most tests happen on: yesterday, UTC."""
    day = dt.datetime.now(dt.UTC).date() - dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(hour, minute, second), dt.UTC)
