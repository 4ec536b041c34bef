import datetime as dt
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from fleet.accounts import services
from fleet.accounts.models import ApiKey, ApiKeyScope
from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantForm, TenantModelAdmin, actor_of


class ApiKeyForm(TenantForm):
    scopes = forms.MultipleChoiceField(
        choices=ApiKeyScope.choices, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    def clean_expires_at(self) -> dt.datetime | None:
        expires_at: dt.datetime | None = self.cleaned_data["expires_at"]
        if expires_at is not None and expires_at <= timezone.now():
            raise ValidationError("The expiry is in the past; choose a later time.")
        return expires_at


@admin.register(ApiKey)
class ApiKeyAdmin(TenantModelAdmin):
    """Keys are made and revoked, never changed: what a key may do is fixed with its text."""

    area = Area.ACCOUNTS
    form = ApiKeyForm
    list_display = ["name", "shown_prefix", "scopes", "created_by", "expires_at", "last_used_at",
                    "revoked_at"]  # fmt: skip
    list_select_related = ["created_by"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter), "expires_at"]
    search_fields = ["name", "prefix"]
    fields = ["name", "scopes", "expires_at"]
    actions = ["revoke"]

    @admin.display(description="Key")
    def shown_prefix(self, obj: ApiKey) -> str:
        return f"fk_{obj.prefix}…"

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a revoked key keeps telling what it was

    def has_revoke_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        key, text = services.create_api_key(
            actor=actor_of(request),
            organization_id=obj.organization_id,
            name=obj.name,
            scopes=obj.scopes,
            expires_at=obj.expires_at,
        )
        obj.pk, obj.prefix, obj._state.adding = key.pk, key.prefix, False
        messages.success(
            request,
            format_html(
                "Copy the key now, it is not shown again: <code>{}</code>. Send it as"
                " <code>Authorization: Api-Key …</code>.",
                text,
            ),
        )

    @admin.action(description="Revoke", permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        for key in queryset:
            services.revoke_api_key(actor=actor_of(request), key_id=key.pk)
        messages.success(request, f"Revoked {len(queryset)} keys. Trackers notice within seconds.")
