"""Base of every admin page of tenant records: the first wall, rights by role, history."""

from typing import Any, ClassVar

from django import forms
from django.contrib.admin.options import InlineModelAdmin
from django.db import models
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

from fleet.accounts.models import User
from fleet.accounts.roles import Area
from fleet.accounts.tenancy import TenantQuerySet
from fleet.accounts.tenant_admin.access import actor_of, may_edit, may_see
from fleet.accounts.tenant_admin.forms import TenantForm
from fleet.accounts.tenant_admin.history import HistoryMixin


class OwnChoicesMixin:
    """Offers in every reference field only what belongs to the record's organization."""

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        related = db_field.remote_field.model
        organization_id = getattr(request, "form_organization_id", None)
        if "queryset" not in kwargs:
            if issubclass(related, User):
                people = User.objects.filter(is_active=True)
                if organization_id is not None:
                    people = people.filter(memberships__organization_id=organization_id)
                kwargs["queryset"] = people
            elif isinstance(rows := related._default_manager.all(), TenantQuerySet):
                rows = rows.for_actor(actor_of(request))
                if organization_id is not None:
                    rows = rows.filter(organization_id=organization_id)
                kwargs["queryset"] = rows
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class RoleMixin:
    """Rights from the person's role in the area of the product that the records belong to."""

    area: ClassVar[Area]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_see(request, self.area)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_see(request, self.area)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request, self.area)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request, self.area)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_edit(request, self.area)


class TenantModelAdmin(HistoryMixin, RoleMixin, OwnChoicesMixin, ModelAdmin):
    """Pages of a model with an organization.

    Members see and make records of their own organization and never see the field; operators of
    the platform see all organizations and choose one for a new record.
    """

    form = TenantForm
    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    list_filter_submit = True
    warn_unsaved_form = True

    def get_queryset(self, request: HttpRequest) -> Any:
        rows = self.model._default_manager.all().for_actor(actor_of(request))
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def get_list_display(self, request: HttpRequest) -> Any:
        columns = list(super().get_list_display(request))
        return [*columns, "organization"] if actor_of(request).is_platform else columns

    def get_list_select_related(self, request: HttpRequest) -> Any:
        related = super().get_list_select_related(request)
        return [*related, "organization"] if isinstance(related, list | tuple) else related

    def get_list_filter(self, request: HttpRequest) -> Any:
        filters = list(super().get_list_filter(request))
        return [*filters, "organization"] if actor_of(request).is_platform else filters

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        fieldsets = super().get_fieldsets(request, obj)
        if not actor_of(request).is_platform or self.model is None:
            return fieldsets
        return [("Organization", {"fields": ["organization"]}), *fieldsets]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # Django asks the form when no fields are named, and the form declares `organization`.
        return [name for name in super().get_fields(request, obj) if name != "organization"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fields = list(super().get_readonly_fields(request, obj))
        return fields if obj is None else [*fields, "organization"]

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> Any:
        return [*(super().get_exclude(request, obj) or ()), "organization"]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        actor = actor_of(request)
        organization_id = obj.organization_id if obj else actor.organization_id
        request.form_organization_id = organization_id  # type: ignore[attr-defined]
        attributes: dict[str, Any] = {"organization_id": organization_id}
        if organization_id is not None:
            attributes["organization"] = None
        base = kwargs.pop("form", self.form)
        form: type[forms.ModelForm] = super().get_form(
            request, obj, change, form=type(base.__name__, (base,), attributes), **kwargs
        )
        return form

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for instance in formset.save(commit=False):
            if getattr(instance, "organization_id", 0) is None:
                instance.organization_id = form.instance.organization_id
            instance.save()
        for gone in formset.deleted_objects:
            gone.delete()
        formset.save_m2m()


class TenantInline(OwnChoicesMixin, TabularInline):
    """Rows of a record on the record's own page, with the rights of that page."""

    extra = 0

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        organization_id = obj.organization_id if obj else actor_of(request).organization_id
        request.form_organization_id = organization_id  # type: ignore[attr-defined]
        return super().get_formset(request, obj, **kwargs)

    def _parent(self) -> InlineModelAdmin:
        return self.admin_site._registry[self.parent_model]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._parent().has_change_permission(request)
