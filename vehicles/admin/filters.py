"""List filters that several pages share."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class ArchivedFilter(admin.SimpleListFilter):
    """In use unless asked otherwise: archived records are kept, not shown."""

    title = "in use"
    parameter_name = "archived"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Archived"), ("all", "All")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "all":
            return queryset
        return queryset.filter(archived_at__isnull=self.value() != "yes")

    def choices(self, changelist: Any) -> Any:
        for choice in super().choices(changelist):
            yield choice | ({"display": "In use"} if choice["display"] == "All" and not
                            choice["query_string"].count("archived=") else {})  # fmt: skip


class OwnGroupFilter(admin.SimpleListFilter):
    """Groups of the person's own organization."""

    title = "group"
    parameter_name = "group"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        from fleet.accounts.tenant_admin import actor_of
        from vehicles.models import VehicleGroup

        groups = VehicleGroup.objects.for_actor(actor_of(request)).order_by("name")
        return [(str(pk), name) for pk, name in groups.values_list("pk", "name")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        value = self.value()
        if not value or not value.isdigit():
            return queryset
        return queryset.filter(group_members__group_id=int(value))
