"""What people change in the admin: within their organization, within their role, on record."""

import re

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
    Device,
    DeviceStatus,
    Driver,
    LatestPosition,
    MeterReading,
    Vehicle,
    VehicleGroup,
    VehicleGroupMember,
)

pytestmark = pytest.mark.django_db

NO_INLINES = {
    f"{prefix}-{name}": "0"
    for prefix in ("devices", "group_members")
    for name in ("TOTAL_FORMS", "INITIAL_FORMS")
}


def signed_in(email: str) -> Client:
    client = Client()
    assert client.login(email=email, password=PASSWORD)
    return client


@pytest.fixture
def owner(acme: Cast) -> Client:
    return signed_in(acme.owner.email)


@pytest.fixture
def operator(db: None) -> Client:
    User.objects.create_superuser("operator@fleet.test", PASSWORD)
    return signed_in("operator@fleet.test")


def vehicle_form(**facts: object) -> dict[str, object]:
    return {"number": "T-1", "vehicle_class": "van", "fuel": "diesel", "external_ids": "{}",
            **NO_INLINES, **facts}  # fmt: skip


def errors_of(response: object) -> dict[str, list[str]]:
    return response.context["adminform"].form.errors  # type: ignore[attr-defined]


def test_a_new_vehicle_belongs_to_the_persons_organization(acme: Cast, owner: Client) -> None:
    response = owner.post("/admin/vehicles/vehicle/add/", vehicle_form(plate="KS 1"))
    assert response.status_code == 302, errors_of(response)
    with platform_scope():
        assert Vehicle.objects.get(number="T-1").organization_id == acme.id


def test_a_posted_organization_is_ignored(acme: Cast, rival: Cast, owner: Client) -> None:
    owner.post("/admin/vehicles/vehicle/add/", vehicle_form(organization=rival.id))
    with platform_scope():
        assert Vehicle.objects.get(number="T-1").organization_id == acme.id


def test_a_number_may_repeat_in_another_organization_only(
    acme: Cast, rival: Cast, owner: Client
) -> None:
    rival.add_vehicle("T-1")
    assert owner.post("/admin/vehicles/vehicle/add/", vehicle_form()).status_code == 302
    again = owner.post("/admin/vehicles/vehicle/add/", vehicle_form())
    assert "Another vehicle has this number already." in str(
        again.context["adminform"].form.non_field_errors()
    )


def test_operators_choose_the_organization(acme: Cast, rival: Cast, operator: Client) -> None:
    missing = operator.post("/admin/vehicles/vehicle/add/", vehicle_form())
    assert "organization" in errors_of(missing)
    done = operator.post("/admin/vehicles/vehicle/add/", vehicle_form(organization=rival.id))
    assert done.status_code == 302
    with platform_scope():
        assert Vehicle.objects.get(number="T-1").organization_id == rival.id


def test_operators_cannot_mix_organizations(acme: Cast, rival: Cast, operator: Client) -> None:
    theirs = rival.add_vehicle("R-1")
    response = operator.post(
        "/admin/vehicles/device/add/",
        {"organization": acme.id, "unique_id": "d1", "vehicle": theirs.pk, "status": "active"},
    )
    assert "another organization" in str(errors_of(response)["vehicle"])


def test_another_organizations_records_do_not_exist(acme: Cast, rival: Cast, owner: Client) -> None:
    theirs = rival.add_vehicle("R-1")
    change = f"/admin/vehicles/vehicle/{theirs.pk}/change/"
    assert owner.get(change).status_code == 302  # back to the list with a message
    owner.post(change, vehicle_form(number="mine now"))
    assert owner.get(f"/admin/vehicles/vehicle/{theirs.pk}/history/").status_code == 302
    owner.post(f"/admin/vehicles/vehicle/{theirs.pk}/delete/", {"post": "yes"})
    with platform_scope():
        assert Vehicle.objects.get(pk=theirs.pk).number == "R-1"


def test_another_organizations_vehicle_cannot_be_chosen(
    acme: Cast, rival: Cast, owner: Client
) -> None:
    theirs = rival.add_vehicle("R-1")
    response = owner.post(
        "/admin/vehicles/device/add/",
        {"unique_id": "d1", "vehicle": theirs.pk, "status": "active"},
    )
    assert "vehicle" in errors_of(response)
    found = owner.get(
        "/admin/autocomplete/",
        {"app_label": "vehicles", "model_name": "device", "field_name": "vehicle", "term": ""},
    ).json()
    assert found["results"] == []


