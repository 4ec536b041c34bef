"""Forms of tenant records: which organization a record belongs to, and what it may point at."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminSelectWidget

from fleet.accounts.models import Organization


class TenantForm(forms.ModelForm):
    """A record of one organization.

    `organization_id` is set by the admin class: the organization of the member who fills in the
    form, or of the record. Operators of the platform have none and choose it in the field.
    """

    organization_id: int | None = None

    organization = forms.ModelChoiceField(
        Organization.objects.none(), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "organization" in self.fields:
            self.fields["organization"].queryset = Organization.objects.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        """Refuse references to another organization's records.

        Members are never offered any; this is for operators, who see all of them.
        """
        cleaned = super().clean()
        data = self.cleaned_data if cleaned is None else cleaned
        chosen = data.get("organization")
        mine = chosen.pk if chosen else self.organization_id
        for name, value in list(data.items()):
            theirs = getattr(value, "organization_id", None)
            if theirs is not None and mine is not None and theirs != mine:
                self.add_error(name, "This belongs to another organization; choose another.")
        return cleaned

    def _post_clean(self) -> None:
        # Before the constraints are checked, which compare within the organization.
        chosen = self.cleaned_data.get("organization")
        if self.instance._state.adding:
            self.instance.organization_id = chosen.pk if chosen else self.organization_id
        super()._post_clean()  # type: ignore[misc]

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        if self.instance.organization_id is not None:
            excluded.discard("organization")
        return excluded
