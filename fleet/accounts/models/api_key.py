import datetime as dt

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from fleet.accounts.tenancy import TenantModel


class ApiKeyScope(models.TextChoices):
    READ = "read", "Read everything of the organization"
    WRITE = "write", "Change what a manager may change"
    INGEST = "ingest", "Send positions for the organization's devices"


@pghistory.track(exclude=["key_hash", "last_used_at"])
class ApiKey(TenantModel):
    """A program's way in. Only a hash of the key is kept; the text is shown once."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=8, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=ApiKeyScope), default=list)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = "API key"
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="api_key_scopes_known",
                condition=models.Q(scopes__contained_by=ApiKeyScope.values),
                violation_error_message="Scopes are read, write and ingest.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} (fk_{self.prefix}…)"

    def is_usable(self, *, now: dt.datetime) -> bool:
        """Whether the key opens anything at `now` (aware datetime)."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)
