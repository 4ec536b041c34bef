from typing import Any, Self
from zoneinfo import available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models

from fleet.accounts.actors import Actor


class DistanceUnit(models.TextChoices):
    KM = "km", "Kilometres"
    MI = "mi", "Miles"


def validate_time_zone(name: str) -> None:
    """Refuse a name that is not in the IANA time-zone database."""
    if name not in available_timezones():
        raise ValidationError(
            f"“{name}” is not a time zone. Use an IANA name such as America/New_York or UTC."
        )


class OrganizationQuerySet(models.QuerySet[Any]):
    def for_actor(self, actor: Actor | None) -> Self:
        """The actor's own organization; all of them for the platform."""
        if actor is None:
            return self.none()
        return self.all() if actor.is_platform else self.filter(pk=actor.organization_id)


@pghistory.track()
class Organization(models.Model):
    """A company that runs a fleet. Every tenant row belongs to exactly one."""

    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    distance_unit = models.CharField(max_length=2, choices=DistanceUnit, default=DistanceUnit.KM)
    offline_after_moving_s = models.PositiveIntegerField(
        default=4 * 3600,
        validators=[MinValueValidator(60)],
        help_text="Seconds of silence before a vehicle last seen moving counts as offline.",
    )
    offline_after_parked_s = models.PositiveIntegerField(
        default=24 * 3600,
        validators=[MinValueValidator(60)],
        help_text="Seconds of silence before a parked vehicle counts as offline.",
    )
    register_unknown_devices = models.BooleanField(
        default=False,
        help_text="Register trackers that report for the first time and hold their positions "
        "until somebody approves them. Off: unknown trackers are refused.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="organization_offline_thresholds",
                condition=models.Q(offline_after_moving_s__gte=60)
                & models.Q(offline_after_parked_s__gte=60),
                violation_error_message="Offline thresholds must be at least 60 seconds.",
            )
        ]

    def __str__(self) -> str:
        return self.name
