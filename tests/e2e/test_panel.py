import re

import pytest
from playwright.sync_api import expect

from tests.e2e.live_page import LivePage
from tests.e2e.processes import WebServer
from tests.e2e.stage import Company, fix

pytestmark = pytest.mark.e2e


def test_the_panel_opens_and_closes_with_the_keyboard_alone(
    live: LivePage, server: WebServer, company: Company
) -> None:
    company.add_vehicle("T-1")
    second = company.add_vehicle("T-2")
    company.report(server.url, fix("T-1"), fix("T-2", east_m=500))
    live.open()
    keyboard = live.page.keyboard
    expect(live.rows).to_have_count(2)

    keyboard.press("/")
    expect(live.search).to_be_focused()
    keyboard.press("ArrowDown")
    expect(live.list).to_be_focused()
    keyboard.press("ArrowDown")
    expect(live.list).to_have_attribute("aria-activedescendant", f"vehicle-{second.pk}")
    keyboard.press("Enter")

    expect(live.part("number")).to_have_text("T-2")
    expect(live.page).to_have_url(re.compile(f"vehicle={second.pk}"))
    expect(live.row(second)).to_have_attribute("aria-selected", "true")
    keyboard.press("Escape")
    expect(live.panel).to_be_hidden()
    expect(live.list).to_be_focused()
    expect(live.page).to_have_url(re.compile("/live/$"))


def test_the_panel_tells_who_drives_what_today_and_how_the_device_is(
    live: LivePage, server: WebServer, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1", make="Volvo", model="FH")
    company.report(
        server.url,
        *(
            fix("T-1", east_m=step * 250, seconds_ago=120 - step * 20, odometer_m=5_000_000)
            for step in range(5)
        ),
    )

    live.open(f"?vehicle={vehicle.pk}")

    expect(live.part("number")).to_have_text("T-1")
    expect(live.part("status")).to_have_text("Moving")
    expect(live.part("driver")).to_have_text("nobody assigned")
    expect(live.panel).to_contain_text("Volvo FH")
    expect(live.panel).to_contain_text("5,000 km")
    expect(live.part("device")).to_contain_text("T-1")
    expect(live.part("distance")).to_have_text("1 km")
    expect(live.panel.locator("[data-chart] canvas")).to_be_visible()


def test_the_browser_s_back_button_closes_the_panel(
    live: LivePage, server: WebServer, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1")
    company.report(server.url, fix("T-1"))
    live.open()
    live.row(vehicle).click()
    expect(live.panel).to_be_visible()

    live.page.go_back()

    expect(live.panel).to_be_hidden()
    live.page.go_forward()
    expect(live.part("number")).to_have_text("T-1")


def test_a_vehicle_that_never_reported_says_what_to_look_at(
    live: LivePage, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1")

    live.open(f"?vehicle={vehicle.pk}")

    expect(live.panel).to_contain_text("No position yet")
    expect(live.panel).to_contain_text("Check that its device is switched on")
    expect(live.page.get_by_test_id("no-positions")).to_contain_text("/ingest/osmand")
