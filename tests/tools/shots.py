"""What to show in which picture: how to arrange a page before it is photographed."""

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, WebSocketRoute, expect

from tests.e2e.live_page import LivePage

PATIENCE_MS = 60_000
# A vehicle that drives in the town with a track to look at; the town's middle is the fleet's.
BUSY_VEHICLE = """() => {
  const { store } = document.querySelector("[data-testid=live]").liveMap;
  const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const all = [...store.indexById.values()].filter((i) => store.isPlaced(i));
  const lon = middle(all.map((i) => store.lon[i]));
  const lat = middle(all.map((i) => store.lat[i]));
  const away = (i) => Math.hypot(store.lon[i] - lon, store.lat[i] - lat);
  const moving = all.filter((i) => store.status[i] === 2 && store.speed[i] > 5);
  return store.ids[(moving.length > 0 ? moving : all).sort((a, b) => away(a) - away(b))[0]];
}"""


@dataclass(frozen=True)
class Visit:
    """A fresh page of somebody on a screen, "desktop" or "phone"."""

    page: Page
    url: str
    screen: str

    def go(self, path: str) -> None:
        self.page.goto(f"{self.url}{path}")

    @property
    def live(self) -> LivePage:
        return LivePage(self.page, url=self.url)


@dataclass(frozen=True)
class Shot:
    """One picture. `who` is a key of the people of the demo."""

    name: str
    who: str
    arrange: Callable[[Visit], None]
    screens: tuple[str, ...] = ("desktop", "phone")


def log_in(page: Page, *, url: str, email: str, password: str) -> None:
    """Fill in the sign-in form and send it."""
    expect.set_options(timeout=PATIENCE_MS)
    page.goto(f"{url}/accounts/login/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def _path(path: str) -> Callable[[Visit], None]:
    return lambda visit: visit.go(path)


def _login_error(visit: Visit) -> None:
    log_in(visit.page, url=visit.url, email="demo@fleet.local", password="not-the-password")
    expect(visit.page.get_by_role("alert")).to_be_visible()


def live(visit: Visit) -> None:
    """The whole fleet."""
    visit.live.open()
    visit.live.expect_map()
    _let_it_draw(visit)


def selected(visit: Visit) -> None:
    """A vehicle with today's track, and the town around it."""
    live(visit)
    vehicle = visit.page.evaluate(BUSY_VEHICLE)
    visit.live.open(f"?vehicle={vehicle}")
    visit.live.expect_map()
    expect(visit.page.get_by_test_id("panel-distance")).to_be_visible()
    visit.page.get_by_test_id("panel-fit").click()
    _let_it_draw(visit)


def _sheet(visit: Visit) -> None:
    live(visit)
    visit.page.get_by_test_id("sheet-handle").click()
    _let_it_draw(visit)


def _empty(visit: Visit) -> None:
    live(visit)
    expect(visit.page.get_by_test_id("no-vehicles")).to_be_visible()


def _list_error(visit: Visit) -> None:
    visit.page.route("**/live/vehicles.json", lambda route: route.fulfill(status=503))
    visit.go("/live/")
    visit.live.expect_map()
    expect(visit.page.get_by_test_id("roster-error")).to_be_visible()
    _let_it_draw(visit)


def _reconnecting(visit: Visit) -> None:
    lines: list[WebSocketRoute] = []

    def connect(line: WebSocketRoute) -> None:
        lines.append(line)
        if len(lines) == 1:
            line.connect_to_server()
        else:
            line.close(code=1001)

    visit.page.route_web_socket("**/ws/v1/live/**", connect)
    live(visit)
    lines[0].close(code=1001)
    visit.live.expect_connection("reconnecting")
    expect(visit.page.get_by_test_id("banner")).to_be_visible()


def _account_menu(visit: Visit) -> None:
    live(visit)
    visit.page.get_by_test_id("account-menu").locator("summary").click()


def _admin_vehicle(visit: Visit) -> None:
    live(visit)
    vehicle = visit.page.evaluate(BUSY_VEHICLE)
    visit.go(f"/admin/vehicles/vehicle/{vehicle}/change/")
    note = visit.page.locator("[data-admin-map-note]")
    expect(note).not_to_have_text("Loading the map")


def _admin_track(visit: Visit) -> None:
    _admin_vehicle(visit)
    visit.page.get_by_test_id("admin-map").scroll_into_view_if_needed()
    _let_it_draw(visit)


def _let_it_draw(visit: Visit) -> None:
    # Nothing says that a map in software has drawn its last tile; a picture can wait.
    visit.page.wait_for_timeout(2_500)


SHOTS = (
    Shot("login", "stranger", _path("/accounts/login/")),
    Shot("login-error", "stranger", _login_error),
    Shot("reset", "stranger", _path("/accounts/password/reset/")),
    Shot("404", "demo", _path("/no/such/page")),
    Shot("403", "driver", _path("/live/")),
    Shot("live-empty", "newcomer", _empty),
    Shot("live", "demo", live),
    Shot("live-sheet", "demo", _sheet, screens=("phone",)),
    Shot("live-selected", "demo", selected),
    Shot("live-error", "demo", _list_error),
    Shot("live-reconnecting", "demo", _reconnecting),
    Shot("account-menu", "demo", _account_menu),
    Shot("admin", "demo", _path("/admin/")),
    Shot("admin-vehicles", "demo", _path("/admin/vehicles/vehicle/")),
    Shot("admin-vehicle", "demo", _admin_vehicle),
    Shot("admin-track", "demo", _admin_track),
)
