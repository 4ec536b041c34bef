import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from encrypted_fields.fields import EncryptedCharField

from fleet.accounts.tenancy import TenantModel
from vehicles.models.vehicle import Skill


class DutyStatus(models.TextChoices):
    OFF_DUTY = "off_duty", "Off duty"
    ON_DUTY = "on_duty", "On duty"
    DRIVING = "driving", "Driving"
    SLEEPER = "sleeper", "Sleeper berth"


@pghistory.track(exclude=["licence_number"])
class Driver(TenantModel):
    """A person who drives. May also be a user of the driver app."""

    name = models.CharField(max_length=150)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Encrypted at rest; kept out of the audit trail for the same reason.
    # Null: the field stores an empty text as NULL, there being nothing to encrypt.
    licence_number = EncryptedCharField(max_length=64, blank=True, null=True)
    licence_class = models.CharField(max_length=20, blank=True)
    licence_expires_on = models.DateField(null=True, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    duty_status = models.CharField(
        max_length=10, choices=DutyStatus, default=DutyStatus.OFF_DUTY, editable=False
    )
    skills = ArrayField(models.CharField(max_length=12, choices=Skill), default=list, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "user"],
                name="driver_user_once",
                violation_error_message="This user is a driver of the organization already.",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="driver_org_id"),
        ]

    def __str__(self) -> str:
        return self.name
