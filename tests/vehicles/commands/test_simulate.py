"""simulate: sends what the ingest door understands, and waits while the server is away."""

import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.core.management import CommandError, call_command
from django.utils import timezone

from fleet.accounts import selectors
from fleet.accounts.scope import platform_scope
from tests.cast import Cast
from vehicles.ingest.formats import batch
from vehicles.models import LatestPosition, Vehicle
from vehicles.simulation.fleet import Report
from vehicles.simulation.sender import Sender, SenderError


class Door:
    """A server that keeps what was posted and answers as it is told."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self.keys: list[str] = []
        self.statuses: list[int] = []
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = door.statuses.pop(0) if door.statuses else 200
                if status == 200:
                    door.bodies.append(body)
                    door.keys.append(self.headers["Authorization"])
                answer = json.dumps({"accepted": 1, "rejected": []}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def fixes(self) -> list[Any]:
        found = []
        for body in self.bodies:
            now_us = int(timezone.now().timestamp() * 1e6)
            parsed = batch.parse(body, query="", headers={}, now_us=now_us)
            assert parsed.rejected == []
            found += parsed.fixes
        return found


@pytest.fixture
def door() -> Iterator[Door]:
    door = Door()
    yield door
    door.close()


def report(n: int) -> Report:
    return Report(
        device="d", recorded_at_s=1_700_000_000.0 + n, lon=-97.3, lat=37.6, altitude_m=390.0,
        speed_mps=10.0, heading_deg=90.0, accuracy_m=3.0, odometer_m=1.0, ignition=True,
        fuel_l=50.0, supply_v=13.9,
    )  # fmt: skip


def test_what_is_not_taken_is_kept_and_sent_again(door: Door) -> None:
    sender = Sender(door.url, "fk_key", random.Random(1))
    door.statuses = [503, 200]
    sender.add([report(0)])
    assert sender.send() > 0
    assert "503" in sender.trouble
    sender.add([report(1)])
    assert sender.send() == 0
    sender.close()
    assert (sender.accepted, sender.trouble, len(sender.waiting)) == (2, "", 0)
    assert len(door.fixes()) == 2
    assert door.keys == ["Api-Key fk_key"]


def test_waits_grow_while_the_server_is_away() -> None:
    sender = Sender("http://127.0.0.1:9", "fk_key", random.Random(1))
    sender.add([report(0)])
    waits = [sender.send() for _ in range(8)]
    assert waits[0] <= 1
    assert waits[-1] > 10
    assert max(waits) <= 30
    assert len(sender.waiting) == 1


def test_a_refused_key_is_an_error(door: Door) -> None:
    door.statuses = [401]
    sender = Sender(door.url, "fk_key", random.Random(1))
    sender.add([report(0)])
    with pytest.raises(SenderError, match="401"):
        sender.send()
    sender.close()


@pytest.mark.django_db
class TestCommand:
    @pytest.fixture(autouse=True)
    def own_state(self, settings: Any, tmp_path: Path) -> None:
        settings.STATE_DIR = tmp_path

    def test_missing_vehicles_are_made_and_report(self, acme: Cast, door: Door) -> None:
        acme.add_vehicle("T-1")
        out = StringIO()
        for _ in range(2):
            call_command(
                "simulate", vehicles=3, organization="acme", url=door.url, rate=10.0,
                duration=0.5, stdout=out, stderr=StringIO(),
            )  # fmt: skip
        assert out.getvalue().count("Made 2 vehicles") == 1
        with platform_scope():
            assert Vehicle.objects.count() == 3
        assert {fix.device for fix in door.fixes()} == {"T-1", "SIM-00001", "SIM-00002"}
        key = selectors.api_key_for_text(text=door.keys[0].removeprefix("Api-Key "))
        assert key is not None
        assert (key.organization_id, key.scopes) == (acme.id, ["ingest"])

    def test_a_vehicle_goes_on_where_it_was(self, acme: Cast, door: Door) -> None:
        vehicle = acme.add_vehicle("T-1", vehicle_class="van")
        now = timezone.now()
        with platform_scope():
            LatestPosition.objects.create(
                organization=acme.organization, vehicle=vehicle, recorded_at=now,
                received_at=now, motion_since=now, point=Point(-97.3301, 37.69, srid=4326),
                odometer_m=123_456.0,
            )  # fmt: skip
        call_command(
            "simulate", vehicles=1, organization="acme", url=door.url, rate=10.0, duration=0.3,
            stdout=StringIO(), stderr=StringIO(),
        )  # fmt: skip
        first = door.fixes()[0]
        assert (first.lon, first.lat) == pytest.approx((-97.3301, 37.69), abs=0.0005)
        assert first.odometer_m == pytest.approx(123_456, abs=50)

    def test_an_unknown_organization_is_named(self, door: Door) -> None:
        with pytest.raises(CommandError, match="There is no organization nobody"):
            call_command("simulate", organization="nobody", url=door.url)
