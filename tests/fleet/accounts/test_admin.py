"""Members, API keys and organizations in the admin."""

import re

import pytest
from django.test import Client

from fleet.accounts import selectors
from fleet.accounts.models import ApiKey, Membership, Organization, User
from fleet.accounts.roles import Role
from fleet.accounts.scope import platform_scope
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(acme: Cast) -> Client:
    client = Client()
    assert client.login(email=acme.owner.email, password=PASSWORD)
    return client


def test_a_new_key_is_shown_once_and_works_until_revoked(acme: Cast, owner: Client) -> None:
    shown = owner.post(
        "/admin/accounts/apikey/add/", {"name": "TMS", "scopes": ["read", "ingest"]}, follow=True
    ).content.decode()
    text = re.search(r"fk_\w{8}_\w{32}", shown)
    assert text is not None
    key = selectors.api_key_for_text(text=text[0])
    assert key is not None
    assert (key.organization_id, key.created_by_id) == (acme.id, acme.owner.pk)
    assert text[0] not in owner.get("/admin/accounts/apikey/").content.decode()
    owner.post("/admin/accounts/apikey/", {"action": "revoke", "_selected_action": [key.pk]})
    assert selectors.api_key_for_text(text=text[0]) is None


def test_an_expiry_in_the_past_is_refused(acme: Cast, owner: Client) -> None:
    response = owner.post(
        "/admin/accounts/apikey/add/",
        {"name": "TMS", "scopes": ["read"], "expires_at_0": "2020-01-01", "expires_at_1": "08:00"},
    )
    assert "expires_at" in response.context["adminform"].form.errors
    with platform_scope():
        assert ApiKey.objects.filter(name="TMS").count() == 0


def test_a_member_joins_by_email_and_is_new_or_known(
    acme: Cast, rival: Cast, owner: Client
) -> None:
    for email in ("new@acme.test", rival.owner.email):
        response = owner.post(
            "/admin/accounts/membership/add/", {"email": email, "name": "Ann", "role": "viewer"}
        )
        assert response.status_code == 302
    with platform_scope():
        assert Membership.objects.filter(organization=acme.organization).count() == 3
        assert not User.objects.get(email="new@acme.test").has_usable_password()
        assert User.objects.get(email=rival.owner.email).name == ""
    again = owner.post(
        "/admin/accounts/membership/add/", {"email": "new@acme.test", "role": "viewer"}
    )
    assert "a member of the organization already" in str(
        again.context["adminform"].form.errors["email"]
    )


def test_the_last_owner_stays(acme: Cast, owner: Client) -> None:
    with platform_scope():
        mine = Membership.objects.get(user=acme.owner)
    change = f"/admin/accounts/membership/{mine.pk}/change/"
    refused = owner.post(change, {"role": "viewer"})
    assert "needs an owner" in str(refused.context["adminform"].form.errors["role"])
    assert (
        owner.post(f"/admin/accounts/membership/{mine.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )
    acme.add_member("second@acme.test", Role.OWNER)
    assert owner.post(change, {"role": "viewer"}).status_code == 302
    with platform_scope():
        mine.refresh_from_db()
    assert mine.role == Role.VIEWER


def test_an_owner_sets_up_the_own_organization_only(acme: Cast, rival: Cast, owner: Client) -> None:
    listed = owner.get("/admin/accounts/organization/").context["cl"].result_list
    assert [o.pk for o in listed] == [acme.id]
    form = {"name": "Acme Haulage", "slug": "stolen", "time_zone": "America/Chicago",
            "distance_unit": "mi", "offline_after_moving_s": 600,
            "offline_after_parked_s": 3600}  # fmt: skip
    change = f"/admin/accounts/organization/{acme.id}/change/"
    assert owner.post(change, form).status_code == 302
    owner.post(f"/admin/accounts/organization/{rival.id}/change/", form)
    with platform_scope():
        changed, other = (Organization.objects.get(pk=i) for i in (acme.id, rival.id))
    assert (changed.name, changed.slug, other.name) == ("Acme Haulage", "acme", "Rival")


def test_an_owner_sees_members_but_changes_no_people(
    acme: Cast, rival: Cast, owner: Client
) -> None:
    listed = owner.get("/admin/accounts/user/").context["cl"].result_list
    assert [u.pk for u in listed] == [acme.owner.pk]
    change = f"/admin/accounts/user/{acme.owner.pk}/change/"
    assert owner.post(change, {"email": "x@acme.test"}).status_code == 403