def test_viewers_read_and_drivers_stay_outside(acme: Cast) -> None:
    vehicle = acme.add_vehicle("T-1")
    acme.add_member("viewer@acme.test", Role.VIEWER)
    acme.add_member("driver@acme.test", Role.DRIVER)
    viewer = signed_in("viewer@acme.test")
    change = f"/admin/vehicles/vehicle/{vehicle.pk}/change/"
    assert viewer.get(change).status_code == 200
    assert viewer.post(change, vehicle_form(number="X")).status_code == 403
    assert viewer.get("/admin/vehicles/vehicle/add/").status_code == 403
    assert viewer.get("/admin/accounts/apikey/").status_code == 403
    actions = {"action": "archive", "_selected_action": [vehicle.pk]}
    viewer.post("/admin/vehicles/vehicle/", actions)
    with platform_scope():
        assert Vehicle.objects.get(pk=vehicle.pk).archived_at is None
    driver = signed_in("driver@acme.test")
    assert driver.get("/admin/", follow=True).status_code == 403


def test_strangers_are_sent_to_the_login_page(db: None) -> None:
    response = Client().get("/admin/vehicles/vehicle/", follow=True)
    assert response.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_an_api_key_opens_no_admin_page(acme: Cast) -> None:
    response = Client().get("/admin/", headers={"Authorization": f"Api-Key {acme.key}"})
    assert response.status_code == 302


def test_history_tells_who_changed_what(acme: Cast, rival: Cast, owner: Client) -> None:
    owner.post("/admin/vehicles/vehicle/add/", vehicle_form(plate="OLD 1"))
    with platform_scope():
        pk = Vehicle.objects.get(number="T-1").pk
    owner.post(f"/admin/vehicles/vehicle/{pk}/change/", vehicle_form(plate="NEW 2"))
    entries = owner.get(f"/admin/vehicles/vehicle/{pk}/history/").context["entries"]
    assert [entry.verb for entry in entries] == ["Changed", "Created"]
    changed = entries[0]
    assert changed.who == acme.owner.email
    assert changed.source == "user"
    assert changed.place == f"/admin/vehicles/vehicle/{pk}/change/"
    assert [(c.field, c.before, c.after) for c in changed.changes] == [("plate", "OLD 1", "NEW 2")]


def test_the_audit_trail_shows_deletions_of_the_own_organization_only(
    acme: Cast, rival: Cast, owner: Client
) -> None:
    mine, theirs = acme.add_vehicle("T-1"), rival.add_vehicle("R-1")
    owner.post(f"/admin/vehicles/vehicle/{mine.pk}/delete/", {"post": "yes"})
    page = owner.get("/admin/audit/?kind=vehicles.vehicle")
    shown = [(entry.verb, entry.name) for entry in page.context["entries"]]
    assert shown == [("Deleted", "T-1"), ("Created", "T-1")]
    assert page.context["entries"][0].who == acme.owner.email
    everything = owner.get("/admin/audit/").content.decode()
    assert theirs.number not in everything
    assert rival.owner.email not in everything
    acme.add_member("manager@acme.test", Role.MANAGER)
    assert signed_in("manager@acme.test").get("/admin/audit/").status_code == 403


def test_bulk_actions_archive_restore_and_group(acme: Cast, owner: Client) -> None:
    pks = [acme.add_vehicle(f"T-{n}").pk for n in range(3)]
    with platform_scope():
        group = VehicleGroup.objects.create(organization=acme.organization, name="North")

    def run(action: str, **more: object) -> None:
        url = "/admin/vehicles/vehicle/?archived=all"
        owner.post(url, {"action": action, "_selected_action": pks, **more})

    run("archive")
    with platform_scope():
        assert Vehicle.objects.filter(archived_at=None).count() == 0
    run("restore")
    run("add_to_group", group=group.pk)
    run("add_to_group", group=group.pk)
    with platform_scope():
        assert Vehicle.objects.filter(archived_at=None).count() == 3
        assert VehicleGroupMember.objects.filter(group=group).count() == 3


def test_an_export_is_a_csv_without_formulas(acme: Cast, owner: Client) -> None:
    pk = acme.add_vehicle("T-1", make="=HYPERLINK(1)").pk
    response = owner.post(
        "/admin/vehicles/vehicle/", {"action": "export_csv", "_selected_action": [pk]}
    )
    lines = response.getvalue().decode().splitlines()
    assert lines[0].startswith("number,vin,plate")
    assert "'=HYPERLINK(1)" in lines[1].split(",")


