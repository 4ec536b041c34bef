"""The live map's own data: facts, panel and track of the actor's organization only."""

import datetime as dt
import json
from typing import Any

import pytest
from django.contrib.gis.geos import Point
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fleet.accounts.roles import Role
from fleet.accounts.scope import platform_scope
from tests.cast import PASSWORD, Cast, at
from vehicles.models import Assignment, LatestPosition, Position, Vehicle, VehicleGroup

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_of_acme(acme: Cast) -> Client:
    client = Client()
    client.force_login(acme.owner)
    return client


def store_position(vehicle: Vehicle, moment: dt.datetime, lon: float, lat: float) -> None:
    with platform_scope():
        Position.objects.create(
            vehicle=vehicle,
            organization_id=vehicle.organization_id,
            recorded_at=moment,
            received_at=moment,
            point=Point(lon, lat),
            speed_mps=12.5,
        )


def ms(moment: dt.datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_facts_name_the_current_driver_and_groups(acme: Cast, client_of_acme: Client) -> None:
    vehicle = acme.add_vehicle("T-1", plate="ABC 1", make="Volvo", model="FH")
    driver = acme.add_driver("Ann Lee")
    with platform_scope():
        group = VehicleGroup.objects.create(organization=acme.organization, name="North")
        group.members.create(organization=acme.organization, vehicle=vehicle)
        Assignment.objects.create(
            organization=acme.organization, vehicle=vehicle, driver=driver, starts_at=at(6)
        )
    data = client_of_acme.get("/live/vehicles.json").json()
    assert data["vehicles"] == [
        {
            "id": vehicle.pk,
            "number": "T-1",
            "plate": "ABC 1",
            "make": "Volvo",
            "model": "FH",
            "class": "tractor",
            "driver": "Ann Lee",
            "groups": [group.pk],
        }
    ]
    assert data["groups"] == [{"id": group.pk, "name": "North"}]


def test_facts_leave_out_archived_vehicles_and_other_organizations(
    acme: Cast, rival: Cast, client_of_acme: Client
) -> None:
    acme.add_vehicle("T-1")
    acme.add_vehicle("T-2", archived_at=at(1))
    rival.add_vehicle("R-1")
    numbers = [v["number"] for v in client_of_acme.get("/live/vehicles.json").json()["vehicles"]]
    assert numbers == ["T-1"]


def test_facts_cost_the_same_queries_for_three_and_thirty_vehicles(
    acme: Cast, client_of_acme: Client
) -> None:
    counts = []
    for upto in (3, 30):
        for number in range(len(acme.vehicles), upto):
            acme.add_vehicle(f"T-{number}")
        with CaptureQueriesContext(connection) as captured:
            client_of_acme.get("/live/vehicles.json")
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 5


def test_panel_shows_driver_device_and_latest_position(acme: Cast, client_of_acme: Client) -> None:
    vehicle = acme.add_vehicle("T-1")
    device = acme.devices[0]
    with platform_scope():
        LatestPosition.objects.create(
            organization=acme.organization,
            vehicle=vehicle,
            device=device,
            recorded_at=at(9),
            received_at=at(9, 0, 1),
            point=Point(-76.15, 43.05),
            speed_mps=10,
            motion=2,
            motion_since=at(8, 30),
            attributes={"batt": 77, "power": 13.8},
        )
    panel = client_of_acme.get(f"/live/vehicles/{vehicle.pk}.json").json()
    assert panel["latest"]["lon"] == pytest.approx(-76.15)
    assert panel["latest"]["t"] == ms(at(9))
    assert panel["status"] == {"since": ms(at(8, 30))}
    assert panel["driver"] is None
    assert panel["devices"][0]["unique_id"] == "T-1"
    assert panel["devices"][0]["battery_percent"] == 77
    assert panel["devices"][0]["power_v"] == pytest.approx(13.8)


def test_track_gives_the_range_in_order(acme: Cast, client_of_acme: Client) -> None:
    vehicle = acme.add_vehicle("T-1")
    for minute in (30, 10, 20):
        store_position(vehicle, at(9, minute), -76.0 - minute / 100, 43.0)
    url = f"/live/vehicles/{vehicle.pk}/track.json"
    track = client_of_acme.get(url, {"from": ms(at(9, 10)), "to": ms(at(9, 30))}).json()
    assert track["t"] == [ms(at(9, 10)), ms(at(9, 20))]
    assert track["lon"] == [-76.1, -76.2]
    assert track["truncated"] is False


def test_track_keeps_the_newest_points_when_there_are_too_many(
    acme: Cast, client_of_acme: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vehicles.selectors.TRACK_MAX_POINTS", 2)
    vehicle = acme.add_vehicle("T-1")
    for minute in (10, 20, 30):
        store_position(vehicle, at(9, minute), -76.0, 43.0)
    url = f"/live/vehicles/{vehicle.pk}/track.json"
    track = client_of_acme.get(url, {"from": ms(at(9)), "to": ms(at(10))}).json()
    assert track["t"] == [ms(at(9, 20)), ms(at(9, 30))]
    assert track["truncated"] is True


@pytest.mark.parametrize(
    "query",
    [{}, {"from": "now", "to": "1"}, {"from": "2", "to": "1"}, {"from": "0", "to": "9" * 40}],
)
def test_track_explains_a_bad_range(
    acme: Cast, client_of_acme: Client, query: dict[str, Any]
) -> None:
    vehicle = acme.add_vehicle("T-1")
    response = client_of_acme.get(f"/live/vehicles/{vehicle.pk}/track.json", query)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert "from" in json.loads(response.content)["detail"]


@pytest.mark.parametrize(
    "path", ["/live/vehicles/{}.json", "/live/vehicles/{}/track.json?from=1&to=2"]
)
def test_another_organizations_vehicle_answers_404(
    rival: Cast, client_of_acme: Client, path: str
) -> None:
    vehicle = rival.add_vehicle("R-1")
    assert client_of_acme.get(path.format(vehicle.pk)).status_code == 404


def test_a_stranger_is_sent_to_sign_in(client: Client) -> None:
    response = client.get("/live/")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=/live/"


def test_a_driver_may_not_see_the_whole_fleet(acme: Cast, client: Client) -> None:
    client.force_login(acme.add_member("driver@acme.test", Role.DRIVER))
    assert client.get("/live/vehicles.json").status_code == 403


def test_an_api_key_reads_the_same_facts(acme: Cast, client: Client) -> None:
    acme.add_vehicle("T-1")
    response = client.get("/live/vehicles.json", headers={"Authorization": f"Api-Key {acme.key}"})
    assert [v["number"] for v in response.json()["vehicles"]] == ["T-1"]


def test_a_user_of_two_organizations_switches_between_them(
    acme: Cast, rival: Cast, client: Client
) -> None:
    with platform_scope():
        rival.organization.memberships.create(user=acme.owner, role=Role.VIEWER)
    acme.add_vehicle("T-1")
    rival.add_vehicle("R-1")
    client.login(username="owner@acme.test", password=PASSWORD)
    client.post("/organization/", {"organization": rival.id})
    numbers = [v["number"] for v in client.get("/live/vehicles.json").json()["vehicles"]]
    assert numbers == ["R-1"]


def test_nobody_switches_to_an_organization_they_are_no_member_of(
    rival: Cast, client_of_acme: Client
) -> None:
    response = client_of_acme.post("/organization/", {"organization": rival.id})
    assert response.status_code == 404
