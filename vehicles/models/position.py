"""Telemetry. Positions live in monthly partitions; rows are written by the pipeline only."""

from enum import IntFlag

from django.contrib.gis.db import models

from fleet.accounts.tenancy import TenantModel


class Quality(IntFlag):
    """What is doubtful about a stored fix. Flagged fixes are kept and shown as such."""

    GOOD = 0
    JUMP = 1  # implies a speed no vehicle has
    LATE = 2  # recorded before the newest fix that was stored
    INVALID = 4  # the device itself says it had no satellite fix
    DERIVED_MOTION = 8  # speed and heading computed from the previous fix


class Motion(models.IntegerChoices):
    STOPPED = 0, "Stopped"
    IDLING = 1, "Idling"
    MOVING = 2, "Moving"


class Telemetry(TenantModel):
    """What one report says. SI units; the point is longitude, latitude in WGS 84."""

    recorded_at = models.DateTimeField(help_text="When the device measured it.")
    received_at = models.DateTimeField(help_text="When it reached us.")
    point = models.PointField(srid=4326, spatial_index=False)
    altitude_m = models.FloatField(null=True)
    speed_mps = models.FloatField(null=True)
    heading_deg = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    odometer_m = models.FloatField(null=True)
    ignition = models.BooleanField(null=True)
    fuel_l = models.FloatField(null=True)
    fuel_percent = models.FloatField(null=True)
    quality = models.SmallIntegerField(default=0, help_text="Bits of Quality.")
    attributes = models.JSONField(null=True, help_text="Everything else the device said.")

    class Meta:
        abstract = True


class Position(Telemetry):
    """One fix. One row for one (vehicle, recorded_at): a resend stores nothing new.

    The vehicle has no database foreign key: checking it per row costs a third of the ingest
    rate, and the pipeline has looked the vehicle up anyway.
    """

    pk = models.CompositePrimaryKey("vehicle_id", "recorded_at")
    vehicle = models.ForeignKey(
        "vehicles.Vehicle",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="positions",
    )
    organization = models.ForeignKey(
        "accounts.Organization",
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
    )

    class Meta:
        ordering = ["vehicle_id", "recorded_at"]

    def __str__(self) -> str:
        return f"{self.vehicle_id} at {self.recorded_at:%Y-%m-%d %H:%M:%S}"


class LatestPosition(Telemetry):
    """The newest fix of one vehicle. Never moves back in time.

    No spatial index: the row changes with every fix, and an index on what changes makes each
    update write every index anew. An organization's vehicles are few enough to scan.
    """

    vehicle = models.OneToOneField(
        "vehicles.Vehicle", on_delete=models.CASCADE, primary_key=True, related_name="latest"
    )
    device = models.ForeignKey(
        "vehicles.Device", null=True, on_delete=models.SET_NULL, related_name="+"
    )
    motion = models.SmallIntegerField(choices=Motion, default=Motion.STOPPED)
    motion_since = models.DateTimeField(help_text="Since when the motion is what it is.")

    class Meta:
        ordering = ["vehicle_id"]

    def __str__(self) -> str:
        return f"{self.vehicle_id} at {self.recorded_at:%Y-%m-%d %H:%M:%S}"
