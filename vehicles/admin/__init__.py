"""Admin pages of vehicles, people who drive, trackers and telemetry; one file per subject.

Positions have no page: their key is (vehicle, time), which the admin cannot address. A vehicle's
page shows its track.
"""

from vehicles.admin.assignments import AssignmentAdmin
from vehicles.admin.devices import DeviceAdmin
from vehicles.admin.drivers import DriverAdmin
from vehicles.admin.groups import VehicleGroupAdmin
from vehicles.admin.latest_positions import LatestPositionAdmin
from vehicles.admin.meter_readings import MeterReadingAdmin
from vehicles.admin.rejected_fixes import RejectedFixAdmin
from vehicles.admin.vehicles import VehicleAdmin

__all__ = [
    "AssignmentAdmin",
    "DeviceAdmin",
    "DriverAdmin",
    "LatestPositionAdmin",
    "MeterReadingAdmin",
    "RejectedFixAdmin",
    "VehicleAdmin",
    "VehicleGroupAdmin",
]
