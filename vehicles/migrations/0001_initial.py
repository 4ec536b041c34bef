import django.contrib.gis.db.models.fields
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import encrypted_fields.fields
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations, models

import vehicles.models.assignment
import vehicles.models.vehicle


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("accounts", "0001_initial"),
        ("pghistory", "0007_auto_20250421_0444"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        BtreeGistExtension(),
        migrations.CreateModel(
            name="Vehicle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "number",
                    models.CharField(
                        help_text="The fleet's own number, such as T-102.", max_length=40
                    ),
                ),
                (
                    "vin",
                    models.CharField(
                        blank=True,
                        max_length=17,
                        validators=[vehicles.models.vehicle.validate_vin],
                        verbose_name="VIN",
                    ),
                ),
                ("plate", models.CharField(blank=True, max_length=20)),
                (
                    "plate_jurisdiction",
                    models.CharField(
                        blank=True,
                        help_text="State or country of the plate, such as NY or DE.",
                        max_length=10,
                    ),
                ),
                ("make", models.CharField(blank=True, max_length=60)),
                ("model", models.CharField(blank=True, max_length=60)),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1900),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                    ),
                ),
                (
                    "vehicle_class",
                    models.CharField(
                        choices=[
                            ("car", "Car"),
                            ("van", "Van"),
                            ("box_truck", "Box truck"),
                            ("tractor", "Tractor"),
                            ("trailer", "Trailer"),
                            ("bus", "Bus"),
                            ("plow", "Plow"),
                            ("other", "Other"),
                        ],
                        default="van",
                        max_length=10,
                        verbose_name="class",
                    ),
                ),
                (
                    "fuel",
                    models.CharField(
                        choices=[
                            ("diesel", "Diesel"),
                            ("petrol", "Petrol"),
                            ("cng", "CNG"),
                            ("lng", "LNG"),
                            ("hybrid", "Hybrid"),
                            ("electric", "Electric"),
                            ("hydrogen", "Hydrogen"),
                            ("none", "None"),
                        ],
                        default="diesel",
                        max_length=10,
                    ),
                ),
                (
                    "gvwr_kg",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="GVWR kg"),
                ),
                ("payload_kg", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "volume_m3",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                ("pallets", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("seats", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("tail_lift", "Tail-lift"),
                                ("reefer", "Reefer"),
                                ("hazmat", "ADR / hazmat"),
                                ("crane", "Crane"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "external_ids",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="This vehicle's ids in other systems, by system.",
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.CreateModel(
            name="Device",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "unique_id",
                    models.CharField(
                        help_text="IMEI, or the identifier set in the tracker's app.",
                        max_length=128,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting for approval"),
                            ("active", "Active"),
                            ("disabled", "Disabled"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "speed_unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kn", "Knots"),
                            ("mps", "Metres per second"),
                            ("kmh", "Kilometres per hour"),
                            ("mph", "Miles per hour"),
                        ],
                        help_text="Only for trackers that send speed in another unit than their format says.",
                        max_length=4,
                    ),
                ),
                (
                    "token_prefix",
                    models.CharField(
                        blank=True, editable=False, max_length=8, null=True, unique=True
                    ),
                ),
                ("token_hash", models.CharField(blank=True, editable=False, max_length=64)),
                (
                    "protocol",
                    models.CharField(
                        blank=True,
                        editable=False,
                        help_text="The format it last reported in.",
                        max_length=20,
                    ),
                ),
                ("last_contact_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="devices",
                        to="vehicles.vehicle",
                    ),
                ),
            ],
            options={
                "ordering": ["unique_id"],
            },
        ),
        migrations.CreateModel(
            name="Driver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=150)),
                (
                    "licence_number",
                    encrypted_fields.fields.EncryptedCharField(
                        blank=True, max_length=64, null=True
                    ),
                ),
                ("licence_class", models.CharField(blank=True, max_length=20)),
                ("licence_expires_on", models.DateField(blank=True, null=True)),
                ("phone", models.CharField(blank=True, max_length=30)),
                (
                    "duty_status",
                    models.CharField(
                        choices=[
                            ("off_duty", "Off duty"),
                            ("on_duty", "On duty"),
                            ("driving", "Driving"),
                            ("sleeper", "Sleeper berth"),
                        ],
                        default="off_duty",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("tail_lift", "Tail-lift"),
                                ("reefer", "Reefer"),
                                ("hazmat", "ADR / hazmat"),
                                ("crane", "Crane"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Assignment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("user", "User"),
                            ("driver_app", "Driver app"),
                            ("geofence", "Geofence"),
                            ("rule", "Rule"),
                            ("import", "Import"),
                            ("system", "System"),
                        ],
                        default="user",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "driver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="vehicles.driver",
                    ),
                ),
                (
                    "trailer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="trailer_assignments",
                        to="vehicles.vehicle",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="assignments",
                        to="vehicles.vehicle",
                    ),
                ),
            ],
            options={
                "ordering": ["-starts_at"],
            },
        ),
        migrations.CreateModel(
            name="DriverEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=150)),
                ("licence_class", models.CharField(blank=True, max_length=20)),
                ("licence_expires_on", models.DateField(blank=True, null=True)),
                ("phone", models.CharField(blank=True, max_length=30)),
                (
                    "duty_status",
                    models.CharField(
                        choices=[
                            ("off_duty", "Off duty"),
                            ("on_duty", "On duty"),
                            ("driving", "Driving"),
                            ("sleeper", "Sleeper berth"),
                        ],
                        default="off_duty",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("tail_lift", "Tail-lift"),
                                ("reefer", "Reefer"),
                                ("hazmat", "ADR / hazmat"),
                                ("crane", "Crane"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="vehicles.driver",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="IngestReceipt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("run", models.UUIDField()),
                ("entry", models.CharField(max_length=64)),
                ("stored", models.PositiveIntegerField()),
                ("duplicates", models.PositiveIntegerField()),
                ("rejected", models.JSONField(default=dict, help_text="Count by reason.")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="LatestPosition",
            fields=[
                ("recorded_at", models.DateTimeField(help_text="When the device measured it.")),
                ("received_at", models.DateTimeField(help_text="When it reached us.")),
                ("altitude_m", models.FloatField(null=True)),
                ("speed_mps", models.FloatField(null=True)),
                ("heading_deg", models.FloatField(null=True)),
                ("accuracy_m", models.FloatField(null=True)),
                ("odometer_m", models.FloatField(null=True)),
                ("ignition", models.BooleanField(null=True)),
                ("fuel_l", models.FloatField(null=True)),
                ("fuel_percent", models.FloatField(null=True)),
                ("quality", models.SmallIntegerField(default=0, help_text="Bits of Quality.")),
                (
                    "attributes",
                    models.JSONField(help_text="Everything else the device said.", null=True),
                ),
                (
                    "vehicle",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="latest",
                        serialize=False,
                        to="vehicles.vehicle",
                    ),
                ),
                (
                    "point",
                    django.contrib.gis.db.models.fields.PointField(spatial_index=False, srid=4326),
                ),
                (
                    "motion",
                    models.SmallIntegerField(
                        choices=[(0, "Stopped"), (1, "Idling"), (2, "Moving")], default=0
                    ),
                ),
                (
                    "motion_since",
                    models.DateTimeField(help_text="Since when the motion is what it is."),
                ),
            ],
            options={
                "ordering": ["vehicle_id"],
            },
        ),
        migrations.CreateModel(
            name="DeviceEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "unique_id",
                    models.CharField(
                        help_text="IMEI, or the identifier set in the tracker's app.",
                        max_length=128,
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=100)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("pending", "Waiting for approval"),
                            ("active", "Active"),
                            ("disabled", "Disabled"),
                        ],
                        default="active",
                        max_length=10,
                    ),
                ),
                (
                    "speed_unit",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("kn", "Knots"),
                            ("mps", "Metres per second"),
                            ("kmh", "Kilometres per hour"),
                            ("mph", "Miles per hour"),
                        ],
                        help_text="Only for trackers that send speed in another unit than their format says.",
                        max_length=4,
                    ),
                ),
                (
                    "token_prefix",
                    models.CharField(blank=True, editable=False, max_length=8, null=True),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="vehicles.device",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="vehicles.vehicle",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="AssignmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("starts_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("user", "User"),
                            ("driver_app", "Driver app"),
                            ("geofence", "Geofence"),
                            ("rule", "Rule"),
                            ("import", "Import"),
                            ("system", "System"),
                        ],
                        default="user",
                        max_length=10,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="vehicles.assignment",
                    ),
                ),
                (
                    "driver",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="vehicles.driver",
                    ),
                ),
                (
                    "trailer",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="vehicles.vehicle",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="vehicles.vehicle",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="MeterReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("odometer", "Odometer (m)"),
                            ("engine", "Engine hours (s)"),
                            ("pto", "PTO hours (s)"),
                            ("battery", "Battery charge (%)"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", models.FloatField(help_text="Metres, seconds or percent.")),
                (
                    "offset",
                    models.FloatField(default=0, help_text="Only when the instrument was changed."),
                ),
                ("observed_at", models.DateTimeField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ecu", "Engine computer"),
                            ("gps", "GPS"),
                            ("manual", "Typed in"),
                            ("fuel_card", "Fuel card"),
                            ("inspection", "Inspection"),
                            ("import", "Import"),
                        ],
                        default="manual",
                        max_length=10,
                    ),
                ),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="meter_readings",
                        to="vehicles.vehicle",
                    ),
                ),
            ],
            options={
                "ordering": ["-observed_at"],
            },
        ),
        migrations.CreateModel(
            name="MeterReadingEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("odometer", "Odometer (m)"),
                            ("engine", "Engine hours (s)"),
                            ("pto", "PTO hours (s)"),
                            ("battery", "Battery charge (%)"),
                        ],
                        max_length=10,
                    ),
                ),
                ("value", models.FloatField(help_text="Metres, seconds or percent.")),
                (
                    "offset",
                    models.FloatField(default=0, help_text="Only when the instrument was changed."),
                ),
                ("observed_at", models.DateTimeField()),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("ecu", "Engine computer"),
                            ("gps", "GPS"),
                            ("manual", "Typed in"),
                            ("fuel_card", "Fuel card"),
                            ("inspection", "Inspection"),
                            ("import", "Import"),
                        ],
                        default="manual",
                        max_length=10,
                    ),
                ),
                ("voided_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=200)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="vehicles.meterreading",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="vehicles.vehicle",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        # The table itself is partitioned: 0002 creates it.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel(
                    name="Position",
                    fields=[
                        (
                            "recorded_at",
                            models.DateTimeField(help_text="When the device measured it."),
                        ),
                        ("received_at", models.DateTimeField(help_text="When it reached us.")),
                        (
                            "point",
                            django.contrib.gis.db.models.fields.PointField(
                                spatial_index=False, srid=4326
                            ),
                        ),
                        ("altitude_m", models.FloatField(null=True)),
                        ("speed_mps", models.FloatField(null=True)),
                        ("heading_deg", models.FloatField(null=True)),
                        ("accuracy_m", models.FloatField(null=True)),
                        ("odometer_m", models.FloatField(null=True)),
                        ("ignition", models.BooleanField(null=True)),
                        ("fuel_l", models.FloatField(null=True)),
                        ("fuel_percent", models.FloatField(null=True)),
                        (
                            "quality",
                            models.SmallIntegerField(default=0, help_text="Bits of Quality."),
                        ),
                        (
                            "attributes",
                            models.JSONField(
                                help_text="Everything else the device said.", null=True
                            ),
                        ),
                        (
                            "pk",
                            models.CompositePrimaryKey(
                                "vehicle_id",
                                "recorded_at",
                                blank=True,
                                editable=False,
                                primary_key=True,
                                serialize=False,
                            ),
                        ),
                        (
                            "organization",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="+",
                                to="accounts.organization",
                            ),
                        ),
                        (
                            "vehicle",
                            models.ForeignKey(
                                db_constraint=False,
                                db_index=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                related_name="positions",
                                to="vehicles.vehicle",
                            ),
                        ),
                    ],
                    options={
                        "ordering": ["vehicle_id", "recorded_at"],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="RejectedFix",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("received_at", models.DateTimeField()),
                (
                    "format",
                    models.CharField(
                        help_text="Which parser reads `raw` when it is tried again.", max_length=20
                    ),
                ),
                (
                    "device",
                    models.CharField(blank=True, help_text="Identifier as sent.", max_length=128),
                ),
                ("reason", models.CharField(max_length=40)),
                ("detail", models.CharField(max_length=300)),
                ("raw", models.TextField()),
                ("entry", models.CharField(editable=False, max_length=64)),
                ("entry_index", models.PositiveIntegerField(editable=False)),
                ("requeued_at", models.DateTimeField(blank=True, editable=False, null=True)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "verbose_name": "rejected fix",
                "verbose_name_plural": "rejected fixes",
                "ordering": ["-received_at"],
            },
        ),
        migrations.CreateModel(
            name="VehicleEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "number",
                    models.CharField(
                        help_text="The fleet's own number, such as T-102.", max_length=40
                    ),
                ),
                (
                    "vin",
                    models.CharField(
                        blank=True,
                        max_length=17,
                        validators=[vehicles.models.vehicle.validate_vin],
                        verbose_name="VIN",
                    ),
                ),
                ("plate", models.CharField(blank=True, max_length=20)),
                (
                    "plate_jurisdiction",
                    models.CharField(
                        blank=True,
                        help_text="State or country of the plate, such as NY or DE.",
                        max_length=10,
                    ),
                ),
                ("make", models.CharField(blank=True, max_length=60)),
                ("model", models.CharField(blank=True, max_length=60)),
                (
                    "year",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1900),
                            django.core.validators.MaxValueValidator(2100),
                        ],
                    ),
                ),
                (
                    "vehicle_class",
                    models.CharField(
                        choices=[
                            ("car", "Car"),
                            ("van", "Van"),
                            ("box_truck", "Box truck"),
                            ("tractor", "Tractor"),
                            ("trailer", "Trailer"),
                            ("bus", "Bus"),
                            ("plow", "Plow"),
                            ("other", "Other"),
                        ],
                        default="van",
                        max_length=10,
                        verbose_name="class",
                    ),
                ),
                (
                    "fuel",
                    models.CharField(
                        choices=[
                            ("diesel", "Diesel"),
                            ("petrol", "Petrol"),
                            ("cng", "CNG"),
                            ("lng", "LNG"),
                            ("hybrid", "Hybrid"),
                            ("electric", "Electric"),
                            ("hydrogen", "Hydrogen"),
                            ("none", "None"),
                        ],
                        default="diesel",
                        max_length=10,
                    ),
                ),
                (
                    "gvwr_kg",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="GVWR kg"),
                ),
                ("payload_kg", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "volume_m3",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                    ),
                ),
                ("pallets", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("seats", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "skills",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("tail_lift", "Tail-lift"),
                                ("reefer", "Reefer"),
                                ("hazmat", "ADR / hazmat"),
                                ("crane", "Crane"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        blank=True,
                        default=list,
                        size=None,
                    ),
                ),
                (
                    "external_ids",
                    models.JSONField(
                        blank=True,
                        default=dict,
                        help_text="This vehicle's ids in other systems, by system.",
                    ),
                ),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="vehicles.vehicle",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VehicleGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="VehicleGroupEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                ("name", models.CharField(max_length=80)),
                (
                    "organization",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "pgh_context",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="pghistory.context",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="vehicles.vehiclegroup",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="VehicleGroupMember",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="members",
                        to="vehicles.vehiclegroup",
                    ),
                ),
                (
                    "organization",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.organization",
                    ),
                ),
                (
                    "vehicle",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="group_members",
                        to="vehicles.vehicle",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="vehiclegroup",
            name="vehicles",
            field=models.ManyToManyField(
                related_name="groups", through="vehicles.VehicleGroupMember", to="vehicles.vehicle"
            ),
        ),
        migrations.AddConstraint(
            model_name="driver",
            constraint=models.UniqueConstraint(
                fields=("organization", "user"),
                name="driver_user_once",
                violation_error_message="This user is a driver of the organization already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="driver",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="driver_org_id"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="driver",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_driverevent" ("archived_at", "created_at", "duty_status", "id", "licence_class", "licence_expires_on", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "skills", "updated_at", "user_id") VALUES (NEW."archived_at", NEW."created_at", NEW."duty_status", NEW."id", NEW."licence_class", NEW."licence_expires_on", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."skills", NEW."updated_at", NEW."user_id"); RETURN NULL;',
                    hash="bd06665f3983dcb92f9653e69571ff99a85e8a59",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_45a12",
                    table="vehicles_driver",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="driver",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."duty_status" IS DISTINCT FROM (NEW."duty_status") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."licence_class" IS DISTINCT FROM (NEW."licence_class") OR OLD."licence_expires_on" IS DISTINCT FROM (NEW."licence_expires_on") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."skills" IS DISTINCT FROM (NEW."skills") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "vehicles_driverevent" ("archived_at", "created_at", "duty_status", "id", "licence_class", "licence_expires_on", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "skills", "updated_at", "user_id") VALUES (NEW."archived_at", NEW."created_at", NEW."duty_status", NEW."id", NEW."licence_class", NEW."licence_expires_on", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."skills", NEW."updated_at", NEW."user_id"); RETURN NULL;',
                    hash="fd8fd9a99248b0123c93c1591c58f9db75461c1d",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0742d",
                    table="vehicles_driver",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="driver",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_driverevent" ("archived_at", "created_at", "duty_status", "id", "licence_class", "licence_expires_on", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "skills", "updated_at", "user_id") VALUES (OLD."archived_at", OLD."created_at", OLD."duty_status", OLD."id", OLD."licence_class", OLD."licence_expires_on", OLD."name", OLD."organization_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."phone", OLD."skills", OLD."updated_at", OLD."user_id"); RETURN NULL;',
                    hash="31fd75662c2873fb9d5cf4d41725609a5d9c6701",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_28e94",
                    table="vehicles_driver",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="ingestreceipt",
            constraint=models.UniqueConstraint(
                fields=("run", "entry"), name="receipt_once_per_entry"
            ),
        ),
        migrations.AddField(
            model_name="latestposition",
            name="device",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="vehicles.device",
            ),
        ),
        migrations.AddField(
            model_name="latestposition",
            name="organization",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.organization",
            ),
        ),
        migrations.AddConstraint(
            model_name="vehicle",
            constraint=models.UniqueConstraint(
                fields=("organization", "number"),
                name="vehicle_number_once",
                violation_error_message="Another vehicle has this number already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vehicle",
            constraint=models.UniqueConstraint(
                condition=models.Q(("vin", ""), _negated=True),
                fields=("organization", "vin"),
                name="vehicle_vin_once",
                violation_error_message="Another vehicle has this VIN already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vehicle",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="vehicle_org_id"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vehicle",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_vehicleevent" ("archived_at", "created_at", "external_ids", "fuel", "gvwr_kg", "id", "make", "model", "number", "organization_id", "pallets", "payload_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plate", "plate_jurisdiction", "seats", "skills", "tags", "updated_at", "vehicle_class", "vin", "volume_m3", "year") VALUES (NEW."archived_at", NEW."created_at", NEW."external_ids", NEW."fuel", NEW."gvwr_kg", NEW."id", NEW."make", NEW."model", NEW."number", NEW."organization_id", NEW."pallets", NEW."payload_kg", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."plate", NEW."plate_jurisdiction", NEW."seats", NEW."skills", NEW."tags", NEW."updated_at", NEW."vehicle_class", NEW."vin", NEW."volume_m3", NEW."year"); RETURN NULL;',
                    hash="6b147730ca3a7a6c3ec9ae8ddf1cd84746254e47",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_b66fa",
                    table="vehicles_vehicle",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vehicle",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "vehicles_vehicleevent" ("archived_at", "created_at", "external_ids", "fuel", "gvwr_kg", "id", "make", "model", "number", "organization_id", "pallets", "payload_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plate", "plate_jurisdiction", "seats", "skills", "tags", "updated_at", "vehicle_class", "vin", "volume_m3", "year") VALUES (NEW."archived_at", NEW."created_at", NEW."external_ids", NEW."fuel", NEW."gvwr_kg", NEW."id", NEW."make", NEW."model", NEW."number", NEW."organization_id", NEW."pallets", NEW."payload_kg", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plate", NEW."plate_jurisdiction", NEW."seats", NEW."skills", NEW."tags", NEW."updated_at", NEW."vehicle_class", NEW."vin", NEW."volume_m3", NEW."year"); RETURN NULL;',
                    hash="97d1534b6769595d04e0bfe14b41b00a6c6fb9dc",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_2a91a",
                    table="vehicles_vehicle",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vehicle",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_vehicleevent" ("archived_at", "created_at", "external_ids", "fuel", "gvwr_kg", "id", "make", "model", "number", "organization_id", "pallets", "payload_kg", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plate", "plate_jurisdiction", "seats", "skills", "tags", "updated_at", "vehicle_class", "vin", "volume_m3", "year") VALUES (OLD."archived_at", OLD."created_at", OLD."external_ids", OLD."fuel", OLD."gvwr_kg", OLD."id", OLD."make", OLD."model", OLD."number", OLD."organization_id", OLD."pallets", OLD."payload_kg", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."plate", OLD."plate_jurisdiction", OLD."seats", OLD."skills", OLD."tags", OLD."updated_at", OLD."vehicle_class", OLD."vin", OLD."volume_m3", OLD."year"); RETURN NULL;',
                    hash="3eab9f71fa50b230b26ca6725c71c3b36a5739a8",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_773fb",
                    table="vehicles_vehicle",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(
                fields=("organization", "unique_id"),
                name="device_unique_id_once",
                violation_error_message="A device with this identifier exists already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="device",
            constraint=models.UniqueConstraint(fields=("organization", "id"), name="device_org_id"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="device",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_deviceevent" ("created_at", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "speed_unit", "status", "token_prefix", "unique_id", "vehicle_id") VALUES (NEW."created_at", NEW."id", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."speed_unit", NEW."status", NEW."token_prefix", NEW."unique_id", NEW."vehicle_id"); RETURN NULL;',
                    hash="80c19801b9d77071428cf46aceb028b56e1c5a22",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_0ce52",
                    table="vehicles_device",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="device",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."organization_id" IS DISTINCT FROM (NEW."organization_id") OR OLD."speed_unit" IS DISTINCT FROM (NEW."speed_unit") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."token_prefix" IS DISTINCT FROM (NEW."token_prefix") OR OLD."unique_id" IS DISTINCT FROM (NEW."unique_id") OR OLD."vehicle_id" IS DISTINCT FROM (NEW."vehicle_id"))',
                    func='INSERT INTO "vehicles_deviceevent" ("created_at", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "speed_unit", "status", "token_prefix", "unique_id", "vehicle_id") VALUES (NEW."created_at", NEW."id", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."speed_unit", NEW."status", NEW."token_prefix", NEW."unique_id", NEW."vehicle_id"); RETURN NULL;',
                    hash="78cde1e1c8a15bb36a764c432dc05d0eaa59d3c3",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_89016",
                    table="vehicles_device",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="device",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_deviceevent" ("created_at", "id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "speed_unit", "status", "token_prefix", "unique_id", "vehicle_id") VALUES (OLD."created_at", OLD."id", OLD."name", OLD."organization_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."speed_unit", OLD."status", OLD."token_prefix", OLD."unique_id", OLD."vehicle_id"); RETURN NULL;',
                    hash="1a80fa4ae36347b5dfd9c00d8b1518fcb63a5345",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_549b1",
                    table="vehicles_device",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at", None), ("ends_at__gt", models.F("starts_at")), _connector="OR"
                ),
                name="assignment_ends_after_start",
                violation_error_message="The end must be after the start.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("driver__isnull", False), ("trailer__isnull", False), _connector="OR"
                ),
                name="assignment_names_somebody",
                violation_error_message="Choose a driver, a trailer or both.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("trailer", None),
                    models.Q(("trailer", models.F("vehicle")), _negated=True),
                    _connector="OR",
                ),
                name="assignment_trailer_is_another_vehicle",
                violation_error_message="A vehicle cannot pull itself; choose another trailer.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("vehicle__isnull", False)),
                expressions=[
                    ("vehicle", "="),
                    (
                        vehicles.models.assignment.TsTzRange(
                            "starts_at",
                            "ends_at",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                        ),
                        "&&",
                    ),
                ],
                name="assignment_vehicle_no_overlap",
                violation_error_message="The vehicle has another assignment in this time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("driver__isnull", False)),
                expressions=[
                    ("driver", "="),
                    (
                        vehicles.models.assignment.TsTzRange(
                            "starts_at",
                            "ends_at",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                        ),
                        "&&",
                    ),
                ],
                name="assignment_driver_no_overlap",
                violation_error_message="The driver has another vehicle in this time.",
            ),
        ),
        migrations.AddConstraint(
            model_name="assignment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("trailer__isnull", False)),
                expressions=[
                    ("trailer", "="),
                    (
                        vehicles.models.assignment.TsTzRange(
                            "starts_at",
                            "ends_at",
                            django.contrib.postgres.fields.ranges.RangeBoundary(),
                        ),
                        "&&",
                    ),
                ],
                name="assignment_trailer_no_overlap",
                violation_error_message="Another vehicle has this trailer in this time.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignment",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_assignmentevent" ("created_at", "driver_id", "ends_at", "id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "starts_at", "trailer_id", "vehicle_id") VALUES (NEW."created_at", NEW."driver_id", NEW."ends_at", NEW."id", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."starts_at", NEW."trailer_id", NEW."vehicle_id"); RETURN NULL;',
                    hash="130de6b95bd9952cc25d67e587871879b5e25a86",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_79327",
                    table="vehicles_assignment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "vehicles_assignmentevent" ("created_at", "driver_id", "ends_at", "id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "starts_at", "trailer_id", "vehicle_id") VALUES (NEW."created_at", NEW."driver_id", NEW."ends_at", NEW."id", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."starts_at", NEW."trailer_id", NEW."vehicle_id"); RETURN NULL;',
                    hash="11cd6841a378d2a34e625a584411bdb8e998e447",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6fd8c",
                    table="vehicles_assignment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="assignment",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_assignmentevent" ("created_at", "driver_id", "ends_at", "id", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "starts_at", "trailer_id", "vehicle_id") VALUES (OLD."created_at", OLD."driver_id", OLD."ends_at", OLD."id", OLD."organization_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."starts_at", OLD."trailer_id", OLD."vehicle_id"); RETURN NULL;',
                    hash="50f56f725c4945a1c482845c10262abfeec1c6f0",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_3a8de",
                    table="vehicles_assignment",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="meterreading",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gte", 0)),
                name="meter_value_not_negative",
                violation_error_message="A meter cannot show less than zero.",
            ),
        ),
        migrations.AddConstraint(
            model_name="meterreading",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("voided_at", None),
                    models.Q(("void_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="meter_void_has_reason",
                violation_error_message="Say why the reading is void.",
            ),
        ),
        migrations.AddConstraint(
            model_name="meterreading",
            constraint=models.UniqueConstraint(
                condition=models.Q(("voided_at", None)),
                fields=("vehicle", "kind", "observed_at"),
                name="meter_reading_once",
                violation_error_message="There is a reading of this meter at this time already.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meterreading",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_meterreadingevent" ("created_at", "id", "kind", "observed_at", "offset", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value", "vehicle_id", "void_reason", "voided_at") VALUES (NEW."created_at", NEW."id", NEW."kind", NEW."observed_at", NEW."offset", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."source", NEW."value", NEW."vehicle_id", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                    hash="1fadc36e3d6a2a8857859e04a1165cc26c82d112",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_849e0",
                    table="vehicles_meterreading",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meterreading",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "vehicles_meterreadingevent" ("created_at", "id", "kind", "observed_at", "offset", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value", "vehicle_id", "void_reason", "voided_at") VALUES (NEW."created_at", NEW."id", NEW."kind", NEW."observed_at", NEW."offset", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."source", NEW."value", NEW."vehicle_id", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                    hash="d2f4e7bfa15f672506908e434ad84361f2cce8a0",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_6cd58",
                    table="vehicles_meterreading",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="meterreading",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_meterreadingevent" ("created_at", "id", "kind", "observed_at", "offset", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "source", "value", "vehicle_id", "void_reason", "voided_at") VALUES (OLD."created_at", OLD."id", OLD."kind", OLD."observed_at", OLD."offset", OLD."organization_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id", OLD."source", OLD."value", OLD."vehicle_id", OLD."void_reason", OLD."voided_at"); RETURN NULL;',
                    hash="95d0f10454ccd0ef57d8c33eb35f4c0e59cad841",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_f087c",
                    table="vehicles_meterreading",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddIndex(
            model_name="rejectedfix",
            index=models.Index(
                fields=["organization", "-received_at"], name="rejected_org_received"
            ),
        ),
        migrations.AddIndex(
            model_name="rejectedfix",
            index=models.Index(fields=["organization", "reason"], name="rejected_org_reason"),
        ),
        migrations.AddConstraint(
            model_name="rejectedfix",
            constraint=models.UniqueConstraint(
                fields=("entry", "entry_index"), name="rejected_once_per_entry"
            ),
        ),
        migrations.AddConstraint(
            model_name="vehiclegroupmember",
            constraint=models.UniqueConstraint(
                fields=("group", "vehicle"),
                name="vehicle_group_member_once",
                violation_error_message="The vehicle is in this group already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vehiclegroup",
            constraint=models.UniqueConstraint(
                fields=("organization", "name"),
                name="vehicle_group_name_once",
                violation_error_message="Another group has this name already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="vehiclegroup",
            constraint=models.UniqueConstraint(
                fields=("organization", "id"), name="vehicle_group_org_id"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vehiclegroup",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_vehiclegroupevent" ("id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id"); RETURN NULL;',
                    hash="aa281fedfe61cc1e6460d46906dca53eea605627",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_45d2d",
                    table="vehicles_vehiclegroup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vehiclegroup",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "vehicles_vehiclegroupevent" ("id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."id", NEW."name", NEW."organization_id", _pgh_attach_context(), NOW(), \'update\', NEW."id"); RETURN NULL;',
                    hash="cefcc29f3560c22a4733a82203f5250aa4926a62",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_1b78a",
                    table="vehicles_vehiclegroup",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="vehiclegroup",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "vehicles_vehiclegroupevent" ("id", "name", "organization_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."id", OLD."name", OLD."organization_id", _pgh_attach_context(), NOW(), \'delete\', OLD."id"); RETURN NULL;',
                    hash="bc62f21ad7a88258c9687304058097ac2319d50e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_65476",
                    table="vehicles_vehiclegroup",
                    when="AFTER",
                ),
            ),
        ),
    ]
