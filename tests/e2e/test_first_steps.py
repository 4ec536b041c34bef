import re

import pytest
from playwright.sync_api import Page, expect

from fleet.accounts.roles import Role
from tests.e2e.chromium import Watch
from tests.e2e.conftest import SignIn
from tests.e2e.live_page import LivePage
from tests.e2e.processes import WebServer
from tests.e2e.stage import Company, fix

pytestmark = pytest.mark.e2e


def test_an_organization_without_vehicles_learns_where_to_send_positions(
    live: LivePage, server: WebServer, company: Company
) -> None:
    live.open()

    expect(live.page.get_by_test_id("ingest-url")).to_have_text(f"{server.url}/ingest/osmand")
    # The first vehicle needs no reload, as the page promises.
    vehicle = company.add_vehicle("T-1")
    company.report(server.url, fix("T-1"))
    expect(live.row(vehicle)).to_contain_text("Moving")
    expect(live.page.get_by_test_id("no-vehicles")).to_be_hidden()


def test_a_map_without_a_base_map_says_that_it_shows_outlines(live: LivePage) -> None:
    live.open()
    live.expect_map()

    expect(live.page.get_by_test_id("map")).to_have_attribute("data-ready", "outlines")
    expect(live.page.get_by_test_id("map-note")).to_contain_text("showing outlines only")
    expect(live.page.get_by_test_id("map")).to_contain_text("Natural Earth")


def test_a_page_that_does_not_exist_leads_back_to_the_map(
    page: Page, server: WebServer, watch: Watch
) -> None:
    watch.expect("404")

    page.goto(f"{server.url}/no/such/page")

    expect(page.get_by_role("heading")).to_have_text("We could not find that page")
    expect(page.get_by_role("link", name="Go to the live map")).to_have_attribute("href", "/")


def test_a_driver_hears_that_the_map_is_not_for_their_role(
    page: Page, server: WebServer, company: Company, sign_in: SignIn, watch: Watch
) -> None:
    watch.expect("403")
    sign_in(company.add_member(Role.DRIVER))

    page.goto(f"{server.url}/live/")

    expect(page.get_by_role("heading")).to_have_text("You may not do that")


def test_the_pages_of_the_entrance_raise_no_complaint(page: Page, server: WebServer) -> None:
    for path in ("login", "password/reset", "password/reset/done"):
        page.goto(f"{server.url}/accounts/{path}/")
        expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("."))


def test_the_admin_shows_a_vehicle_with_its_track_on_a_map(
    page: Page, server: WebServer, company: Company, sign_in: SignIn
) -> None:
    vehicle = company.add_vehicle("T-1")
    steps = range(4)
    company.report(
        server.url, *(fix("T-1", east_m=n * 200, seconds_ago=90 - n * 20) for n in steps)
    )
    sign_in(company.owner)
    page.goto(f"{server.url}/admin/")
    expect(page.get_by_role("link", name="Vehicles").first).to_be_visible()

    page.goto(f"{server.url}/admin/vehicles/vehicle/{vehicle.pk}/change/")

    expect(page.get_by_test_id("admin-map").locator("canvas").first).to_be_visible()
    expect(page.locator("[data-admin-map-note]")).not_to_have_text("Loading the map")
