"""The live map as a person uses it."""

import re
from typing import Any

from playwright.sync_api import Locator, Page, expect


class LivePage:
    """Parts of the live map by the names that the page gives them for tests."""

    def __init__(self, page: Page, *, url: str) -> None:
        self.page = page
        self.url = url
        self.connection = page.get_by_test_id("connection")
        self.list = page.get_by_test_id("vehicle-list")
        self.rows = self.list.locator("[role=option]:visible")
        self.count = page.get_by_test_id("count")
        self.search = page.get_by_test_id("search")
        self.panel = page.get_by_test_id("panel")

    def open(self, query: str = "") -> "LivePage":
        """Open it and wait until it is connected and knows its vehicles."""
        self.page.goto(f"{self.url}/live/{query}")
        self.expect_connection("live")
        expect(self.page.get_by_test_id("live")).not_to_have_class(re.compile("is-loading"))
        return self

    def expect_connection(self, state: str) -> None:
        """Wait for a state of the connection, such as "live"."""
        expect(self.connection).to_have_attribute("data-state", state)

    def expect_map(self) -> None:
        """Wait until the map can be used."""
        expect(self.page.get_by_test_id("map")).to_have_attribute("data-ready", re.compile("."))

    def row(self, vehicle: Any) -> Locator:
        """The list's row of a vehicle."""
        return self.list.locator(f"[data-vehicle='{vehicle.pk}']:visible")

    def chip(self, status: str) -> Locator:
        """The filter button of a status."""
        return self.page.get_by_test_id(f"chip-{status}")

    def part(self, name: str) -> Locator:
        """A figure of the panel, such as "speed"."""
        return self.panel.get_by_test_id(f"panel-{name}")

    def expect_uncovered(self, vehicle: Any) -> None:
        """Wait until the map has drawn the vehicle where nothing lies over it."""
        self.page.wait_for_function(
            """(wanted) => {
              const page = document.querySelector("[data-testid=live]");
              const { vehicles, places } = page.liveMap.shown();
              const map = document.querySelector("[data-testid=map]");
              const [x, y] = places[vehicles.indexOf(wanted)] ?? [-1, -1];
              const { left, top } = map.getBoundingClientRect();
              return map.contains(document.elementFromPoint(left + x, top + y));
            }""",
            arg=vehicle.pk,
        )

    def expect_on_map(self, *vehicles: Any) -> None:
        """Wait until the map has drawn exactly these vehicles one by one."""
        self.page.wait_for_function(
            """(wanted) => {
              const { vehicles } = document.querySelector("[data-testid=live]").liveMap.shown();
              return JSON.stringify([...vehicles].sort()) === JSON.stringify(wanted);
            }""",
            arg=sorted(vehicle.pk for vehicle in vehicles),
        )
