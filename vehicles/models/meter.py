import pghistory
from django.db import models

from fleet.accounts.tenancy import TenantModel


class MeterKind(models.TextChoices):
    ODOMETER = "odometer", "Odometer (m)"
    ENGINE = "engine", "Engine hours (s)"
    PTO = "pto", "PTO hours (s)"
    BATTERY = "battery", "Battery charge (%)"


class MeterSource(models.TextChoices):
    ECU = "ecu", "Engine computer"
    GPS = "gps", "GPS"
    MANUAL = "manual", "Typed in"
    FUEL_CARD = "fuel_card", "Fuel card"
    INSPECTION = "inspection", "Inspection"
    IMPORT = "import", "Import"


@pghistory.track()
class MeterReading(TenantModel):
    """What a vehicle's meter showed. Never deleted: a wrong reading is voided with a reason.

    `value` is in SI: metres, seconds, percent. `offset` is added to this and every later reading
    of the kind to give the vehicle's true total; a swapped instrument cluster is a reading with
    the new cluster's value and the offset that bridges the two.
    """

    vehicle = models.ForeignKey(
        "vehicles.Vehicle", on_delete=models.CASCADE, related_name="meter_readings"
    )
    kind = models.CharField(max_length=10, choices=MeterKind)
    value = models.FloatField(help_text="Metres, seconds or percent.")
    offset = models.FloatField(default=0, help_text="Only when the instrument was changed.")
    observed_at = models.DateTimeField()
    source = models.CharField(max_length=10, choices=MeterSource, default=MeterSource.MANUAL)
    voided_at = models.DateTimeField(null=True, blank=True, editable=False)
    void_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-observed_at"]
        constraints = [
            models.CheckConstraint(
                name="meter_value_not_negative",
                condition=models.Q(value__gte=0),
                violation_error_message="A meter cannot show less than zero.",
            ),
            models.CheckConstraint(
                name="meter_void_has_reason",
                condition=models.Q(voided_at=None) | ~models.Q(void_reason=""),
                violation_error_message="Say why the reading is void.",
            ),
            models.UniqueConstraint(
                fields=["vehicle", "kind", "observed_at"],
                condition=models.Q(voided_at=None),
                name="meter_reading_once",
                violation_error_message="There is a reading of this meter at this time already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle} {self.get_kind_display()} {self.value:g}"
