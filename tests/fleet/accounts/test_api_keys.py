import datetime as dt
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from fleet.accounts import selectors, services
from fleet.accounts.models import ApiKey
from fleet.accounts.scope import organization_scope, platform_scope
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_text_of_a_key_is_not_stored(acme: Cast) -> None:
    key, text = make_key(acme, ["ingest"])
    secret = text.rsplit("_", 1)[1]
    assert secret not in str(vars(key))
    assert selectors.api_key_for_text(text=text) == key


def make_key(cast: Cast, scopes: list[str]) -> tuple[ApiKey, str]:
    # The service opens the outermost transaction itself; a test already has one.
    fresh = services._new_api_key
    with organization_scope(cast.id):
        return fresh(organization_id=cast.id, name="k", scopes=scopes, created_by_id=cast.owner.pk)


@pytest.mark.parametrize("mangle", [lambda t: t[:-1] + "~", lambda t: "fk_" + t, lambda t: ""])
def test_a_wrong_key_opens_nothing(acme: Cast, mangle: Callable[[str], str]) -> None:
    assert selectors.api_key_for_text(text=mangle(acme.key)) is None


def test_expired_and_revoked_keys_open_nothing(acme: Cast) -> None:
    for change in ({"expires_at": timezone.now()}, {"revoked_at": timezone.now()}):
        key, text = make_key(acme, ["read"])
        with platform_scope():
            ApiKey.objects.filter(pk=key.pk).update(**change)
        assert selectors.api_key_for_text(text=text) is None


def test_an_unknown_scope_or_a_past_expiry_is_refused(acme: Cast) -> None:
    with pytest.raises(ValidationError, match="scope"):
        make_key(acme, ["everything"])
    with organization_scope(acme.id), pytest.raises(ValidationError, match="past"):
        services._new_api_key(
            organization_id=acme.id,
            name="k",
            scopes=["read"],
            created_by_id=None,
            expires_at=timezone.now() - dt.timedelta(seconds=1),
        )


def test_revoking_another_organizations_key_does_nothing(acme: Cast, rival: Cast) -> None:
    with platform_scope():
        theirs = ApiKey.objects.get(organization=rival.organization)
    with organization_scope(acme.id):
        services.revoke_api_key(actor=acme.actor, key_id=theirs.pk)
    assert selectors.api_key_for_text(text=rival.key) == theirs


def test_an_ingest_only_key_does_not_read(acme: Cast, client: Client) -> None:
    _, text = make_key(acme, ["ingest"])
    response = client.get("/live/vehicles.json", headers={"Authorization": f"Api-Key {text}"})
    assert response.status_code == 403


def test_the_last_use_of_a_key_is_remembered(acme: Cast, client: Client) -> None:
    client.get("/live/vehicles.json", headers={"Authorization": f"Api-Key {acme.key}"})
    with platform_scope():
        key = ApiKey.objects.get(organization=acme.organization)
    assert key.last_used_at is not None
