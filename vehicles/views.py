"""The live map and the data it asks for. Positions themselves come over the WebSocket."""

import datetime as dt
from typing import Any

import msgspec
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from fleet.accounts.access import page_for
from fleet.accounts.requests import FleetRequest
from fleet.accounts.roles import Area, may_change
from fleet.api.problems import problem_response
from vehicles import selectors

_TRACK_MAX_DAYS = 31


@require_GET
@page_for(Area.VEHICLES)
def live(request: FleetRequest) -> HttpResponse:
    """The live map."""
    return render(request, "live/map.html", {"page_config": _page_config(request)})


@require_GET
@page_for(Area.VEHICLES)
def live_vehicles(request: FleetRequest) -> HttpResponse:
    """Facts of every active vehicle of the organization."""
    if request.actor is None:
        return _no_organization()
    return _json(selectors.vehicle_facts_for_live(actor=request.actor))


@require_GET
@page_for(Area.VEHICLES)
def live_vehicle(request: FleetRequest, vehicle_id: int) -> HttpResponse:
    """The vehicle panel."""
    if request.actor is None:
        return _no_organization()
    panel = selectors.vehicle_panel(actor=request.actor, vehicle_id=vehicle_id, now=timezone.now())
    if panel is None:
        return _unknown_vehicle()
    admin = may_change(role=request.actor.role, area=Area.VEHICLES)
    panel["admin_url"] = _admin_url("vehicle", panel["id"]) if admin else None
    for device in panel["devices"]:
        device["admin_url"] = _admin_url("device", device["id"]) if admin else None
    return _json(panel)


@require_GET
@page_for(Area.VEHICLES)
def live_track(request: FleetRequest, vehicle_id: int) -> HttpResponse:
    """A vehicle's fixes between `from` and `to` (epoch milliseconds)."""
    if request.actor is None:
        return _no_organization()
    try:
        start, end = (
            dt.datetime.fromtimestamp(int(request.GET[name]) / 1000, dt.UTC)
            for name in ("from", "to")
        )
    except (KeyError, ValueError, OverflowError, OSError):
        return problem_response(
            status=400,
            title="The time range is missing or not a number",
            detail="Send from and to in milliseconds since 1970, such as ?from=1735689600000.",
        )
    if not start < end <= start + dt.timedelta(days=_TRACK_MAX_DAYS):
        return problem_response(
            status=400,
            title="The time range is not usable",
            detail=f"from must be before to, and at most {_TRACK_MAX_DAYS} days apart.",
        )
    track = selectors.track_for_vehicle(
        actor=request.actor, vehicle_id=vehicle_id, start=start, end=end
    )
    return _unknown_vehicle() if track is None else _json(track)


def _page_config(request: FleetRequest) -> dict[str, Any] | None:
    actor = request.actor
    organizations = {m.organization_id: m.organization for m in request.memberships}
    organization = organizations.get(actor.organization_id or 0) if actor else None
    if actor is None or organization is None:
        return None
    admin = may_change(role=actor.role, area=Area.VEHICLES)
    template = {"vehicle_id": 0}
    return {
        "wsUrl": "/ws/v1/live/",
        "mapStyleUrl": settings.MAP_STYLE_URL or None,
        "pmtilesUrl": settings.MAP_PMTILES_URL or None,
        "vehiclesUrl": reverse("live_vehicles"),
        "vehicleUrlTemplate": reverse("live_vehicle", kwargs=template).replace("0", "{id}"),
        "trackUrlTemplate": reverse("live_track", kwargs=template).replace("0", "{id}"),
        "units": organization.distance_unit,
        "timeZone": organization.time_zone,
        "organization": {"id": organization.pk, "name": organization.name},
        "offline": {
            "moving_s": organization.offline_after_moving_s,
            "parked_s": organization.offline_after_parked_s,
        },
        "ingestUrl": request.build_absolute_uri("/ingest/osmand"),
        "adminUrl": reverse("admin:vehicles_device_changelist") if admin else None,
    }


def _admin_url(model: str, pk: int) -> str:
    return reverse(f"admin:vehicles_{model}_change", args=[pk])


def _json(content: Any) -> HttpResponse:
    response = HttpResponse(msgspec.json.encode(content), content_type="application/json")
    response["Cache-Control"] = "private, no-cache"
    return response


def _unknown_vehicle() -> HttpResponse:
    return problem_response(
        status=404,
        title="No such vehicle",
        detail="It does not exist, or was removed. Go back to the list.",
    )


def _no_organization() -> HttpResponse:
    return problem_response(
        status=404,
        title="You are not a member of any organization",
        detail="Ask an owner of your company's fleet account to add you.",
    )
