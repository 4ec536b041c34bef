import re

import pytest
from playwright.sync_api import Page, expect

from tests.cast import PASSWORD
from tests.e2e.processes import WebServer
from tests.e2e.stage import Company

pytestmark = pytest.mark.e2e


def _fill_in(page: Page, *, email: str, password: str) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_person_signs_in_lands_on_the_live_map_and_signs_out(
    page: Page, server: WebServer, company: Company
) -> None:
    page.goto(server.url)
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()

    _fill_in(page, email=company.owner.email, password=PASSWORD)

    expect(page).to_have_url(f"{server.url}/live/")
    expect(page.get_by_test_id("connection")).to_have_attribute("data-state", "live")
    page.get_by_test_id("account-menu").locator("summary").click()
    expect(page.get_by_test_id("account-menu")).to_contain_text(company.owner.email)
    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.goto(f"{server.url}/live/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_a_wrong_password_is_said_and_the_address_stays_in_the_form(
    page: Page, server: WebServer, company: Company
) -> None:
    page.goto(f"{server.url}/accounts/login/")

    _fill_in(page, email=company.owner.email, password="not-the-password")

    expect(page.get_by_role("alert")).to_contain_text("password")
    expect(page.get_by_label("E-mail")).to_have_value(company.owner.email)
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_signing_in_leads_to_the_page_that_was_asked_for(
    page: Page, server: WebServer, company: Company
) -> None:
    page.goto(f"{server.url}/live/?status=moving")

    _fill_in(page, email=company.owner.email, password=PASSWORD)

    expect(page).to_have_url(f"{server.url}/live/?status=moving")
