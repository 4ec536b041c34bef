"""create_organization: ready in seconds, its secrets shown once."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from fleet.accounts import selectors
from fleet.accounts.models import Membership, Organization, User
from fleet.accounts.roles import Role
from fleet.accounts.scope import platform_scope

pytestmark = pytest.mark.django_db


def create(**options: object) -> str:
    out = StringIO()
    call_command("create_organization", stdout=out, **options)
    return out.getvalue()


def test_the_owner_signs_in_and_the_key_works() -> None:
    new = json.loads(create(name="Acme Haulage", slug="acme", units="mi", json=True,
                            time_zone="America/Chicago"))  # fmt: skip
    assert new["owner_email"] == "owner@acme.local"
    client = Client()
    assert client.login(email=new["owner_email"], password=new["owner_password"])
    assert client.get("/admin/").status_code == 200
    key = selectors.api_key_for_text(text=new["api_key"])
    assert key is not None
    assert set(key.scopes) == {"read", "write", "ingest"}
    with platform_scope():
        organization = Organization.objects.get(pk=new["id"])
        assert (organization.distance_unit, organization.time_zone) == ("mi", "America/Chicago")
        assert Membership.objects.get(organization=organization).role == Role.OWNER


def test_a_person_reads_where_to_sign_in_and_how_to_send_the_key() -> None:
    text = create(name="Acme", slug="acme", owner_email="ann@acme.test")
    assert "ann@acme.test" in text
    assert "Authorization: Api-Key KEY" in text


def test_somebody_who_has_a_login_keeps_the_password() -> None:
    User.objects.create_user("ann@acme.test", "mine-already-1")
    new = json.loads(create(name="Acme", slug="acme", owner_email="Ann@acme.test", json=True))
    assert new["owner_password"] is None
    assert Client().login(email="ann@acme.test", password="mine-already-1")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"slug": "taken"}, "The slug taken is taken; choose another"),
        ({"slug": "not a slug"}, "--slug"),
        ({"time_zone": "Mars"}, "“Mars” is not a time zone"),
        ({"owner_email": "nobody"}, "--owner-email"),
    ],
)
def test_mistakes_are_named_and_leave_nothing(options: dict[str, str], message: str) -> None:
    create(name="There", slug="taken")
    with pytest.raises(CommandError, match=message):
        create(**({"name": "Acme", "slug": "acme"} | options))
    with platform_scope():
        assert Organization.objects.count() == 1
        assert User.objects.count() == 1
