from typing import Any

import pytest
from playwright.sync_api import Page, expect

from devstack.places import CHECKOUT
from tests.e2e.conftest import DESKTOP
from tests.e2e.live_page import LivePage
from tests.e2e.processes import WebServer
from tests.e2e.stage import Company, fix

pytestmark = pytest.mark.e2e

AXE = CHECKOUT / "node_modules/axe-core/axe.min.js"
GRAVE = {"serious", "critical"}


@pytest.fixture(params=["light", "dark"])
def context_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each test runs in both themes."""
    return {"viewport": DESKTOP, "color_scheme": request.param}


def _grave_violations(page: Page) -> list[str]:
    # As a script of the debugger, which the content security policy does not bind.
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']} ({violation['impact']}): {node['html'][:160]} {node['failureSummary']}"
        for violation in found["violations"]
        if violation["impact"] in GRAVE
        for node in violation["nodes"]
    ]


def test_the_sign_in_page_is_accessible_also_with_an_error(page: Page, server: WebServer) -> None:
    page.goto(f"{server.url}/accounts/login/")
    assert _grave_violations(page) == []

    page.get_by_label("E-mail").fill("nobody@nowhere.test")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()

    assert _grave_violations(page) == []


def test_the_live_map_is_accessible_with_and_without_the_panel(
    live: LivePage, server: WebServer, company: Company
) -> None:
    moving = company.add_vehicle("T-1")
    company.add_vehicle("T-2")
    company.add_vehicle("T-3")
    company.add_vehicle("T-4")
    company.report(
        server.url,
        fix("T-1", seconds_ago=90),
        fix("T-1", east_m=300, seconds_ago=60),
        fix("T-2", north_m=500, speed_mps=0),
        fix("T-3", north_m=900, speed_mps=0, ignition=False),
    )
    live.open()
    live.expect_map()
    expect(live.rows).to_have_count(4)
    assert _grave_violations(live.page) == []

    live.row(moving).click()
    expect(live.part("distance")).to_be_visible()

    assert _grave_violations(live.page) == []


def test_the_first_steps_of_an_empty_organization_are_accessible(live: LivePage) -> None:
    live.open()
    expect(live.page.get_by_test_id("no-vehicles")).to_be_visible()

    assert _grave_violations(live.page) == []
