"""The live state of one organization's vehicles, read as columns without model instances."""

from typing import Any

from django.db import connection

from fleet.accounts.scope import organization_scope
from fleet.realtime.source import State
from fleet.realtime.subscription import Groups
from vehicles.live_columns import live_columns

_LATEST = """
SELECT latest.vehicle_id,
       floor(extract(epoch FROM latest.recorded_at) * 1000000)::bigint,
       floor(extract(epoch FROM latest.received_at) * 1000000)::bigint,
       ST_X(latest.point), ST_Y(latest.point),
       latest.speed_mps, latest.heading_deg, latest.motion, latest.ignition
  FROM vehicles_latestposition latest
  JOIN vehicles_vehicle vehicle ON vehicle.id = latest.vehicle_id
 WHERE latest.organization_id = %s AND vehicle.archived_at IS NULL
 ORDER BY latest.vehicle_id
"""
_GROUPS = """
SELECT group_id, array_agg(vehicle_id) FROM vehicles_vehiclegroupmember
 WHERE organization_id = %s GROUP BY group_id
"""
_THRESHOLDS = """
SELECT offline_after_moving_s, offline_after_parked_s FROM accounts_organization WHERE id = %s
"""


class VehicleLive:
    """The `LiveSource` of vehicles: three queries for a state, one for the groups."""

    def state_of(self, *, organization_id: int) -> State:
        """Every vehicle with a position that is not archived, the groups, the thresholds."""
        with organization_scope(organization_id):
            rows = _fetch(_LATEST, organization_id)
            groups = _groups(organization_id)
            thresholds = _fetch(_THRESHOLDS, organization_id)
        columns = zip(*rows, strict=True) if rows else iter([()] * 9)
        vehicle, recorded, received, lon, lat, speed, heading, motion, ignition = columns
        facts = {}
        if thresholds:
            moving_s, parked_s = thresholds[0]
            facts["offline"] = {"moving_s": moving_s, "parked_s": parked_s}
        return State(
            columns=live_columns(
                vehicle=vehicle,
                recorded_at_us=recorded,
                received_at_us=received,
                lon=lon,
                lat=lat,
                speed_mps=speed,
                heading_deg=heading,
                motion=motion,
                ignition=ignition,
            ),
            groups=groups,
            facts=facts,
        )

    def groups_of(self, *, organization_id: int) -> Groups:
        """The ids of the vehicles in each group, by group id."""
        with organization_scope(organization_id):
            return _groups(organization_id)


def _groups(organization_id: int) -> Groups:
    return {group: frozenset(members) for group, members in _fetch(_GROUPS, organization_id)}


def _fetch(sql: str, organization_id: int) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, [organization_id])
        return cursor.fetchall()