def test_devices_are_approved_and_get_a_token_that_is_shown_once(acme: Cast, owner: Client) -> None:
    acme.add_vehicle("T-1")
    device = acme.devices[0]
    with platform_scope():
        Device.objects.update(status=DeviceStatus.PENDING)
    owner.post("/admin/vehicles/device/", {"action": "approve", "_selected_action": [device.pk]})
    change = f"/admin/vehicles/device/{device.pk}/change/"
    token_url = re.search(r'href="([^"]*new[-_]token[^"]*)"', owner.get(change).content.decode())
    assert token_url is not None
    assert owner.get(token_url[1]).status_code == 200
    with platform_scope():
        assert Device.objects.get(pk=device.pk).token_prefix is None
    shown = owner.post(token_url[1], follow=True).content.decode()
    token = re.search(r"fd_\w{8}_\w{32}", shown)
    assert token is not None
    with platform_scope():
        device = Device.objects.get(pk=device.pk)
        assert device.status == DeviceStatus.ACTIVE
        assert device.token_prefix == token[0].split("_")[1]
    assert token[0] not in owner.get(change).content.decode()


def test_overlapping_assignments_are_refused_in_words(acme: Cast, owner: Client) -> None:
    vehicle, driver = acme.add_vehicle("T-1"), acme.add_driver("Ann")
    form = {"vehicle": vehicle.pk, "driver": driver.pk, "starts_at_0": "2026-01-01",
            "starts_at_1": "08:00", "ends_at_0": "", "ends_at_1": ""}  # fmt: skip
    assert owner.post("/admin/vehicles/assignment/add/", form).status_code == 302
    again = owner.post("/admin/vehicles/assignment/add/", form)
    assert "The vehicle has another assignment in this time." in str(
        again.context["adminform"].form.non_field_errors()
    )
    with platform_scope():
        assert Assignment.objects.get().source == "user"


def test_a_licence_number_is_shown_but_not_in_the_trail(acme: Cast, owner: Client) -> None:
    form = {"name": "Ann", "licence_number": "K-123-456"}
    assert owner.post("/admin/vehicles/driver/add/", form).status_code == 302
    with platform_scope():
        driver = Driver.objects.get()
    assert driver.licence_number == "K-123-456"
    history = owner.get(f"/admin/vehicles/driver/{driver.pk}/history/").content.decode()
    assert "K-123-456" not in history


def test_meter_readings_run_forwards_and_are_voided(acme: Cast, owner: Client) -> None:
    vehicle = acme.add_vehicle("T-1")

    def record(value: float, day: str) -> object:
        return owner.post(
            "/admin/vehicles/meterreading/add/",
            {"vehicle": vehicle.pk, "kind": "odometer", "value": value, "offset": 0,
             "observed_at_0": day, "observed_at_1": "08:00"},
        )  # fmt: skip

    assert record(5_000_000, "2026-01-05").status_code == 302  # type: ignore[attr-defined]
    back = record(4_000_000, "2026-01-06")
    assert back.status_code == 200  # type: ignore[attr-defined]
    with platform_scope():
        reading = MeterReading.objects.get()
    change = f"/admin/vehicles/meterreading/{reading.pk}/change/"
    assert owner.post(change, {"void_reason": ""}).status_code == 200
    assert owner.post(change, {"void_reason": "Misread"}).status_code == 302
    with platform_scope():
        reading.refresh_from_db()
    assert reading.voided_at is not None
    assert reading.value == 5_000_000


def test_latest_positions_cannot_be_changed(acme: Cast, owner: Client) -> None:
    vehicle = acme.add_vehicle("T-1")
    now = timezone.now()
    with platform_scope():
        LatestPosition.objects.create(
            organization=acme.organization, vehicle=vehicle, recorded_at=now, received_at=now,
            motion_since=now, point=Point(-97.3, 37.6, srid=4326),
        )  # fmt: skip
    change = f"/admin/vehicles/latestposition/{vehicle.pk}/change/"
    assert owner.get(change).status_code == 200
    assert owner.post(change, {"speed_mps": "99"}).status_code == 403
    assert owner.get("/admin/vehicles/latestposition/add/").status_code == 403
