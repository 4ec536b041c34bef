import pghistory
from django.db import models

from fleet.accounts.tenancy import TenantModel


class SpeedUnit(models.TextChoices):
    """What the speed number of a format that leaves the unit open means."""

    KNOTS = "kn", "Knots"
    MPS = "mps", "Metres per second"
    KMH = "kmh", "Kilometres per hour"
    MPH = "mph", "Miles per hour"


class DeviceStatus(models.TextChoices):
    PENDING = "pending", "Waiting for approval"
    ACTIVE = "active", "Active"
    DISABLED = "disabled", "Disabled"


@pghistory.track(exclude=["token_hash", "last_contact_at", "protocol"])
class Device(TenantModel):
    """A tracker or phone that reports positions of one vehicle."""

    unique_id = models.CharField(
        max_length=128, help_text="IMEI, or the identifier set in the tracker's app."
    )
    name = models.CharField(max_length=100, blank=True)
    vehicle = models.ForeignKey(
        "vehicles.Vehicle",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="devices",
    )
    status = models.CharField(max_length=10, choices=DeviceStatus, default=DeviceStatus.ACTIVE)
    speed_unit = models.CharField(
        max_length=4,
        choices=SpeedUnit,
        blank=True,
        help_text="Only for trackers that send speed in another unit than their format says.",
    )
    token_prefix = models.CharField(
        max_length=8, null=True, blank=True, unique=True, editable=False
    )
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    protocol = models.CharField(
        max_length=20, blank=True, editable=False, help_text="The format it last reported in."
    )
    last_contact_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["unique_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "unique_id"],
                name="device_unique_id_once",
                violation_error_message="A device with this identifier exists already.",
            ),
            models.UniqueConstraint(fields=["organization", "id"], name="device_org_id"),
        ]

    def __str__(self) -> str:
        return self.name or self.unique_id
