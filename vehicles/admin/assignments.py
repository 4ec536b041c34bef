from django.contrib import admin
from django.http import HttpRequest

from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantModelAdmin, actor_of
from fleet.accounts.tenant_admin.export import ExportMixin
from vehicles.models import Assignment


@admin.register(Assignment)
class AssignmentAdmin(ExportMixin, TenantModelAdmin):
    area = Area.VEHICLES
    list_display = ["vehicle", "driver", "trailer", "starts_at", "ends_at", "source"]
    list_select_related = ["vehicle", "driver", "trailer"]
    list_filter = [("ends_at", admin.EmptyFieldListFilter), "source", "starts_at"]
    search_fields = ["vehicle__number", "driver__name", "trailer__number"]
    autocomplete_fields = ["vehicle", "driver", "trailer"]
    readonly_fields = ["source", "created_at"]
    actions = ["export_csv"]
    export_fields = ["vehicle__number", "driver__name", "trailer__number", "starts_at",
                     "ends_at", "source"]  # fmt: skip
    fields = ["vehicle", "driver", "trailer", ("starts_at", "ends_at"), ("source", "created_at")]

    def save_model(self, request: HttpRequest, obj: Assignment, form: object, change: bool) -> None:
        obj.source = actor_of(request).source.value
        super().save_model(request, obj, form, change)
