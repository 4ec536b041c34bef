from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin import TenantForm, TenantModelAdmin, actor_of
from fleet.accounts.tenant_admin.export import ExportMixin
from vehicles import meters
from vehicles.models import MeterKind, MeterReading, MeterSource


class MeterReadingForm(TenantForm):
    confirm_outlier = forms.BooleanField(
        required=False,
        label="It really was that far",
        help_text="Tick this when a reading far above the usual use is right.",
    )


@admin.register(MeterReading)
class MeterReadingAdmin(ExportMixin, TenantModelAdmin):
    """Readings are recorded and voided, never changed or deleted."""

    area = Area.VEHICLES
    form = MeterReadingForm
    list_display = ["vehicle", "kind", "value", "observed_at", "source", "is_valid"]
    list_select_related = ["vehicle"]
    list_filter = ["kind", "source", ("voided_at", admin.EmptyFieldListFilter), "observed_at"]
    search_fields = ["vehicle__number"]
    autocomplete_fields = ["vehicle"]
    actions = ["export_csv"]
    export_fields = ["vehicle__number", "kind", "value", "offset", "observed_at", "source",
                     "voided_at", "void_reason"]  # fmt: skip

    @admin.display(description="Valid", boolean=True, ordering="voided_at")
    def is_valid(self, obj: MeterReading) -> bool:
        return obj.voided_at is None

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ["vehicle", "kind", "value", "offset", "observed_at", "confirm_outlier"]
        return ["vehicle", "kind", "value", "offset", "observed_at", "source", "voided_at",
                "void_reason", "created_at"]  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        fixed = [*super().get_readonly_fields(request, obj), "source", "voided_at", "created_at"]
        if obj is None:
            return fixed
        fixed += ["vehicle", "kind", "value", "offset", "observed_at", "confirm_outlier"]
        return fixed if obj.voided_at is None else [*fixed, "void_reason"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        form = super().get_form(request, obj, change, **kwargs)
        actor = actor_of(request)

        class RecordingForm(form):  # type: ignore[misc,valid-type]
            """Records or voids while it validates, so that doubts are shown at the form."""

            def _post_clean(self) -> None:
                super()._post_clean()
                if self.errors:
                    return
                try:
                    self.recorded = _write(actor, self)
                except ValidationError as error:
                    self._update_errors(error)

        return RecordingForm

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk, obj._state.adding = form.recorded.pk, False
        if change:
            messages.info(request, "The reading is void now and takes part in no calculation.")


def _write(actor: Any, form: Any) -> MeterReading:
    reading: MeterReading = form.instance
    if reading.pk:
        return meters.void_meter_reading(
            actor=actor, reading_id=reading.pk, reason=form.cleaned_data.get("void_reason", "")
        )
    return meters.record_meter_reading(
        actor=actor,
        vehicle=reading.vehicle,
        kind=MeterKind(reading.kind),
        value=reading.value,
        offset=reading.offset,
        observed_at=reading.observed_at,
        source=MeterSource.MANUAL,
        confirm_outlier=form.cleaned_data.get("confirm_outlier", False),
    )
