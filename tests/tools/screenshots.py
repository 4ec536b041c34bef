"""`make screenshots`: the picture of the README, and one of every page in build/screenshots.

usage: python -m tests.tools.screenshots [--url URL] [--only TEXT]

Without --url it starts web server, pipeline and simulator on the services that the environment
names. With --url it takes pictures of a server that runs already, such as `make run`; pages that
need other people than the demo's owner are left out then.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from devstack.places import CHECKOUT
from tests.e2e import chromium
from tests.tools.demo_stack import DEMO, People, running_demo
from tests.tools.shots import SHOTS, Visit, log_in, selected

README_PICTURE = CHECKOUT / "static/src/images/live-map.png"
FOLDER = CHECKOUT / "build/screenshots"
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1440, "height": 900}},
    "phone": {
        "viewport": {"width": 390, "height": 844},
        "device_scale_factor": 2,
        "is_mobile": True,
        "has_touch": True,
    },
}
THEMES = ("light", "dark")


def main() -> None:
    parser = argparse.ArgumentParser(description="Take the project's screenshots.")
    parser.add_argument("--url", help="A server that runs already.")
    parser.add_argument("--only", default="", help="Only pictures with this text in their name.")
    arguments = parser.parse_args()
    executable = chromium.find()
    if executable is None:
        raise SystemExit("There is no Chromium. `make setup` installs it.")
    with _server(arguments.url) as (url, people), chromium.launched(executable) as browser:
        FOLDER.mkdir(parents=True, exist_ok=True)
        if arguments.only in README_PICTURE.name:
            _take_readme_picture(browser, url=url)
        for screen, options in SCREENS.items():
            for theme in THEMES:
                sessions = _Sessions(browser, url=url, options={**options, "color_scheme": theme})
                for shot in SHOTS:
                    name = f"{screen}-{theme}-{shot.name}.png"
                    if arguments.only not in name or screen not in shot.screens:
                        continue
                    if shot.who not in people:
                        continue
                    page = sessions.of(people[shot.who]).new_page()
                    shot.arrange(Visit(page=page, url=url, screen=screen))
                    page.screenshot(path=FOLDER / name, caret="hide")
                    page.close()
                    print(FOLDER / name, flush=True)
                sessions.close()


@contextmanager
def _server(url: str | None) -> Iterator[tuple[str, People]]:
    if url:
        yield url.rstrip("/"), {"stranger": None, "demo": DEMO}
        return
    with running_demo() as (own_url, people):
        yield own_url, people


def _take_readme_picture(browser: Browser, *, url: str) -> None:
    sessions = _Sessions(browser, url=url, options={**SCREENS["desktop"], "color_scheme": "light"})
    page = sessions.of(DEMO).new_page()
    selected(Visit(page=page, url=url, screen="desktop"))
    page.get_by_role("button", name="Hide this note").click()
    page.mouse.move(0, 0)
    page.screenshot(path=README_PICTURE, caret="hide")
    sessions.close()
    print(README_PICTURE, flush=True)


class _Sessions:
    """One browser context for each person, signed in on first use."""

    def __init__(self, browser: Browser, *, url: str, options: dict[str, Any]) -> None:
        self._new = lambda: browser.new_context(reduced_motion="reduce", **options)
        self._url = url
        self._contexts: dict[str, BrowserContext] = {}

    def of(self, login: tuple[str, str] | None) -> BrowserContext:
        email, password = login or ("", "")
        if email not in self._contexts:
            context = self._contexts[email] = self._new()
            context.set_default_timeout(60_000)
            if login:
                page = context.new_page()
                log_in(page, url=self._url, email=email, password=password)
                page.wait_for_url(lambda address: "/accounts/login/" not in address)
                page.close()
        return self._contexts[email]

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


if __name__ == "__main__":
    main()
