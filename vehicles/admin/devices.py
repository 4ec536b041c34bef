from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from unfold.decorators import action

from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantModelAdmin, actor_of
from fleet.accounts.tenant_admin.export import ExportMixin
from vehicles import services
from vehicles.models import Device


@admin.register(Device)
class DeviceAdmin(ExportMixin, TenantModelAdmin):
    area = Area.VEHICLES
    list_display = ["unique_id", "name", "vehicle", "status", "protocol", "last_contact_at"]
    list_select_related = ["vehicle"]
    list_filter = ["status", "protocol", ("vehicle", admin.EmptyFieldListFilter),
                   "last_contact_at"]  # fmt: skip
    search_fields = ["unique_id", "name", "vehicle__number"]
    autocomplete_fields = ["vehicle"]
    readonly_fields = ["token_shown", "protocol", "last_contact_at", "created_at"]
    actions = ["approve", "disable", "export_csv"]
    actions_detail = ["new_token"]
    export_fields = ["unique_id", "name", "vehicle__number", "status", "protocol", "speed_unit",
                     "last_contact_at"]  # fmt: skip
    fieldsets = [
        (None, {"fields": [("unique_id", "name"), ("vehicle", "status"), "speed_unit"]}),
        ("Contact", {"fields": ["token_shown", "protocol", "last_contact_at", "created_at"]}),
    ]

    @admin.display(description="Token")
    def token_shown(self, obj: Device) -> str:
        if not obj.token_prefix:
            return "none; the device reports with an API key"
        return f"fd_{obj.token_prefix}…"

    @admin.action(description="Approve", permissions=["change"])
    def approve(self, request: HttpRequest, queryset: Any) -> None:
        count = services.approve_devices(actor=actor_of(request), device_ids=_ids(queryset))
        messages.success(
            request,
            f"Approved {count} devices. Positions they sent before are among the rejected fixes;"
            " “Try again” there stores them.",
        )

    @admin.action(description="Disable", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: Any) -> None:
        count = services.disable_devices(actor=actor_of(request), device_ids=_ids(queryset))
        messages.success(request, f"Disabled {count} devices. Doors notice within seconds.")

    @action(description="New token", permissions=["change"], icon="key")
    def new_token(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Give the device a new token, after asking: the old one stops working."""
        device = self.get_object(request, object_id)
        page = reverse("admin:vehicles_device_change", args=[object_id])
        if device is None:
            return HttpResponseRedirect(reverse("admin:vehicles_device_changelist"))
        if request.method != "POST":
            return self._ask(request, device, page)
        text = services.issue_device_token(actor=actor_of(request), device_id=device.pk)
        messages.success(
            request,
            format_html(
                "Copy the token now, it is not shown again: <code>{}</code>. Put it at the end of"
                " the server address in the app, or send it as a Bearer token.",
                text,
            ),
        )
        return HttpResponseRedirect(page)

    def _ask(self, request: HttpRequest, device: Device, page: str) -> HttpResponse:
        return TemplateResponse(
            request,
            "admin/vehicles/new_token.html",
            {
                **self.admin_site.each_context(request),
                "title": f"New token for {device}",
                "opts": self.model._meta,
                "device": device,
                "page": page,
            },
        )


def _ids(queryset: Any) -> list[int]:
    return list(queryset.values_list("pk", flat=True))
