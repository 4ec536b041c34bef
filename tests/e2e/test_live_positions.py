import re

import pytest
from playwright.sync_api import expect

from tests.e2e.live_page import LivePage
from tests.e2e.processes import WebServer
from tests.e2e.stage import HOME, Company, Stage, fix

pytestmark = pytest.mark.e2e


def test_a_vehicle_moves_on_the_page_when_its_tracker_reports(
    live: LivePage, server: WebServer, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1")
    company.report(server.url, fix("T-1", seconds_ago=60))
    live.open()
    expect(live.row(vehicle)).to_contain_text("Moving 45 km/h E")
    live.expect_map()
    live.expect_on_map(vehicle)
    live.row(vehicle).click()
    lon, lat = HOME
    expect(live.part("position")).to_have_text(f"{lat:.5f}, {lon:.5f}")

    after = fix("T-1", north_m=400, seconds_ago=30, speed_mps=20, heading_deg=0)
    company.report(server.url, after)

    expect(live.part("position")).to_have_text(f"{after['lat']:.5f}, {after['lon']:.5f}")
    expect(live.part("speed")).to_have_text("72 km/h")
    expect(live.row(vehicle)).to_contain_text("Moving 72 km/h N")
    live.expect_on_map(vehicle)


def test_a_vehicle_that_halts_turns_idling_and_then_stopped(
    live: LivePage, server: WebServer, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1")
    company.report(server.url, fix("T-1", seconds_ago=60))
    live.open()
    expect(live.row(vehicle)).to_have_attribute("data-status", "moving")

    company.report(server.url, fix("T-1", east_m=200, seconds_ago=40, speed_mps=0))
    expect(live.row(vehicle)).to_have_attribute("data-status", "idling")
    company.report(server.url, fix("T-1", east_m=200, seconds_ago=20, speed_mps=0, ignition=False))
    expect(live.row(vehicle)).to_have_attribute("data-status", "stopped")

    expect(live.row(vehicle)).to_contain_text("Stopped")
    expect(live.chip("stopped")).to_contain_text("1")
    expect(live.chip("moving")).to_contain_text("0")


def test_a_vehicle_that_is_new_to_the_page_joins_the_list(
    live: LivePage, server: WebServer, company: Company
) -> None:
    company.add_vehicle("T-1")
    live.open()
    expect(live.count).to_have_text("1 vehicle")

    newcomer = company.add_vehicle("T-2")
    company.report(server.url, fix("T-2"))

    expect(live.row(newcomer)).to_contain_text("Moving")
    expect(live.count).to_have_text("2 vehicles")


def test_follow_keeps_on_until_it_is_switched_off(
    live: LivePage, server: WebServer, company: Company
) -> None:
    vehicle = company.add_vehicle("T-1")
    company.report(server.url, fix("T-1", seconds_ago=300))
    live.open(f"?vehicle={vehicle.pk}")
    live.expect_map()
    live.expect_on_map(vehicle)

    live.part("follow").click()

    expect(live.part("follow")).to_have_text("Following")
    expect(live.page).to_have_url(re.compile("follow=1"))
    # Ten kilometres: out of any view that does not follow.
    for step in range(1, 5):
        seconds = 300 - step * 60
        company.report(server.url, fix("T-1", east_m=step * 2_500, seconds_ago=seconds))
    last = fix("T-1", east_m=10_500, seconds_ago=10)
    company.report(server.url, last)
    expect(live.part("position")).to_have_text(f"{last['lat']:.5f}, {last['lon']:.5f}")
    live.expect_on_map(vehicle)
    live.part("follow").click()
    expect(live.part("follow")).to_have_text("Follow")
    expect(live.page).not_to_have_url(re.compile("follow"))


def test_another_organization_s_vehicle_is_nowhere_in_the_page(
    live: LivePage, server: WebServer, company: Company, stage: Stage
) -> None:
    own = company.add_vehicle("OWN-1")
    rival = stage.organization()
    foreign = rival.add_vehicle("RIVAL-1")
    rival.report(server.url, fix("RIVAL-1", east_m=100, seconds_ago=60))
    company.report(server.url, fix("OWN-1", seconds_ago=60))
    heard: list[str] = []
    live.page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda text: heard.append(str(text))),
    )
    live.page.on(
        "response",
        lambda answer: heard.append(answer.text()) if ".json" in answer.url else None,
    )
    live.open()
    rival.report(server.url, fix("RIVAL-1", east_m=300, seconds_ago=40))
    company.report(server.url, fix("OWN-1", east_m=300, seconds_ago=20, speed_mps=20))

    expect(live.row(own)).to_contain_text("72 km/h")
    expect(live.rows).to_have_count(1)
    known = live.page.evaluate(
        "[...document.querySelector('[data-testid=live]').liveMap.store.indexById.keys()]"
    )
    assert known == [own.pk]
    assert foreign.pk != own.pk
    assert any("OWN-1" in text for text in heard)
    assert not any("RIVAL" in text for text in heard)
    live.page.goto(f"{server.url}/live/?vehicle={foreign.pk}")
    expect(live.row(own)).to_be_visible()
    expect(live.panel).to_be_hidden()
