"""One server, one pipeline and one browser for all browser tests; a fresh context for each test."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, Page, expect
from redis import Redis

from devstack.places import CHECKOUT
from tests.e2e import chromium
from tests.e2e.live_page import LivePage
from tests.e2e.processes import Program, WebServer, manage
from tests.e2e.stage import Company, Stage

BUILD = CHECKOUT / "build/e2e"
# A busy machine is slow to draw maps in software; nothing here is a measurement.
PATIENCE_MS = 30_000
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}

Environment = dict[str, str]
SignIn = Callable[[Any], None]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: Playwright's event loop would be in the way of others."""
    here = Path(__file__).parent
    items.sort(key=lambda item: here in item.path.parents)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    """Keeps a picture of what a failed test had on the screen."""
    report: Any = yield
    if report.when == "call" and report.failed:
        context = getattr(item, "funcargs", {}).get("context")
        for number, page in enumerate(context.pages if context else []):
            path = BUILD / f"{item.name}-{number}.png"
            chromium.picture(page, str(path))
            report.sections.append(("screenshot", str(path)))
    return report


@pytest.fixture(scope="session")
def browser_path() -> str:
    """Chromium. Without one the tests are skipped, but never in CI."""
    path = chromium.find()
    if path is None:
        message = "There is no Chromium. `make setup` installs it."
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return path


@pytest.fixture(scope="session")
def static_files(browser_path: str) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """Static files as in production, hashed; gathered while the database is made."""
    state = str(BUILD / "state")
    with subprocess.Popen(
        manage("collectstatic", "--noinput", "-v0"),
        cwd=CHECKOUT,
        env={**os.environ, "DEBUG": "0", "STATE_DIR": state},
    ) as process:
        yield state, process


@pytest.fixture(scope="session")
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Instead of pytest-django's, which empties the tables after each test.

    Each test here has an organization of its own, so the tables are emptied once (`stage`). The
    name tells pytest-django that the test database has to be made.
    """
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="session")
def environment(
    static_files: tuple[str, "subprocess.Popen[bytes]"], transactional_db: None
) -> Iterator[Environment]:
    """What leads processes to the test database, in the application role, as in production."""
    state, gathering = static_files
    name = settings.DATABASES["default"]["NAME"]
    assert name.startswith("test_"), f"{name} is not a test database"
    inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_AS_OWNER"}
    urls: Environment = {
        variable: _to_database(inherited[variable], name)
        for variable in ("DATABASE_URL", "DATABASE_OWNER_URL")
        if variable in inherited
    }
    assert gathering.wait() == 0, "collectstatic failed; its message is above."
    with Redis.from_url(settings.REDIS_URL) as redis:
        _forget(redis)
        yield {**inherited, **urls, "DEBUG": "0", "STATE_DIR": state, "LOG_LEVEL": "WARNING"}
        _forget(redis)


@pytest.fixture(scope="session")
def stage(environment: Environment) -> Iterator[Stage]:
    """Makes records. At the end the tables are empty again."""
    from django.core.management import call_command

    stage = Stage()
    try:
        yield stage
        # The application role owns no sequence, so it cannot restart one.
        stage.do(
            call_command,
            "flush",
            verbosity=0,
            interactive=False,
            reset_sequences=False,
            inhibit_post_migrate=True,
        )
    finally:
        stage.close()


@pytest.fixture(scope="session")
def server(environment: Environment, stage: Stage) -> Iterator[WebServer]:
    """The web server with a pipeline behind it."""
    for log in BUILD.glob("*.log"):
        log.unlink()
    web = WebServer(environment=environment, log=BUILD / "web.log")
    pipeline = Program(manage("run_pipeline"), environment=environment, log=BUILD / "pipeline.log")
    try:
        pipeline.start()
        web.start()
        web.wait_until_ready()
        yield web
    finally:
        web.stop()
        pipeline.stop()


@pytest.fixture(scope="session")
def browser(browser_path: str) -> Iterator[Browser]:
    """One browser for all tests."""
    BUILD.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PATIENCE_MS)
    with chromium.launched(browser_path) as browser:
        yield browser


@pytest.fixture
def context_options() -> dict[str, Any]:
    """What kind of screen the test has; a module may say otherwise."""
    return {"viewport": DESKTOP}


@pytest.fixture
def context(
    server: WebServer, browser: Browser, context_options: dict[str, Any]
) -> Iterator[BrowserContext]:
    """A browser that has never been here, without animations."""
    context = browser.new_context(reduced_motion="reduce", **context_options)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def watch(context: BrowserContext, server: WebServer) -> Iterator[chromium.Watch]:
    """Fails the test when a page complains about anything that the test does not expect."""
    watch = chromium.Watch(context, url=server.url)
    yield watch
    assert watch.complaints == []


@pytest.fixture
def page(context: BrowserContext, watch: chromium.Watch) -> Page:
    """A page of a stranger."""
    return context.new_page()


@pytest.fixture
def company(stage: Stage) -> Company:
    """An organization of this test alone."""
    return stage.organization()


@pytest.fixture
def sign_in(context: BrowserContext, server: WebServer, stage: Stage) -> SignIn:
    """Give the browser a session of the user, without the form."""

    def as_user(user: Any) -> None:
        name, value = settings.SESSION_COOKIE_NAME, stage.session(user)
        context.add_cookies([{"name": name, "value": value, "url": server.url}])

    return as_user


@pytest.fixture
def live(page: Page, server: WebServer, company: Company, sign_in: SignIn) -> LivePage:
    """The live map of the company's owner, not opened yet."""
    sign_in(company.owner)
    return LivePage(page, url=server.url)


def _to_database(url: str, name: str) -> str:
    base, question, query = url.partition("?")
    return f"{base.rpartition('/')[0]}/{name}{question}{query}"


def _forget(redis: "Redis") -> None:
    for key in redis.scan_iter("fleet:*"):
        redis.delete(key)
