from typing import Any

from django import forms
from unfold.forms import ActionForm
from unfold.widgets import UnfoldAdminSelectWidget

from vehicles.models import VehicleGroup


class GroupActionForm(ActionForm):
    """The bar of bulk actions with a group to choose for “Add to group”."""

    group = forms.ModelChoiceField(
        VehicleGroup.objects.none(),
        required=False,
        empty_label="Group…",
        widget=UnfoldAdminSelectWidget({"aria-label": "Group for “Add to group”"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Row-level security leaves the groups of the person's own organization.
        self.fields["group"].queryset = VehicleGroup.objects.order_by("name")
