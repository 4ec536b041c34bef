"""A whole private installation for tests that kill its parts: servers, gateway, pipeline."""

import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis

from devstack.places import State
from devstack.postgres import OWNER, QUICK, PrivatePostgres
from devstack.redis_server import PrivateRedis

CHECKOUT = Path(__file__).resolve().parents[3]


class PrivateStack:
    """PostgreSQL, Redis and our processes, all ours to kill."""

    def __init__(self) -> None:
        # Sockets need a short path.
        self.state = State(Path(tempfile.mkdtemp(prefix="fleet-kill-", dir="/tmp")))
        self.postgres = PrivatePostgres(state=self.state, settings=QUICK)
        self.redis = PrivateRedis(state=self.state, fsync="always")
        self.port = _free_port()
        self.key = ""
        self.organization_id = 0
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.environment = {
            name: value for name, value in os.environ.items() if name != "DATABASE_AS_OWNER"
        } | {
            "DATABASE_URL": self.postgres.url(),
            "DATABASE_OWNER_URL": self.postgres.url(user=OWNER),
            "REDIS_URL": self.redis.url(),
            "STATE_DIR": str(self.state.folder),
            "SECRET_KEY": "only-for-tests-only-for-tests-only-for-tests-only-for-tests",
            "DEBUG": "1",
            "LOG_LEVEL": "WARNING",
            "PIPELINE_CLAIM_IDLE_MS": "2000",
        }

    def start(self) -> None:
        """Servers with an organization of 20 vehicles V0..V19, but none of our processes."""
        self.postgres.start()
        self.postgres.create_database()
        self.redis.start()
        self.manage("prepare_database")
        made = json.loads(
            self.manage("create_organization", "--name", "Kill", "--slug", "kill", "--json")
            .strip()
            .splitlines()[-1]
        )
        self.key, self.organization_id = made["api_key"], made["id"]
        self.query(
            "WITH v AS (INSERT INTO vehicles_vehicle (organization_id, number, vin, plate,"
            " plate_jurisdiction, make, model, vehicle_class, fuel, skills, tags, external_ids,"
            " created_at, updated_at) SELECT %(org)s, 'V' || i, '', '', '', '', '', 'van',"
            " 'diesel', '{}', '{}', '{}', now(), now() FROM generate_series(0, 19) i"
            " RETURNING id, number) INSERT INTO vehicles_device (organization_id, unique_id, name,"
            " vehicle_id, status, speed_unit, token_hash, protocol, created_at)"
            " SELECT %(org)s, number, '', id, 'active', '', '', '', now() FROM v",
            {"org": self.organization_id},
        )

    def close(self) -> None:
        for name in list(self.children):
            self.kill(name)
        self.redis.stop()
        self.postgres.stop()
        shutil.rmtree(self.state.folder, ignore_errors=True)

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start_gateway(self) -> None:
        self._start("gateway", "-m", "uvicorn", "fleet.asgi:application", "--no-access-log",
                    "--port", str(self.port))  # fmt: skip
        wait_until(self._gateway_answers)

    def start_pipeline(self, name: str = "pipeline") -> None:
        self._start(name, "manage.py", "run_pipeline")

    def kill(self, name: str) -> None:
        """kill -9."""
        child = self.children.pop(name)
        child.send_signal(signal.SIGKILL)
        child.wait()

    def stop(self, name: str) -> int:
        """SIGTERM; gives the exit code."""
        child = self.children.pop(name)
        child.terminate()
        return child.wait(timeout=60)

    def query(self, sql: str, parameters: Any = None) -> list[Any]:
        """Run SQL as the owner, who sees every organization."""
        with self.connect() as connection:
            cursor = connection.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    def connect(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(
            host=str(self.state.sockets), user=OWNER, dbname="fleet", autocommit=True
        )
        connection.execute("SELECT set_config('fleet.organizations', 'all', false)")
        return connection

    def redis_client(self) -> redis.Redis:
        return redis.Redis.from_url(self.redis.url(), socket_timeout=10)

    def post(self, records: list[dict[str, Any]]) -> int:
        """Send a batch; gives the status, 0 when there was no answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(
                "POST", f"/ingest/positions/{self.key}", json.dumps(records),
                {"Content-Type": "application/json"},
            )  # fmt: skip
            response = connection.getresponse()
            response.read()
            return response.status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def stored(self) -> list[tuple[str, int]]:
        """(vehicle number, milliseconds) of every position."""
        return self.query(
            "SELECT v.number, (extract(epoch FROM p.recorded_at) * 1000)::bigint"
            " FROM vehicles_position p JOIN vehicles_vehicle v ON v.id = p.vehicle_id"
        )

    def waiting(self) -> int:
        """Entries that are not stored."""
        with self.redis_client() as client:
            return sum(client.xlen(f"fleet:positions:{shard}") for shard in range(4))

    def forget_positions(self) -> None:
        with self.redis_client() as client:
            client.flushdb()
        self.query("DELETE FROM vehicles_position")
        self.query("DELETE FROM vehicles_latestposition")

    def _gateway_answers(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def _start(self, name: str, *arguments: str) -> None:
        with (self.state.folder / f"{name}.log").open("ab") as log:
            self.children[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=CHECKOUT, env=self.environment, stdout=log, stderr=log,
            )  # fmt: skip


def private_stack() -> Iterator[PrivateStack]:
    """For a fixture: a started stack, taken down afterwards."""
    stack = PrivateStack()
    try:
        stack.start()
        yield stack
    finally:
        stack.close()


def wait_until(condition: Callable[[], object], *, seconds: float = 180) -> None:
    """Poll; fails the test when it never comes true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
