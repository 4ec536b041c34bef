"""Debian's Chromium, driven by Playwright, and a watch over what its pages complain about."""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    sync_playwright,
)

# It draws the map in software, and asks nobody on the internet for anything.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """The path of the browser, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@contextmanager
def launched(executable: str) -> Iterator[Browser]:
    """A headless browser for the block."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


class Watch:
    """Collects what pages of a context complain about: errors of scripts, of the content security
    policy, of resources that do not load, and requests to any host but ours."""

    def __init__(self, context: BrowserContext, *, url: str) -> None:
        self.url = url
        self._seen: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        context.on("console", self._console)
        context.on("request", self._request)
        context.on("weberror", lambda error: self._seen.append(f"script: {error.error}"))

    @property
    def complaints(self) -> list[str]:
        """Everything that no `expect` covers."""
        return [
            text
            for text in self._seen
            if not any(pattern.search(text) for pattern in self._expected)
        ]

    def expect(self, pattern: str) -> None:
        """The test itself causes complaints like this."""
        self._expected.append(re.compile(pattern))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            where = message.location.get("url", "")
            self._seen.append(f"console: {message.text} [{where}]")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self._seen.append(f"foreign host: {request.url}")


def picture(page: Page, path: str) -> None:
    """Save what the page shows, without a blinking caret."""
    page.screenshot(path=path, caret="hide")
