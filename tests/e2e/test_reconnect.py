import pytest
from playwright.sync_api import expect

from tests.e2e.chromium import Watch
from tests.e2e.live_page import LivePage
from tests.e2e.processes import WebServer
from tests.e2e.stage import Company, fix

pytestmark = pytest.mark.e2e


def test_the_page_reconnects_by_itself_when_the_server_was_killed_and_started_again(
    live: LivePage, server: WebServer, company: Company, watch: Watch
) -> None:
    watch.expect("WebSocket connection to .* failed")
    vehicle = company.add_vehicle("T-1")
    company.report(server.url, fix("T-1", seconds_ago=60))
    live.open()
    expect(live.row(vehicle)).to_contain_text("Moving 45 km/h")

    server.kill()
    try:
        live.expect_connection("reconnecting")
        expect(live.page.get_by_test_id("connection-word")).to_have_text("Reconnecting")
        # A blink has no banner; an outage says what the map still shows.
        expect(live.page.get_by_test_id("banner")).to_contain_text("Reconnecting by itself")
    finally:
        server.start()
    # Before the page is back, so that only a resume or a fresh snapshot can bring it.
    company.report(server.url, fix("T-1", east_m=300, seconds_ago=30, speed_mps=25))

    live.expect_connection("live")
    expect(live.row(vehicle)).to_contain_text("Moving 90 km/h")
    expect(live.page.get_by_test_id("banner")).to_be_hidden()
    company.report(server.url, fix("T-1", east_m=600, seconds_ago=10, speed_mps=10))
    expect(live.row(vehicle)).to_contain_text("Moving 36 km/h")


def test_the_page_says_that_it_is_offline_when_the_network_of_the_computer_is_gone(
    live: LivePage, company: Company, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED|WebSocket connection to .* failed")
    company.add_vehicle("T-1")
    live.open()

    live.page.context.set_offline(True)

    live.expect_connection("offline")
    expect(live.page.get_by_test_id("banner")).to_contain_text("This computer is offline")
    live.page.context.set_offline(False)
    live.expect_connection("live")
    expect(live.page.get_by_test_id("banner")).to_be_hidden()
