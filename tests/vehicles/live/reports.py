"""Vehicles that report: the row and the frame that the pipeline would make of it."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.gis.geos import Point
from redis import Redis

from fleet.accounts.scope import organization_scope
from fleet.realtime.publish import publish_columns
from tests.cast import Cast
from vehicles.live import VehicleLive
from vehicles.live_columns import Columns, live_columns
from vehicles.models import LatestPosition

P = ParamSpec("P")
T = TypeVar("T")

START = dt.datetime(2026, 3, 1, 12, 0, 0, 123_456, dt.UTC)


@dataclass(frozen=True, kw_only=True)
class Report:
    """One vehicle's fix, `second` seconds after START."""

    vehicle: int
    second: float
    lon: float = -97.743061
    lat: float = 30.267153
    speed_mps: float | None = 12.34
    heading_deg: float | None = 359.7
    motion: int = 2
    ignition: bool | None = True


def store(cast: Cast, *reports: Report) -> Columns:
    """Update the latest positions; the columns of those that moved on."""
    moved = []
    with organization_scope(cast.id):
        for report in reports:
            at = START + dt.timedelta(seconds=report.second)
            newer = LatestPosition.objects.filter(vehicle_id=report.vehicle, recorded_at__gte=at)
            if newer.exists():
                continue
            LatestPosition.objects.update_or_create(
                vehicle_id=report.vehicle,
                defaults={
                    "organization_id": cast.id,
                    "recorded_at": at,
                    "received_at": at + dt.timedelta(seconds=1),
                    "point": Point(report.lon, report.lat, srid=4326),
                    "speed_mps": report.speed_mps,
                    "heading_deg": report.heading_deg,
                    "motion": report.motion,
                    "motion_since": at,
                    "ignition": report.ignition,
                },
            )
            moved.append((report, round(at.timestamp() * 1e6)))
    return live_columns(
        vehicle=[report.vehicle for report, _ in moved],
        recorded_at_us=[us for _, us in moved],
        received_at_us=[us + 1_000_000 for _, us in moved],
        lon=[report.lon for report, _ in moved],
        lat=[report.lat for report, _ in moved],
        speed_mps=[report.speed_mps for report, _ in moved],
        heading_deg=[report.heading_deg for report, _ in moved],
        motion=[report.motion for report, _ in moved],
        ignition=[report.ignition for report, _ in moved],
    )


def publish(cast: Cast, columns: Columns) -> int:
    """Publish a frame; its sequence number."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        return publish_columns(redis, organization_id=cast.id, columns=columns)


def report(cast: Cast, *reports: Report) -> int:
    """Store, then publish what moved on; the frame's sequence number."""
    return publish(cast, store(cast, *reports))


def state_of(cast: Cast) -> Columns:
    """What a fresh snapshot shows."""
    return VehicleLive().state_of(organization_id=cast.id).columns


async def aside(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Do this in a thread that closes its database connection afterwards."""
    return await database_sync_to_async(work, thread_sensitive=False)(*args, **kwargs)
