import pghistory
from django.conf import settings
from django.db import models

from fleet.accounts.roles import Role
from fleet.accounts.tenancy import TenantModel


@pghistory.track()
class Membership(TenantModel):
    """One user's role in one organization."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(max_length=12, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["organization_id", "user_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="membership_once_per_organization",
                violation_error_message="This person is a member of the organization already.",
            ),
            models.CheckConstraint(
                name="membership_role_known",
                condition=models.Q(role__in=Role.values),
                violation_error_message="Choose one of the six roles.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"
