import pghistory
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from fleet.accounts.tenancy import TenantModel
from vehicles.vin import normalize_vin, vin_error


class VehicleClass(models.TextChoices):
    CAR = "car", "Car"
    VAN = "van", "Van"
    BOX_TRUCK = "box_truck", "Box truck"
    TRACTOR = "tractor", "Tractor"
    TRAILER = "trailer", "Trailer"
    BUS = "bus", "Bus"
    PLOW = "plow", "Plow"
    OTHER = "other", "Other"


class Fuel(models.TextChoices):
    DIESEL = "diesel", "Diesel"
    PETROL = "petrol", "Petrol"
    CNG = "cng", "CNG"
    LNG = "lng", "LNG"
    HYBRID = "hybrid", "Hybrid"
    ELECTRIC = "electric", "Electric"
    HYDROGEN = "hydrogen", "Hydrogen"
    NONE = "none", "None"


class Skill(models.TextChoices):
    """What a vehicle is equipped for, and what a driver is qualified for."""

    TAIL_LIFT = "tail_lift", "Tail-lift"
    REEFER = "reefer", "Reefer"
    HAZMAT = "hazmat", "ADR / hazmat"
    CRANE = "crane", "Crane"


def validate_vin(vin: str) -> None:
    """Refuse a VIN that cannot be right."""
    if error := vin_error(normalize_vin(vin)):
        raise ValidationError(error)


@pghistory.track()
class Vehicle(TenantModel):
    """A vehicle or trailer. Its status is derived from telemetry and work, never typed."""

    number = models.CharField(max_length=40, help_text="The fleet's own number, such as T-102.")
    vin = models.CharField("VIN", max_length=17, blank=True, validators=[validate_vin])
    plate = models.CharField(max_length=20, blank=True)
    plate_jurisdiction = models.CharField(
        max_length=10, blank=True, help_text="State or country of the plate, such as NY or DE."
    )
    make = models.CharField(max_length=60, blank=True)
    model = models.CharField(max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(
        null=True, blank=True, validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )
    vehicle_class = models.CharField(
        "class", max_length=10, choices=VehicleClass, default=VehicleClass.VAN
    )
    fuel = models.CharField(max_length=10, choices=Fuel, default=Fuel.DIESEL)
    gvwr_kg = models.PositiveIntegerField("GVWR kg", null=True, blank=True)
    payload_kg = models.PositiveIntegerField(null=True, blank=True)
    volume_m3 = models.FloatField(null=True, blank=True, validators=[MinValueValidator(0)])
    pallets = models.PositiveSmallIntegerField(null=True, blank=True)
    seats = models.PositiveSmallIntegerField(null=True, blank=True)
    skills = ArrayField(models.CharField(max_length=12, choices=Skill), default=list, blank=True)
    tags = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    external_ids = models.JSONField(
        default=dict, blank=True, help_text="This vehicle's ids in other systems, by system."
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "number"],
                name="vehicle_number_once",
                violation_error_message="Another vehicle has this number already.",
            ),
            models.UniqueConstraint(
                fields=["organization", "vin"],
                condition=~models.Q(vin=""),
                name="vehicle_vin_once",
                violation_error_message="Another vehicle has this VIN already.",
            ),
            # Target of the foreign keys that bind the organization (fleet/accounts/rls.py).
            models.UniqueConstraint(fields=["organization", "id"], name="vehicle_org_id"),
        ]

    def __str__(self) -> str:
        return self.number

    def clean(self) -> None:
        self.vin = normalize_vin(self.vin)
