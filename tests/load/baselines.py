"""The peers of ingest: PostgreSQL's own COPY of the same rows, and one INSERT each by the ORM."""

import datetime as dt
import os
import subprocess
import tempfile
import time
from pathlib import Path

from django.contrib.gis.geos import Point

from devstack.places import CHECKOUT
from devstack.postgres import DATABASE, OWNER
from fleet.accounts.scope import organization_scope
from tests.load.fleet import LoadFleet
from tests.load.requests import SPEED_MPS
from tests.load.stack import Stack
from vehicles.models import Position

_TABLE = "bench_copy"


class CopyTwin:
    """A table like the positions table, with the same partitions and indexes, for `psql` COPY."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._run(
            f"CREATE TABLE {_TABLE} (LIKE vehicles_position INCLUDING ALL)"
            " PARTITION BY RANGE (recorded_at)"
        )
        bounds = self._run(
            "SELECT pg_get_expr(c.relpartbound, c.oid) FROM pg_inherits i"
            " JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'vehicles_position'::regclass"
        )
        for n, bound in enumerate(bounds.splitlines()):
            self._run(f"CREATE TABLE {_TABLE}_{n} PARTITION OF {_TABLE} {bound}")

    def rows_per_s(self, *, organization_id: int, since: dt.datetime) -> tuple[int, float]:
        """Copies the organization's positions recorded from `since` on; returns rows, rows/s."""
        with tempfile.TemporaryDirectory(dir=CHECKOUT / "build") as folder:
            file = Path(folder) / "rows.copy"
            chosen = (
                f"SELECT * FROM vehicles_position WHERE organization_id = {organization_id}"
                f" AND recorded_at >= '{since.isoformat()}'"
            )
            with file.open("wb") as rows:
                self._psql(f"COPY ({chosen}) TO STDOUT", stdout=rows)
            self._run(f"TRUNCATE {_TABLE}")
            with file.open("rb") as rows:
                began = time.perf_counter()
                self._psql(f"COPY {_TABLE} FROM STDIN", stdin=rows)
                seconds = time.perf_counter() - began
        count = int(self._run(f"SELECT count(*) FROM {_TABLE}"))
        return count, count / seconds

    def drop(self) -> None:
        """Removes the table."""
        self._run(f"DROP TABLE {_TABLE}")

    def _run(self, sql: str) -> str:
        return self.stack.postgres.query(sql, database=DATABASE)

    def _psql(self, sql: str, **streams: object) -> None:
        sockets = str(self.stack.postgres.state.sockets)
        command = ["psql", "-h", sockets, "-U", OWNER, "-d", DATABASE, "-X", "-q"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
        subprocess.run([*command, "-c", sql], check=True, env=environment, **streams)  # type: ignore[call-overload]


def orm_rows_per_s(fleet: LoadFleet, *, count: int, start: dt.datetime) -> float:
    """`Position.objects.create`, each in a transaction of its own, over one connection."""
    with organization_scope(fleet.organization_id):
        began = time.perf_counter()
        for n in range(count):
            at = start + dt.timedelta(seconds=n // len(fleet.vehicle_ids))
            vehicle = n % len(fleet.vehicle_ids)
            Position.objects.create(
                organization_id=fleet.organization_id,
                vehicle_id=fleet.vehicle_ids[vehicle],
                recorded_at=at,
                received_at=at,
                point=Point(-98.0 + vehicle * 1e-4, 30.0 + n * 1e-5, srid=4326),
                altitude_m=150.0,
                speed_mps=SPEED_MPS,
                heading_deg=0.0,
                accuracy_m=4.5,
                odometer_m=100_000.0,
                ignition=True,
            )
        return count / (time.perf_counter() - began)
