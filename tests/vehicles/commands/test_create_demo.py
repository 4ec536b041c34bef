"""create_demo: a fleet to look at, the same however often it is asked for."""

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from fleet.accounts import selectors
from fleet.accounts.models import ApiKey, Organization
from fleet.accounts.scope import platform_scope
from vehicles.models import Assignment, Device, Driver, Vehicle, VehicleGroup
from vehicles.vin import vin_error

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def debug_with_own_state(settings: Any, tmp_path: Path) -> None:
    settings.DEBUG = True
    settings.STATE_DIR = tmp_path


def create() -> dict[str, object]:
    out = StringIO()
    call_command("create_demo", json=True, stdout=out)
    result: dict[str, object] = json.loads(out.getvalue())
    return result


def test_sixty_plausible_vehicles_and_a_login(tmp_path: Path) -> None:
    demo = create()
    assert Client().login(email=str(demo["email"]), password=str(demo["password"]))
    with platform_scope():
        vehicles = list(Vehicle.objects.all())
        assert len(vehicles) == 60
        assert len({v.vehicle_class for v in vehicles}) >= 5
        assert [vin_error(v.vin) for v in vehicles] == [None] * 60
        assert len({v.plate for v in vehicles}) == 60
        assert Device.objects.filter(vehicle__isnull=False).count() == 60
        assert Driver.objects.count() == Assignment.objects.count() == 54
        assert VehicleGroup.objects.count() == 3
    state = tmp_path / "demo.json"
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    key = selectors.api_key_for_text(text=json.loads(state.read_text())["demo"])
    assert key is not None
    assert key.scopes == ["ingest"]


def test_a_second_run_changes_nothing() -> None:
    create()
    with platform_scope():
        Vehicle.objects.filter(number="V-101").update(plate="MINE")
    again = create()
    assert again["created"] is False
    with platform_scope():
        assert Organization.objects.count() == 1
        assert Vehicle.objects.get(number="V-101").plate == "MINE"
        assert ApiKey.objects.filter(name="Simulator").count() == 1


def test_a_lost_state_file_is_made_again(tmp_path: Path) -> None:
    create()
    (tmp_path / "demo.json").write_text("{")
    create()
    text = json.loads((tmp_path / "demo.json").read_text())["demo"]
    assert selectors.api_key_for_text(text=text) is not None


def test_a_public_password_is_never_made_without_debug(settings: Any) -> None:
    settings.DEBUG = False
    with pytest.raises(CommandError, match="DEBUG=1"):
        create()
    with platform_scope():
        assert Organization.objects.count() == 0
