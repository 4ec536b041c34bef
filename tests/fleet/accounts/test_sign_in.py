"""Sign-in, sign-out, password reset and their limits, as a person meets them."""

import re
from collections.abc import Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_limits() -> Iterator[None]:
    """Rate limits are counted in Redis and would carry over from test to test."""
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, email: str, password: str) -> int:
    return client.post("/accounts/login/", {"login": email, "password": password}).status_code


def test_the_e_mail_address_signs_in_without_case(acme: Cast, client: Client) -> None:
    assert sign_in(client, "Owner@ACME.test", PASSWORD) == 302
    assert client.get("/live/").status_code == 200


def test_a_wrong_password_is_explained_without_saying_who_exists(
    acme: Cast, client: Client
) -> None:
    texts = []
    for email in ("owner@acme.test", "nobody@acme.test"):
        response = client.post("/accounts/login/", {"login": email, "password": "wrong"})
        assert response.status_code == 200
        texts.append(list(response.context["form"].non_field_errors()))
    assert texts[0] == texts[1]
    assert "do not belong together" in texts[0][0]


def test_too_many_wrong_passwords_close_the_door_for_a_while(acme: Cast, client: Client) -> None:
    for _ in range(5):
        sign_in(client, "owner@acme.test", "wrong")
    response = client.post("/accounts/login/", {"login": "owner@acme.test", "password": PASSWORD})
    assert response.status_code == 200
    assert "too many" in " ".join(response.context["form"].non_field_errors()).lower()


def test_signing_out_closes_the_pages(acme: Cast, client: Client) -> None:
    sign_in(client, "owner@acme.test", PASSWORD)
    client.post("/accounts/logout/")
    assert client.get("/live/").status_code == 302


def test_nobody_can_sign_up_by_themselves(client: Client) -> None:
    client.post(
        "/accounts/signup/",
        {"email": "new@acme.test", "password1": PASSWORD, "password2": PASSWORD},
    )
    assert sign_in(client, "new@acme.test", PASSWORD) == 200


def test_a_forgotten_password_is_replaced_by_e_mail(acme: Cast, client: Client) -> None:
    client.post("/accounts/password/reset/", {"email": "owner@acme.test"})
    (message,) = mail.outbox
    link = re.search(r"https?://[^/]+(/accounts/password/reset/key/\S+)", str(message.body))
    assert link is not None
    form_url = client.get(link[1], follow=True).redirect_chain[-1][0]
    fresh = "another-good-long-password"
    client.post(form_url, {"password1": fresh, "password2": fresh})
    assert sign_in(Client(), "owner@acme.test", PASSWORD) == 200
    assert sign_in(Client(), "owner@acme.test", fresh) == 302


def test_a_reset_for_an_unknown_address_looks_the_same(acme: Cast, client: Client) -> None:
    responses = [
        client.post("/accounts/password/reset/", {"email": email})
        for email in ("owner@acme.test", "nobody@acme.test")
    ]
    assert [r["Location"] for r in responses] == ["/accounts/password/reset/done/"] * 2


def test_a_deactivated_user_cannot_sign_in(acme: Cast, client: Client) -> None:
    acme.owner.is_active = False
    acme.owner.save()
    sign_in(client, "owner@acme.test", PASSWORD)
    assert client.get("/live/").status_code == 302
