from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest

from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantInline, TenantModelAdmin
from vehicles.models import VehicleGroup, VehicleGroupMember


class MemberInline(TenantInline):
    model = VehicleGroupMember
    autocomplete_fields = ["vehicle"]
    fields = ["vehicle"]
    ordering = ["vehicle__number"]
    per_page = 50
    verbose_name = "vehicle"
    verbose_name_plural = "Vehicles"


@admin.register(VehicleGroup)
class VehicleGroupAdmin(TenantModelAdmin):
    area = Area.VEHICLES
    list_display = ["name", "vehicle_count"]
    search_fields = ["name"]
    fields = ["name"]
    inlines = [MemberInline]

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(member_count=Count("members"))

    @admin.display(description="Vehicles", ordering="member_count")
    def vehicle_count(self, obj: Any) -> int:
        return int(obj.member_count)
