"""The history page of a record: its audit trail in the place of Django's admin log."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from fleet.accounts import audit
from fleet.accounts.tenant_admin.access import actor_of


class HistoryMixin:
    """Shows who changed the record, when, and each value before and after.

    Django's own admin log is not written: it knows only of changes made in the admin, and has
    no organization to filter by.
    """

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        admin: Any = self
        record = admin.get_object(request, unquote(object_id))
        if record is None:
            return admin._get_obj_does_not_exist_redirect(request, admin.model._meta, object_id)
        if not admin.has_view_permission(request, record):
            raise PermissionDenied
        entries = (
            audit.history_of_record(actor=actor_of(request), record=record)
            if audit.is_tracked(admin.model)
            else []
        )
        context = {
            **admin.admin_site.each_context(request),
            "title": f"History of {record}",
            "opts": admin.model._meta,
            "original": record,
            "entries": entries,
            "is_tracked": audit.is_tracked(admin.model),
            "most": audit.MAX_ENTRIES,
            **(extra_context or {}),
        }
        request.current_app = admin.admin_site.name
        return TemplateResponse(request, "admin/audit_history.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The database's triggers have recorded it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The database's triggers have recorded it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """The database's triggers have recorded it."""
