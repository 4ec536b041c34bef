"""Who is asking. Services, selectors and `for_actor()` take an Actor, never a request."""

from dataclasses import dataclass, field
from enum import StrEnum

from fleet.accounts.roles import Role


class ActorKind(StrEnum):
    USER = "user"
    API_KEY = "api_key"
    DEVICE = "device"
    SYSTEM = "system"


class Source(StrEnum):
    """How a change came about; stored with every change of state."""

    USER = "user"
    DRIVER_APP = "driver_app"
    GEOFENCE = "geofence"
    RULE = "rule"
    IMPORT = "import"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One caller with the one organization it acts for.

    `organization_id` is None only for the platform's own operators and system processes, who see
    every organization.
    """

    kind: ActorKind
    organization_id: int | None
    user_id: int | None = None
    role: Role | None = None
    scopes: frozenset[str] = field(default_factory=frozenset)
    source: Source = Source.USER

    @property
    def is_platform(self) -> bool:
        """True for operators and system processes that act for no single organization."""
        return self.organization_id is None


SYSTEM = Actor(kind=ActorKind.SYSTEM, organization_id=None, source=Source.SYSTEM)


def system_actor(*, organization_id: int, source: Source = Source.SYSTEM) -> Actor:
    """The system acting for one organization (schedulers, pipeline, imports)."""
    return Actor(kind=ActorKind.SYSTEM, organization_id=organization_id, source=source)
