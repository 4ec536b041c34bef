import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models

from fleet.accounts.actors import Source
from fleet.accounts.tenancy import TenantModel


class TsTzRange(models.Func):
    """[starts_at, ends_at) as a PostgreSQL range; an empty end is still going on."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


def _never_twice(column: str, message: str) -> ExclusionConstraint:
    return ExclusionConstraint(
        name=f"assignment_{column}_no_overlap",
        expressions=[
            (column, RangeOperators.EQUAL),
            (TsTzRange("starts_at", "ends_at", RangeBoundary()), RangeOperators.OVERLAPS),
        ],
        condition=models.Q(**{f"{column}__isnull": False}),
        violation_error_message=message,
    )


@pghistory.track()
class Assignment(TenantModel):
    """Who drives what, with which trailer, from when to when."""

    vehicle = models.ForeignKey(
        "vehicles.Vehicle", on_delete=models.CASCADE, related_name="assignments"
    )
    driver = models.ForeignKey(
        "vehicles.Driver",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="assignments",
    )
    trailer = models.ForeignKey(
        "vehicles.Vehicle",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="trailer_assignments",
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(
        max_length=10,
        choices=[(s.value, s.value.replace("_", " ").capitalize()) for s in Source],
        default=Source.USER.value,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                name="assignment_ends_after_start",
                condition=models.Q(ends_at=None) | models.Q(ends_at__gt=models.F("starts_at")),
                violation_error_message="The end must be after the start.",
            ),
            models.CheckConstraint(
                name="assignment_names_somebody",
                condition=models.Q(driver__isnull=False) | models.Q(trailer__isnull=False),
                violation_error_message="Choose a driver, a trailer or both.",
            ),
            models.CheckConstraint(
                name="assignment_trailer_is_another_vehicle",
                condition=models.Q(trailer=None) | ~models.Q(trailer=models.F("vehicle")),
                violation_error_message="A vehicle cannot pull itself; choose another trailer.",
            ),
            _never_twice("vehicle", "The vehicle has another assignment in this time."),
            _never_twice("driver", "The driver has another vehicle in this time."),
            _never_twice("trailer", "Another vehicle has this trailer in this time."),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle}: {self.driver or self.trailer}"
