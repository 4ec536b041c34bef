"""Every admin page of vehicles opens, for each kind of person who may open it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from fleet.accounts.models import User
from fleet.accounts.roles import Role
from fleet.accounts.scope import platform_scope
from tests.cast import PASSWORD, Cast
from vehicles.models import (
    Assignment,
    LatestPosition,
    MeterKind,
    MeterReading,
    RejectedFix,
    Vehicle,
    VehicleGroup,
    VehicleGroupMember,
)

pytestmark = pytest.mark.django_db

MODELS = ("vehicle", "driver", "device", "vehiclegroup", "assignment", "meterreading",
          "latestposition", "rejectedfix")  # fmt: skip
ACCOUNTS = ("organization", "membership", "user", "apikey")


def fill(cast: Cast, count: int, *, start: int = 0) -> None:
    """`count` rows in every table that has a page."""
    now = timezone.now()
    with platform_scope():
        mine: dict[str, Any] = {"organization": cast.organization}
        group, _ = VehicleGroup.objects.get_or_create(name="North", **mine)
        for n in range(start, start + count):
            vehicle = cast.add_vehicle(f"T-{n}", make="Volvo")
            driver = cast.add_driver(f"Driver {n}")
            VehicleGroup.objects.create(name=f"Group {n}", **mine)
            VehicleGroupMember.objects.create(group=group, vehicle=vehicle, **mine)
            Assignment.objects.create(vehicle=vehicle, driver=driver, starts_at=now, **mine)
            MeterReading.objects.create(
                vehicle=vehicle, kind=MeterKind.ODOMETER, value=1000, observed_at=now, **mine
            )
            LatestPosition.objects.create(
                vehicle=vehicle, recorded_at=now, received_at=now, motion_since=now,
                point=Point(-97.3, 37.6, srid=4326), accuracy_m=4.0, quality=10, **mine,
            )  # fmt: skip
            RejectedFix.objects.create(
                received_at=now, format="osmand", device=vehicle.number, reason="null_island",
                detail="0, 0", raw="id=1&lat=0&lon=0", entry=f"{cast.id}-{n}", entry_index=0,
                **mine,
            )  # fmt: skip


@pytest.fixture
def owner(acme: Cast) -> Client:
    client = Client()
    assert client.login(email=acme.owner.email, password=PASSWORD)
    return client


@pytest.fixture
def operator(db: None) -> Client:
    User.objects.create_superuser("operator@fleet.test", PASSWORD)
    client = Client()
    assert client.login(email="operator@fleet.test", password=PASSWORD)
    return client


@pytest.mark.parametrize("model", MODELS)
def test_lists_search_and_pages_open(acme: Cast, owner: Client, model: str) -> None:
    fill(acme, 2)
    page = owner.get(f"/admin/vehicles/{model}/")
    assert page.status_code == 200
    assert len(page.context["cl"].result_list) >= 2
    assert owner.get(f"/admin/vehicles/{model}/?q=T-1").status_code == 200
    pk = page.context["cl"].result_list[0].pk
    assert owner.get(f"/admin/vehicles/{model}/{pk}/change/").status_code == 200
    assert owner.get(f"/admin/vehicles/{model}/{pk}/history/").status_code == 200


@pytest.mark.parametrize("model", ["vehicle", "driver", "device", "vehiclegroup", "assignment",
                                   "meterreading"])  # fmt: skip
def test_forms_for_new_records_open_for_members_and_operators(
    acme: Cast, owner: Client, operator: Client, model: str
) -> None:
    theirs = owner.get(f"/admin/vehicles/{model}/add/")
    assert theirs.status_code == 200
    assert "organization" not in theirs.context["adminform"].form.fields
    ours = operator.get(f"/admin/vehicles/{model}/add/")
    assert ours.status_code == 200
    assert "organization" in ours.context["adminform"].form.fields


@pytest.mark.parametrize("model", MODELS)
def test_operators_see_every_organization(
    acme: Cast, rival: Cast, operator: Client, model: str
) -> None:
    fill(acme, 1)
    fill(rival, 1, start=10)
    rows = operator.get(f"/admin/vehicles/{model}/").context["cl"].result_list
    assert {row.organization_id for row in rows} == {acme.id, rival.id}
    for row in rows:
        assert operator.get(f"/admin/vehicles/{model}/{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("model", ACCOUNTS)
def test_pages_of_accounts_open(acme: Cast, owner: Client, operator: Client, model: str) -> None:
    for client in (owner, operator):
        page = client.get(f"/admin/accounts/{model}/")
        assert page.status_code == 200
        for row in page.context["cl"].result_list:
            assert client.get(f"/admin/accounts/{model}/{row.pk}/change/").status_code == 200
            assert client.get(f"/admin/accounts/{model}/{row.pk}/history/").status_code == 200


def test_the_index_lists_what_the_role_may_see(acme: Cast, owner: Client) -> None:
    acme.add_member("viewer@acme.test", Role.VIEWER)
    viewer = Client()
    viewer.login(email="viewer@acme.test", password=PASSWORD)
    assert b"API keys" in owner.get("/admin/").content
    page = viewer.get("/admin/")
    assert page.status_code == 200
    assert b"/admin/vehicles/vehicle/" in page.content
    assert b"/admin/accounts/apikey/" not in page.content


@pytest.mark.parametrize("model", MODELS)
def test_lists_ask_as_much_for_30_rows_as_for_3(acme: Cast, owner: Client, model: str) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for more in (3, 27):
        fill(acme, more, start=len(acme.vehicles))
        owner.get(f"/admin/vehicles/{model}/")
        with CaptureQueriesContext(connection) as queries:
            page = owner.get(f"/admin/vehicles/{model}/")
        assert len(page.context["cl"].result_list) >= len(acme.vehicles)
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 14


def test_a_track_is_the_day_before_the_newest_fix(acme: Cast, rival: Cast, owner: Client) -> None:
    vehicle = acme.add_vehicle("T-1")
    newest = timezone.now().replace(microsecond=0) - dt.timedelta(days=3)
    with platform_scope():
        from vehicles.models import Position

        for hours in (0, 1, 23, 25):
            at = newest - dt.timedelta(hours=hours)
            Position.objects.create(
                organization=acme.organization, vehicle=vehicle, recorded_at=at, received_at=at,
                point=Point(-97.3, 37.6, srid=4326),
            )  # fmt: skip
        LatestPosition.objects.create(
            organization=acme.organization, vehicle=vehicle, recorded_at=newest,
            received_at=newest, motion_since=newest, point=Point(-97.3, 37.6, srid=4326),
        )  # fmt: skip
    track = owner.get(f"/admin/vehicles/vehicle/{vehicle.pk}/track.json").json()
    assert len(track["t"]) == 3
    assert track["t"][-1] == newest.timestamp() * 1000
    theirs = rival.add_vehicle("R-1")
    assert owner.get(f"/admin/vehicles/vehicle/{theirs.pk}/track.json").status_code == 404


def test_a_vehicle_page_has_its_map(acme: Cast, owner: Client) -> None:
    fill(acme, 1)
    with platform_scope():
        vehicle = Vehicle.objects.get(number="T-0")
    page = owner.get(f"/admin/vehicles/vehicle/{vehicle.pk}/change/").content.decode()
    assert "src/admin/map.js" in page
    assert f"/admin/vehicles/vehicle/{vehicle.pk}/track.json" in page
    point = owner.get(f"/admin/vehicles/latestposition/{vehicle.pk}/change/").content.decode()
    assert "src/admin/map.js" in point
