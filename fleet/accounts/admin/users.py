from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from fleet.accounts.models import User
from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import HistoryMixin, RoleMixin, actor_of


@admin.register(User)
class UserAdmin(HistoryMixin, RoleMixin, ModelAdmin):
    """Operators change people; owners see those of their organization.

    A person may belong to several organizations, so one owner must not rename or close them:
    an owner removes the membership instead.
    """

    area = Area.ACCOUNTS
    list_display = ["email", "name", "is_active", "is_staff", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_staff", "is_superuser"]
    search_fields = ["email", "name"]
    fields = ["email", "name", "is_active", "is_staff", "is_superuser", "created_at", "last_login"]
    readonly_fields = ["created_at", "last_login"]
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> Any:
        actor = actor_of(request)
        people = User.objects.order_by("email")
        if actor.organization_id is None:
            return people
        return people.filter(memberships__organization_id=actor.organization_id)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if actor_of(request).is_platform:
            return super().get_fields(request, obj)
        return ["email", "name", "is_active", "last_login"]

    def get_list_display(self, request: HttpRequest) -> Any:
        if actor_of(request).is_platform:
            return super().get_list_display(request)
        return ["email", "name", "is_active", "last_login"]

    def get_list_filter(self, request: HttpRequest) -> Any:
        return super().get_list_filter(request) if actor_of(request).is_platform else ["is_active"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # people come with their first membership

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return actor_of(request).is_platform

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # the audit trail names them; close the account with is_active
