import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, reverse
from django.utils import timezone

from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantForm, TenantInline, TenantModelAdmin, actor_of
from fleet.accounts.tenant_admin.export import ExportMixin
from vehicles import selectors, services
from vehicles.admin.choices import multiple_choice
from vehicles.admin.filters import ArchivedFilter, OwnGroupFilter
from vehicles.admin.group_action import GroupActionForm
from vehicles.admin.maps import MapMixin
from vehicles.models import Device, LatestPosition, Skill, Vehicle, VehicleGroupMember
from vehicles.vin import vin_warning

TRACK_HOURS = 24


class VehicleForm(TenantForm):
    skills = multiple_choice(Skill)


class DeviceInline(TenantInline):
    model = Device
    fields = ["unique_id", "name", "status", "speed_unit", "last_contact_at"]
    readonly_fields = ["last_contact_at"]
    show_change_link = True
    can_delete = False
    ordering = ["unique_id"]
    verbose_name_plural = "Trackers"


class GroupInline(TenantInline):
    model = VehicleGroupMember
    fields = ["group"]
    ordering = ["group__name"]
    verbose_name = "group"
    verbose_name_plural = "Groups"


@admin.register(Vehicle)
class VehicleAdmin(MapMixin, ExportMixin, TenantModelAdmin):
    area = Area.VEHICLES
    form = VehicleForm
    action_form = GroupActionForm
    list_display = ["number", "plate", "make", "model", "vehicle_class", "groups_shown",
                    "last_seen", "is_archived"]  # fmt: skip
    list_select_related = ["latest"]
    list_filter = [ArchivedFilter, OwnGroupFilter, "vehicle_class", "fuel", "make"]
    search_fields = ["number", "plate", "vin", "make", "model"]
    readonly_fields = ["archived_at", "created_at", "updated_at"]
    inlines = [DeviceInline, GroupInline]
    actions = ["archive", "restore", "add_to_group", "export_csv"]
    export_fields = ["number", "vin", "plate", "plate_jurisdiction", "make", "model", "year",
                     "vehicle_class", "fuel", "gvwr_kg", "payload_kg", "volume_m3", "pallets",
                     "seats", "skills", "tags", "archived_at"]  # fmt: skip
    map_title = "Track"
    fieldsets = [
        (None, {"fields": [("number", "vehicle_class"), ("plate", "plate_jurisdiction"), "vin",
                           ("make", "model", "year"), ("fuel", "gvwr_kg")]}),
        ("Capacity", {"fields": [("payload_kg", "volume_m3"), ("pallets", "seats"), "skills"]}),
        ("More", {"classes": ["collapse"],
                  "fields": ["tags", "external_ids", "archived_at", ("created_at", "updated_at")]}),
    ]  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> Any:
        members = VehicleGroupMember.objects.select_related("group").order_by("group__name")
        return (
            super()
            .get_queryset(request)
            .prefetch_related(Prefetch("group_members", queryset=members))
        )

    @admin.display(description="Groups")
    def groups_shown(self, obj: Vehicle) -> str:
        return ", ".join(m.group.name for m in obj.group_members.all())

    @admin.display(description="Last fix (UTC)", ordering="latest__recorded_at")
    def last_seen(self, obj: Vehicle) -> str:
        latest = getattr(obj, "latest", None)
        return f"{latest.recorded_at:%Y-%m-%d %H:%M}" if latest else "never"

    @admin.display(description="In use", boolean=True, ordering="archived_at")
    def is_archived(self, obj: Vehicle) -> bool:
        return obj.archived_at is None

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if obj.vin and (warning := vin_warning(obj.vin)):
            messages.warning(request, warning)

    # --- bulk actions -------------------------------------------------------------------------
    @admin.action(description="Archive", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: Any) -> None:
        count = services.archive_vehicles(actor=actor_of(request), vehicle_ids=_ids(queryset))
        messages.success(request, f"Archived {count} vehicles; their history is kept.")

    @admin.action(description="Put back into use", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: Any) -> None:
        count = services.restore_vehicles(actor=actor_of(request), vehicle_ids=_ids(queryset))
        messages.success(request, f"Put {count} vehicles back into use.")

    @admin.action(description="Add to group", permissions=["change"])
    def add_to_group(self, request: HttpRequest, queryset: Any) -> None:
        group = request.POST.get("group", "")
        if not group.isdigit():
            messages.error(request, "Choose the group beside the action, then run it again.")
            return
        try:
            count = services.add_vehicles_to_group(
                actor=actor_of(request), group_id=int(group), vehicle_ids=_ids(queryset)
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return
        messages.success(request, f"Added {count} vehicles to the group.")

    # --- track --------------------------------------------------------------------------------
    def get_urls(self) -> Any:
        track = path(
            "<int:vehicle_id>/track.json",
            self.admin_site.admin_view(self.track_view),
            name="vehicles_vehicle_track",
        )
        return [track, *super().get_urls()]

    def track_view(self, request: HttpRequest, vehicle_id: int) -> HttpResponse:
        """Columns of the vehicle's fixes in the TRACK_HOURS before its newest one."""
        actor = actor_of(request)
        if not self.has_view_permission(request):
            return JsonResponse({"detail": "Your role may not see vehicles."}, status=403)
        latest = LatestPosition.objects.for_actor(actor).filter(pk=vehicle_id).first()
        end = latest.recorded_at if latest else timezone.now()
        track = selectors.track_for_vehicle(
            actor=actor,
            vehicle_id=vehicle_id,
            start=end - dt.timedelta(hours=TRACK_HOURS),
            end=end + dt.timedelta(microseconds=1),
        )
        if track is None:
            return JsonResponse({"detail": "This vehicle does not exist."}, status=404)
        return JsonResponse(track)

    def map_config(self, request: HttpRequest, obj: Vehicle) -> dict[str, Any]:
        url = reverse("admin:vehicles_vehicle_track", args=[obj.pk])
        return {"kind": "track", "trackUrl": url, "hours": TRACK_HOURS}


def _ids(queryset: Any) -> list[int]:
    return list(queryset.values_list("pk", flat=True))
