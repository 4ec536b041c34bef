from typing import Any

import redis
from django.contrib import admin, messages
from django.http import HttpRequest

from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantModelAdmin, actor_of
from fleet.accounts.tenant_admin.export import ExportMixin
from vehicles.ingest import stream
from vehicles.models import RejectedFix
from vehicles.requeue import requeue_rejected


@admin.register(RejectedFix)
class RejectedFixAdmin(ExportMixin, TenantModelAdmin):
    """What could not be stored, why, and the text as it came."""

    area = Area.VEHICLES
    list_display = ["received_at", "device", "reason", "detail", "format", "requeued_at"]
    list_filter = ["reason", "format", ("requeued_at", admin.EmptyFieldListFilter), "received_at"]
    search_fields = ["device", "detail"]
    ordering = ["-received_at"]
    actions = ["try_again", "export_csv"]
    export_fields = ["received_at", "device", "reason", "detail", "format", "raw", "requeued_at"]
    fields = ["received_at", "device", "reason", "detail", "format", "raw", "entry",
              "entry_index", "requeued_at"]  # fmt: skip

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_requeue_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request)

    @admin.action(description="Try again", permissions=["requeue"])
    def try_again(self, request: HttpRequest, queryset: Any) -> None:
        client = stream.connect()
        try:
            result = requeue_rejected(
                actor=actor_of(request),
                ids=list(queryset.values_list("pk", flat=True)),
                client=client,
            )
        except redis.RedisError:
            messages.error(request, "Redis cannot be reached now; try again in a moment.")
            return
        finally:
            client.close()
        if result.sent:
            messages.success(request, f"{result.sent} fixes are on their way to be stored.")
        if still := result.still_rejected:
            reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(still.items()))
            messages.warning(request, f"Still rejected: {reasons}.")
