from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from fleet.accounts.models import Organization
from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import HistoryMixin, RoleMixin, actor_of


@admin.register(Organization)
class OrganizationAdmin(HistoryMixin, RoleMixin, ModelAdmin):
    """A member sees and sets up their own; operators see all and make new ones by command."""

    area = Area.SETTINGS
    list_display = ["name", "slug", "time_zone", "distance_unit", "created_at"]
    search_fields = ["name", "slug"]
    readonly_fields = ["created_at"]
    warn_unsaved_form = True
    fieldsets = [
        (None, {"fields": ["name", "slug", "time_zone", "distance_unit"]}),
        (
            "Trackers",
            {
                "fields": [
                    "offline_after_moving_s",
                    "offline_after_parked_s",
                    "register_unknown_devices",
                ]
            },
        ),
        (None, {"fields": ["created_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> Any:
        return Organization.objects.for_actor(actor_of(request)).order_by("name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The slug stands in the settings of other systems; only operators may change it.
        fields = list(super().get_readonly_fields(request, obj))
        return fields if actor_of(request).is_platform else [*fields, "slug"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # create_organization also makes its owner and first key

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # would take a whole fleet's history with it
