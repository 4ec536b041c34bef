"""The six roles and what each may do, by area of the product."""

from django.db import models


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    MANAGER = "manager", "Manager"
    DISPATCHER = "dispatcher", "Dispatcher"
    TECHNICIAN = "technician", "Technician"
    DRIVER = "driver", "Driver"
    VIEWER = "viewer", "Viewer"


class Area(models.TextChoices):
    ACCOUNTS = "accounts", "Members, API keys and billing"
    SETTINGS = "settings", "Organization settings"
    VEHICLES = "vehicles", "Vehicles, drivers and devices"
    GEOFENCES = "geofences", "Geofences"
    DISPATCH = "dispatch", "Dispatch"
    ALERTS = "alerts", "Alerts"
    MAINTENANCE = "maintenance", "Maintenance"


_EVERYTHING_BUT_ACCOUNTS = frozenset(set(Area) - {Area.ACCOUNTS})
_CHANGES: dict[str, frozenset[Area]] = {
    Role.OWNER: frozenset(Area),
    Role.MANAGER: _EVERYTHING_BUT_ACCOUNTS,
    Role.DISPATCHER: frozenset({Area.DISPATCH, Area.GEOFENCES, Area.ALERTS}),
    Role.TECHNICIAN: frozenset({Area.MAINTENANCE}),
    Role.DRIVER: frozenset(),
    Role.VIEWER: frozenset(),
}


def may_change(*, role: str | None, area: Area) -> bool:
    """Whether the role may create, change or delete records of this area."""
    return role is not None and area in _CHANGES[role]


def may_view(*, role: str | None, area: Area) -> bool:
    """Whether the role may read records of this area.

    Drivers see only their own route, inspections and score, which are not lists of an area.
    """
    if role is None or role == Role.DRIVER:
        return False
    return area != Area.ACCOUNTS or may_change(role=role, area=area)
