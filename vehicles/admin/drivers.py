from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest

from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantForm, TenantModelAdmin, actor_of
from fleet.accounts.tenant_admin.export import ExportMixin
from vehicles import services
from vehicles.admin.choices import multiple_choice
from vehicles.admin.filters import ArchivedFilter
from vehicles.models import Driver, Skill


class DriverForm(TenantForm):
    skills = multiple_choice(Skill)


@admin.register(Driver)
class DriverAdmin(ExportMixin, TenantModelAdmin):
    area = Area.VEHICLES
    form = DriverForm
    list_display = ["name", "phone", "licence_class", "licence_expires_on", "duty_status", "user"]
    list_select_related = ["user"]
    list_filter = [ArchivedFilter, "duty_status", "licence_class", "licence_expires_on"]
    search_fields = ["name", "phone", "user__email"]
    readonly_fields = ["duty_status", "archived_at", "created_at", "updated_at"]
    actions = ["archive", "restore", "export_csv"]
    # Without the licence number: it is encrypted at rest and does not belong in files.
    export_fields = ["name", "phone", "licence_class", "licence_expires_on", "duty_status",
                     "skills", "archived_at"]  # fmt: skip
    fieldsets = [
        (None, {"fields": [("name", "phone"), "user", "duty_status"]}),
        ("Licence", {"fields": ["licence_number", ("licence_class", "licence_expires_on")]}),
        ("More", {"fields": ["skills", "archived_at", ("created_at", "updated_at")]}),
    ]

    @admin.action(description="Archive", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: Any) -> None:
        count = services.archive_drivers(
            actor=actor_of(request), driver_ids=list(queryset.values_list("pk", flat=True))
        )
        messages.success(request, f"Archived {count} drivers; their history is kept.")

    @admin.action(description="Put back on the lists", permissions=["change"])
    def restore(self, request: HttpRequest, queryset: Any) -> None:
        count = services.restore_drivers(
            actor=actor_of(request), driver_ids=list(queryset.values_list("pk", flat=True))
        )
        messages.success(request, f"Put {count} drivers back on the lists.")
