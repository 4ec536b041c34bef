"""Row-level security on every tenant table, and foreign keys that bind the organization."""

from django.db import migrations

from fleet.accounts.rls import TenantPolicy, same_organization

TENANT_TABLES = (
    "vehicles_vehicle", "vehicles_vehicleevent",
    "vehicles_driver", "vehicles_driverevent",
    "vehicles_device", "vehicles_deviceevent",
    "vehicles_vehiclegroup", "vehicles_vehiclegroupevent", "vehicles_vehiclegroupmember",
    "vehicles_assignment", "vehicles_assignmentevent",
    "vehicles_meterreading", "vehicles_meterreadingevent",
    "vehicles_position", "vehicles_latestposition",
    "vehicles_rejectedfix", "vehicles_ingestreceipt",
)  # fmt: skip

REFERENCES = (
    ("vehicles_device", "vehicle_id", "vehicles_vehicle"),
    ("vehicles_vehiclegroupmember", "group_id", "vehicles_vehiclegroup"),
    ("vehicles_vehiclegroupmember", "vehicle_id", "vehicles_vehicle"),
    ("vehicles_assignment", "vehicle_id", "vehicles_vehicle"),
    ("vehicles_assignment", "driver_id", "vehicles_driver"),
    ("vehicles_assignment", "trailer_id", "vehicles_vehicle"),
    ("vehicles_meterreading", "vehicle_id", "vehicles_vehicle"),
    ("vehicles_latestposition", "vehicle_id", "vehicles_vehicle"),
    ("vehicles_latestposition", "device_id", "vehicles_device"),
)


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0002_position_partitions"), ("accounts", "0002_tenancy")]

    operations = [
        *(TenantPolicy(table) for table in TENANT_TABLES),
        *(
            same_organization(table=table, column=column, target=target)
            for table, column, target in REFERENCES
        ),
    ]
