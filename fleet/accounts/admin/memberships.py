"""Members of an organization: joined by e-mail address, never the last owner lost."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminTextInputWidget

from fleet.accounts import services
from fleet.accounts.models import Membership
from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantForm, TenantModelAdmin, actor_of


class NewMemberForm(TenantForm):
    """Names the person by e-mail address: they may be new, or known from elsewhere."""

    email = forms.EmailField(label="E-mail address", widget=UnfoldAdminEmailInputWidget)
    name = forms.CharField(required=False, max_length=150, widget=UnfoldAdminTextInputWidget)

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        chosen = self.cleaned_data.get("organization")
        organization_id = chosen.pk if chosen else self.organization_id
        email = self.cleaned_data.get("email", "")
        if organization_id and Membership.objects.filter(
            organization_id=organization_id, user__email__iexact=email
        ):
            self.add_error("email", "This person is a member of the organization already.")
        return cleaned


class MemberForm(TenantForm):
    def clean_role(self) -> str:
        role: str = self.cleaned_data["role"]
        before = Membership.objects.get(pk=self.instance.pk)
        if role != before.role and services.is_last_owner(membership=before):
            raise ValidationError(
                "An organization needs an owner. Make somebody else an owner first."
            )
        return role


@admin.register(Membership)
class MembershipAdmin(TenantModelAdmin):
    area = Area.ACCOUNTS
    form = MemberForm
    list_display = ["user", "email", "role", "created_at"]
    list_filter = ["role"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]
    readonly_fields = ["user", "email", "created_at"]
    fields = ["user", "email", "role", "created_at"]

    @admin.display(description="E-mail address")
    def email(self, obj: Membership) -> str:
        return obj.user.email

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_fields(request, obj) if obj else ["email", "name", "role"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return super().get_readonly_fields(request, obj) if obj else []

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        if obj is None:
            kwargs["form"] = NewMemberForm
        return super().get_form(request, obj, change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        actor = actor_of(request)
        if change:
            services.change_member_role(actor=actor, membership_id=obj.pk, role=obj.role)
            return
        member = services.add_member(
            actor=actor,
            organization_id=obj.organization_id,
            email=form.cleaned_data["email"],
            name=form.cleaned_data["name"],
            role=obj.role,
        )
        obj.pk, obj.user, obj._state.adding = member.pk, member.user, False
        messages.info(
            request,
            f"{member.user.email} sets a password with “Forgot your password?” on the login page.",
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not services.is_last_owner(membership=obj))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.remove_member(actor=actor_of(request), membership_id=obj.pk)

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for membership in queryset:
            try:
                services.remove_member(actor=actor_of(request), membership_id=membership.pk)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "role":
            field.help_text = "Owners do everything; viewers only read."
        return field
