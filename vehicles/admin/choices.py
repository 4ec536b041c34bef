"""Form fields for array columns."""

from django import forms
from django.db.models import TextChoices
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget


def multiple_choice(choices: type[TextChoices]) -> forms.MultipleChoiceField:
    """Check boxes for an array of choices; none checked is an empty array."""
    return forms.MultipleChoiceField(
        choices=choices.choices, required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )
