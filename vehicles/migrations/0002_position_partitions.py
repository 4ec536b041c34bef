"""The partitioned positions table and the function that makes a month's partition.

The application role owns nothing, so it cannot create tables. It may call the function, which
runs as the schema's owner, makes only well-named monthly partitions, and keeps each of them
closed to direct access: the parent's row-level security is the only way in.
"""

from django.db import migrations

CREATE_TABLE = """
CREATE TABLE vehicles_position (
    organization_id bigint NOT NULL,
    vehicle_id bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    point geometry(Point, 4326) NOT NULL,
    altitude_m double precision,
    speed_mps double precision,
    heading_deg double precision,
    accuracy_m double precision,
    odometer_m double precision,
    ignition boolean,
    fuel_l double precision,
    fuel_percent double precision,
    quality smallint NOT NULL DEFAULT 0,
    attributes jsonb,
    PRIMARY KEY (vehicle_id, recorded_at)
) PARTITION BY RANGE (recorded_at);

-- Area and time-window scans: tiny, and costs the writer next to nothing.
CREATE INDEX vehicles_position_recorded_brin ON vehicles_position
    USING brin (recorded_at) WITH (pages_per_range = 32, autosummarize = on);
"""

# Room on each page for the next version of a row, so that an update touches no index.
ROOM_FOR_UPDATES = "ALTER TABLE vehicles_latestposition SET (fillfactor = 50)"

CREATE_FUNCTION = """
CREATE FUNCTION fleet_create_position_partition(month date) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    first_day date := date_trunc('month', month)::date;
    partition_name text := format('vehicles_position_%s', to_char(first_day, 'YYYYMM'));
BEGIN
    IF first_day < DATE '2000-01-01' OR first_day > DATE '2099-12-01' THEN
        RAISE EXCEPTION 'No position partition is made for %', first_day;
    END IF;
    -- Two processes may ask at once; the second waits and finds it made.
    PERFORM pg_advisory_xact_lock(hashtext('fleet_create_position_partition'));
    IF to_regclass(partition_name) IS NOT NULL THEN
        RETURN false;
    END IF;
    EXECUTE format(
        'CREATE TABLE %I PARTITION OF vehicles_position FOR VALUES FROM (%L) TO (%L)',
        partition_name,
        to_char(first_day, 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(first_day + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00'
    );
    RETURN true;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("vehicles", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE_TABLE, "DROP TABLE vehicles_position"),
        migrations.RunSQL(
            ROOM_FOR_UPDATES, "ALTER TABLE vehicles_latestposition RESET (fillfactor)"
        ),
        migrations.RunSQL(CREATE_FUNCTION, "DROP FUNCTION fleet_create_position_partition"),
    ]
