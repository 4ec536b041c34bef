"""The audit trail: who, from where, before and after, of the own organization only."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse

from fleet.accounts import audit, services
from fleet.accounts.actors import SYSTEM, Source
from fleet.accounts.audit_context import AuditMiddleware, command_context
from fleet.accounts.middleware import actor_for_header
from fleet.accounts.models import Organization
from fleet.accounts.roles import Role
from fleet.accounts.scope import platform_scope
from tests.cast import Cast
from vehicles.models import Vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def everything_visible() -> object:
    """The database shows all rows, so that only the first wall separates."""
    with platform_scope():
        yield


def test_a_command_is_named_with_its_source(acme: Cast) -> None:
    with command_context("replay_positions", source=Source.IMPORT, organization_id=acme.id):
        vehicle = acme.add_vehicle("T-1")
    (entry,) = audit.history_of_record(actor=acme.actor, record=vehicle)
    assert (entry.who, entry.source, entry.place) == (
        "Command replay_positions", "import", "replay_positions",
    )  # fmt: skip


def test_an_api_key_is_named_by_its_prefix(acme: Cast) -> None:
    request = HttpRequest()
    request.method, request.path = "PATCH", "/api/v1/vehicles/1/"
    request.META["HTTP_AUTHORIZATION"] = f"Api-Key {acme.key}"
    request.user = AnonymousUser()
    request.actor = actor_for_header(f"Api-Key {acme.key}")  # type: ignore[attr-defined]

    def view(_: HttpRequest) -> HttpResponse:
        acme.add_vehicle("T-1")
        return HttpResponse()

    AuditMiddleware(view)(request)
    (entry,) = audit.history_of_record(actor=acme.actor, record=acme.vehicles[0])
    assert entry.who == f"API key fk_{acme.key.split('_')[1]}…"
    assert entry.place == "/api/v1/vehicles/1/"


def test_names_stand_in_the_place_of_ids(acme: Cast) -> None:
    first, second = acme.add_vehicle("T-1"), acme.add_vehicle("T-2")
    device = acme.devices[0]
    device.vehicle = second
    device.save()
    entries = audit.history_of_record(actor=acme.actor, record=device)
    (change,) = entries[0].changes
    assert (change.field, change.before, change.after) == ("vehicle", str(first), str(second))


def test_bulk_updates_are_on_record_too(acme: Cast) -> None:
    vehicle = acme.add_vehicle("T-1")
    Vehicle.objects.filter(pk=vehicle.pk).update(plate="KS 99")
    entries = audit.history_of_record(actor=acme.actor, record=vehicle)
    assert entries[0].changes[0].after == "KS 99"
    assert entries[0].who == "System"


def test_another_organization_reads_nothing(acme: Cast, rival: Cast) -> None:
    vehicle = acme.add_vehicle("T-1")
    assert audit.history_of_record(actor=rival.actor, record=vehicle) == []
    assert audit.history_of_record(actor=rival.actor, record=acme.organization) == []
    trail = audit.recent_history(actor=rival.actor, models_seen=audit.tracked_models())
    assert {entry.name for entry in trail} & {"T-1", "Acme", acme.owner.email} == set()
    assert any(entry.name == "Rival" for entry in trail)


def test_the_platform_reads_everything_and_people_are_its_alone(acme: Cast) -> None:
    acme.owner.name = "Ann"
    acme.owner.save()
    entries = audit.history_of_record(actor=SYSTEM, record=acme.owner)
    assert entries[0].changes[0].after == "Ann"
    assert audit.history_of_record(actor=acme.actor, record=acme.owner) == []


def test_secrets_are_not_in_the_trail(acme: Cast) -> None:
    key, text = services.create_api_key(actor=acme.actor, name="TMS", scopes=["read"])
    (entry,) = audit.history_of_record(actor=acme.actor, record=key)
    shown = str(entry)
    assert text.split("_")[2] not in shown
    assert key.key_hash not in shown


def test_roles_are_told_in_words(acme: Cast) -> None:
    user = acme.add_member("ann@acme.test", Role.VIEWER)
    membership = user.memberships.get()
    services.change_member_role(actor=acme.actor, membership_id=membership.pk, role="manager")
    entry = audit.history_of_record(actor=acme.actor, record=membership)[0]
    assert [(c.before, c.after) for c in entry.changes] == [("Viewer", "Manager")]


def test_organization_settings_are_on_record(acme: Cast) -> None:
    Organization.objects.filter(pk=acme.id).update(name="Acme Haulage")
    entry = audit.history_of_record(actor=acme.actor, record=acme.organization)[0]
    assert [(c.before, c.after) for c in entry.changes] == [("Acme", "Acme Haulage")]
