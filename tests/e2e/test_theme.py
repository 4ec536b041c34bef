import pytest
from playwright.sync_api import Page, expect

from tests.e2e.live_page import LivePage
from tests.e2e.processes import WebServer

pytestmark = pytest.mark.e2e

BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def test_the_dark_theme_is_chosen_with_the_button_and_kept_on_every_page(
    live: LivePage, server: WebServer
) -> None:
    live.open()
    page = live.page
    light = page.evaluate(BACKGROUND)
    button = page.get_by_test_id("theme-toggle")
    expect(button).to_have_attribute("aria-label", "Colour theme: as your computer")

    button.click()
    expect(button).to_have_attribute("aria-label", "Colour theme: light")
    button.click()
    expect(button).to_have_attribute("aria-label", "Colour theme: dark")

    dark = page.evaluate(BACKGROUND)
    assert dark != light
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate(BACKGROUND) == dark
    page.goto(f"{server.url}/accounts/password/reset/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_without_a_choice_the_computer_s_preference_holds(page: Page, server: WebServer) -> None:
    page.emulate_media(color_scheme="light")
    page.goto(f"{server.url}/accounts/login/")
    light = page.evaluate(BACKGROUND)

    page.emulate_media(color_scheme="dark")

    assert page.evaluate(BACKGROUND) != light
