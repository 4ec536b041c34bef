"""Reads across vehicles, drivers and devices, for pages and commands.

Everything goes through `for_actor`; lists are plain dictionaries in SI units with times in
milliseconds since the Unix epoch, ready to be encoded.
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection
from django.db.models import OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Now

from fleet.accounts.actors import Actor
from fleet.accounts.models import Organization
from vehicles.models import Assignment, Device, LatestPosition, Vehicle, VehicleGroup

TRACK_MAX_POINTS = 5000
_PANEL_ATTRIBUTES = 40


def to_ms(moment: dt.datetime | None) -> int | None:
    """Milliseconds since the Unix epoch."""
    return None if moment is None else int(moment.timestamp() * 1000)


def vehicle_facts_for_live(*, actor: Actor) -> dict[str, Any]:
    """What the live list shows of every active vehicle besides its position (3 queries)."""
    now_driving = Assignment.objects.filter(
        Q(ends_at=None) | Q(ends_at__gt=Now()), vehicle=OuterRef("pk"), starts_at__lte=Now()
    )
    rows = (
        Vehicle.objects.for_actor(actor)
        .filter(archived_at=None)
        .annotate(
            driver=Coalesce(Subquery(now_driving.values("driver__name")[:1]), Value("")),
            group_ids=ArrayAgg(
                "group_members__group_id",
                filter=Q(group_members__isnull=False),
                default=Value([]),
            ),
        )
        .order_by("number")
        .values_list(
            "id", "number", "plate", "make", "model", "vehicle_class", "driver", "group_ids"
        )
    )
    keys = ("id", "number", "plate", "make", "model", "class", "driver", "groups")
    vehicles = [dict(zip(keys, row, strict=True)) for row in rows]
    groups = VehicleGroup.objects.for_actor(actor).order_by("name").values("id", "name")
    return {"vehicles": vehicles, "groups": list(groups)}


def vehicle_panel(*, actor: Actor, vehicle_id: int, now: dt.datetime) -> dict[str, Any] | None:
    """Everything the vehicle panel shows, or None when it is not the actor's vehicle."""
    vehicle = (
        Vehicle.objects.for_actor(actor).select_related("organization").filter(pk=vehicle_id)
    ).first()
    if vehicle is None:
        return None
    latest = LatestPosition.objects.filter(vehicle=vehicle).first()
    return {
        "id": vehicle.pk,
        "number": vehicle.number,
        "plate": vehicle.plate,
        "jurisdiction": vehicle.plate_jurisdiction,
        "vin": vehicle.vin,
        "make": vehicle.make,
        "model": vehicle.model,
        "year": vehicle.year,
        "class": vehicle.vehicle_class,
        "class_label": vehicle.get_vehicle_class_display(),
        "fuel": vehicle.fuel,
        "fuel_label": vehicle.get_fuel_display(),
        "groups": list(vehicle.groups.values("id", "name")),
        "driver": _current_driver(vehicle, now),
        "status": {"since": to_ms(latest.motion_since) if latest else None},
        "latest": _latest(latest) if latest else None,
        "devices": [_device(d, latest) for d in vehicle.devices.order_by("unique_id")],
        "today": {"from": to_ms(start_of_day(now=now, organization=vehicle.organization))},
    }


def start_of_day(*, now: dt.datetime, organization: Organization) -> dt.datetime:
    """Local midnight in the organization's time zone, as an aware datetime."""
    local = now.astimezone(ZoneInfo(organization.time_zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0)


def track_for_vehicle(
    *, actor: Actor, vehicle_id: int, start: dt.datetime, end: dt.datetime
) -> dict[str, Any] | None:
    """Columns of a vehicle's fixes in [start, end), ascending; None when not the actor's.

    At most TRACK_MAX_POINTS, the newest; `truncated` says when older ones were left out.
    """
    if not Vehicle.objects.for_actor(actor).filter(pk=vehicle_id).exists():
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (extract(epoch FROM recorded_at) * 1000)::bigint,"
            " round(ST_X(point)::numeric, 6)::float8, round(ST_Y(point)::numeric, 6)::float8,"
            " speed_mps, quality FROM vehicles_position"
            " WHERE vehicle_id = %s AND recorded_at >= %s AND recorded_at < %s"
            " ORDER BY recorded_at DESC LIMIT %s",
            [vehicle_id, start, end, TRACK_MAX_POINTS + 1],
        )
        rows = cursor.fetchall()
    truncated = len(rows) > TRACK_MAX_POINTS
    rows = rows[:TRACK_MAX_POINTS][::-1]
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    return dict(zip(("t", "lon", "lat", "speed", "flags"), columns, strict=True)) | {
        "truncated": truncated
    }


def _current_driver(vehicle: Vehicle, now: dt.datetime) -> dict[str, Any] | None:
    assignment = (
        Assignment.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            vehicle=vehicle,
            starts_at__lte=now,
            driver__isnull=False,
        )
        .select_related("driver")
        .first()
    )
    if assignment is None or assignment.driver is None:
        return None
    driver = assignment.driver
    return {
        "id": driver.pk,
        "name": driver.name,
        "phone": driver.phone,
        "since": to_ms(assignment.starts_at),
    }


def _latest(latest: LatestPosition) -> dict[str, Any]:
    attributes = latest.attributes or {}
    return {
        "t": to_ms(latest.recorded_at),
        "r": to_ms(latest.received_at),
        "lon": latest.point.x,
        "lat": latest.point.y,
        "motion": latest.motion,
        "attributes": dict(list(attributes.items())[:_PANEL_ATTRIBUTES]),
    } | {
        name: getattr(latest, name)
        for name in (
            "speed_mps", "heading_deg", "altitude_m", "accuracy_m", "odometer_m", "ignition",
            "fuel_l", "fuel_percent",
        )
    }  # fmt: skip


def _device(device: Device, latest: LatestPosition | None) -> dict[str, Any]:
    attributes = latest.attributes or {} if latest and latest.device_id == device.pk else {}
    return {
        "id": device.pk,
        "unique_id": device.unique_id,
        "protocol": device.protocol,
        "last_contact": to_ms(device.last_contact_at),
        "status": device.status,
        "status_label": device.get_status_display(),
        "battery_percent": _number(attributes, "battery_percent", "batteryLevel", "batt"),
        "power_v": _number(attributes, "power_v", "power"),
    }


def _number(attributes: dict[str, Any], *names: str) -> float | None:
    """The first of these attributes that is a number; formats name the same thing differently."""
    for name in names:
        value = attributes.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
    return None
