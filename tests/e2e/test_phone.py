from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import Watch
from tests.e2e.conftest import PHONE
from tests.e2e.live_page import LivePage
from tests.e2e.processes import WebServer
from tests.e2e.stage import Company, fix

pytestmark = pytest.mark.e2e


@pytest.fixture
def context_options() -> dict[str, Any]:
    """A phone, held upright."""
    return {"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}


def test_on_a_phone_list_and_panel_share_a_sheet_above_the_map(
    live: LivePage, server: WebServer, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1")
    company.report(server.url, fix("T-1"))
    live.open()
    root = live.page.get_by_test_id("live")
    handle = live.page.get_by_test_id("sheet-handle")
    expect(live.page.get_by_test_id("map")).to_be_visible()
    expect(root).to_have_attribute("data-sheet", "low")

    handle.tap()
    expect(root).to_have_attribute("data-sheet", "half")
    live.row(vehicle).tap()

    expect(live.part("number")).to_have_text("T-1")
    expect(live.part("number")).to_be_in_viewport()
    expect(live.list).to_be_hidden()
    live.part("close").tap()
    expect(live.panel).to_be_hidden()
    expect(live.row(vehicle)).to_be_in_viewport()


def test_a_link_to_a_vehicle_raises_the_sheet_and_shows_the_vehicle_above_it(
    live: LivePage, server: WebServer, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1")
    company.report(server.url, fix("T-1"))

    live.open(f"?vehicle={vehicle.pk}")

    expect(live.page.get_by_test_id("live")).to_have_attribute("data-sheet", "half")
    expect(live.part("speed")).to_be_in_viewport()
    live.expect_uncovered(vehicle)


def test_on_a_phone_a_list_that_does_not_load_says_so_in_sight(
    live: LivePage, watch: Watch
) -> None:
    watch.expect("503")
    live.page.route("**/live/vehicles.json", lambda route: route.fulfill(status=503))

    live.page.goto(f"{live.url}/live/")

    expect(live.page.get_by_test_id("roster-error")).to_be_in_viewport()
    expect(live.page.get_by_test_id("roster-retry")).to_be_in_viewport()


def test_nothing_on_a_phone_is_wider_than_the_screen(
    live: LivePage, server: WebServer, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1 with a rather long name of its own", unique_id="T-1")
    company.report(server.url, fix("T-1"))
    pages = ("/live/", f"/live/?vehicle={vehicle.pk}", "/accounts/password/reset/")
    for path in pages:
        live.page.goto(f"{server.url}{path}")
        expect(live.page.locator("main")).to_be_visible()
        assert live.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"], path
