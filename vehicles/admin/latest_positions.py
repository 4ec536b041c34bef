from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantModelAdmin
from fleet.accounts.tenant_admin.export import ExportMixin
from vehicles.admin.maps import MapMixin
from vehicles.models import LatestPosition, Quality


@admin.register(LatestPosition)
class LatestPositionAdmin(MapMixin, ExportMixin, TenantModelAdmin):
    """Where each vehicle is; written by the pipeline only."""

    area = Area.VEHICLES
    list_display = ["vehicle", "recorded_at", "received_at", "motion", "speed_mps", "ignition",
                    "odometer_m", "quality_shown"]  # fmt: skip
    list_select_related = ["vehicle"]
    list_filter = ["motion", "ignition", "recorded_at"]
    search_fields = ["vehicle__number", "vehicle__plate"]
    actions = ["export_csv"]
    export_fields = ["vehicle__number", "recorded_at", "received_at", "motion", "speed_mps",
                     "heading_deg", "odometer_m", "ignition"]  # fmt: skip
    fields = ["vehicle", "device", ("recorded_at", "received_at"), "coordinates",
              ("motion", "motion_since"), ("speed_mps", "heading_deg"),
              ("altitude_m", "accuracy_m"), ("odometer_m", "ignition"),
              ("fuel_l", "fuel_percent"), "quality_shown", "attributes"]  # fmt: skip
    readonly_fields = ["coordinates", "quality_shown"]

    @admin.display(description="Longitude, latitude")
    def coordinates(self, obj: LatestPosition) -> str:
        return f"{obj.point.x:.6f}, {obj.point.y:.6f}"

    @admin.display(description="Doubts")
    def quality_shown(self, obj: LatestPosition) -> str:
        flags = [flag.name or "" for flag in Quality if flag and flag in Quality(obj.quality)]
        return ", ".join(name.lower().replace("_", " ") for name in flags) or "none"

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def map_config(self, request: HttpRequest, obj: LatestPosition) -> dict[str, Any]:
        return {
            "kind": "point",
            "lon": obj.point.x,
            "lat": obj.point.y,
            "heading": obj.heading_deg,
            "accuracyM": obj.accuracy_m,
        }
