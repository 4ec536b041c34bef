"""Master data of the fleet and its telemetry."""

from vehicles.models.assignment import Assignment
from vehicles.models.device import Device, DeviceStatus, SpeedUnit
from vehicles.models.driver import Driver, DutyStatus
from vehicles.models.group import VehicleGroup, VehicleGroupMember
from vehicles.models.meter import MeterKind, MeterReading, MeterSource
from vehicles.models.position import LatestPosition, Motion, Position, Quality
from vehicles.models.quarantine import IngestReceipt, RejectedFix
from vehicles.models.vehicle import Fuel, Skill, Vehicle, VehicleClass

__all__ = [
    "Assignment",
    "Device",
    "DeviceStatus",
    "Driver",
    "DutyStatus",
    "Fuel",
    "IngestReceipt",
    "LatestPosition",
    "MeterKind",
    "MeterReading",
    "MeterSource",
    "Motion",
    "Position",
    "Quality",
    "RejectedFix",
    "Skill",
    "SpeedUnit",
    "Vehicle",
    "VehicleClass",
    "VehicleGroup",
    "VehicleGroupMember",
]
