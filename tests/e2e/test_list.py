import re

import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import Watch
from tests.e2e.live_page import LivePage
from tests.e2e.processes import WebServer
from tests.e2e.stage import Company, fix

pytestmark = pytest.mark.e2e


@pytest.fixture
def fleet(live: LivePage, server: WebServer, company: Company) -> LivePage:
    """Two vans, one of which drives, and a truck that idles, on the open page."""
    company.add_vehicle("VAN-1", make="Ford", model="Transit", plate="KS 4711")
    company.add_vehicle("VAN-2", make="Ford", model="Transit", plate="KS 4712")
    company.add_vehicle("TRUCK-1", make="Volvo", model="FH", plate="KS 4713")
    company.report(
        server.url,
        fix("VAN-1"),
        fix("VAN-2", east_m=900, speed_mps=0, ignition=False),
        fix("TRUCK-1", north_m=900, speed_mps=0),
    )
    live.open()
    expect(live.rows).to_have_count(3)
    return live


def test_the_search_finds_by_number_plate_and_model_and_survives_a_reload(
    fleet: LivePage,
) -> None:
    fleet.search.fill("van")
    expect(fleet.rows).to_have_count(2)
    expect(fleet.count).to_have_text("2 of 3")
    fleet.search.fill("ks4713")
    expect(fleet.rows).to_have_count(1)
    expect(fleet.rows).to_contain_text("TRUCK-1")
    fleet.search.fill("transit 2")
    expect(fleet.rows).to_contain_text("VAN-2")
    expect(fleet.page).to_have_url(re.compile(r"\?q=transit%202$"))

    fleet.page.reload()

    expect(fleet.search).to_have_value("transit 2")
    expect(fleet.rows).to_have_count(1)
    expect(fleet.rows).to_contain_text("VAN-2")


def test_a_status_filter_narrows_list_and_map_and_survives_a_reload(fleet: LivePage) -> None:
    fleet.chip("moving").click()

    expect(fleet.rows).to_have_count(1)
    expect(fleet.rows).to_contain_text("VAN-1")
    expect(fleet.page).to_have_url(re.compile(r"\?status=moving$"))
    fleet.chip("idling").click()
    expect(fleet.rows).to_have_count(2)
    fleet.page.reload()
    expect(fleet.rows).to_have_count(2)
    expect(fleet.chip("moving")).to_have_attribute("aria-pressed", "true")
    expect(fleet.chip("idling")).to_have_attribute("aria-pressed", "true")
    expect(fleet.chip("stopped")).to_have_attribute("aria-pressed", "false")


def test_a_filter_that_fits_nothing_says_so_and_is_cleared_with_one_press(
    fleet: LivePage,
) -> None:
    fleet.search.fill("no such vehicle")

    expect(fleet.page.get_by_test_id("no-match")).to_be_visible()
    fleet.page.get_by_test_id("clear-filters").click()
    expect(fleet.rows).to_have_count(3)
    expect(fleet.search).to_have_value("")
    expect(fleet.page).to_have_url(re.compile("/live/$"))


def test_a_list_that_did_not_load_says_so_and_loads_on_another_try(
    live: LivePage, company: Company, watch: Watch
) -> None:
    watch.expect("503")
    vehicle = company.add_vehicle("T-1")
    live.page.route("**/live/vehicles.json", lambda route: route.fulfill(status=503))
    live.page.goto(f"{live.url}/live/")
    expect(live.page.get_by_test_id("roster-error")).to_contain_text("503")
    live.page.unroute("**/live/vehicles.json")

    live.page.get_by_test_id("roster-retry").click()

    expect(live.row(vehicle)).to_be_visible()
    expect(live.page.get_by_test_id("roster-error")).to_be_hidden()
