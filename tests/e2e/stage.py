"""Sets the stage for a browser test: an organization of its own, its sessions, its reports."""

import datetime as dt
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

import httpx
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.backends.cached_db import SessionStore

from fleet.accounts.models import User
from fleet.accounts.roles import Role
from tests.cast import PASSWORD, Cast, make_cast_organization
from vehicles.models import Vehicle

P = ParamSpec("P")
T = TypeVar("T")

HOME = (-97.3375, 37.6872)  # Wichita: somewhere with land around it


class Stage:
    """Makes records in the server's database.

    Playwright runs an event loop in the tests' thread, and there Django refuses to touch a
    database. So a thread of its own does it.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="e2e-database")
        # The server checks passwords with its own hasher, not with the quick one of the tests.
        hasher = PBKDF2PasswordHasher()
        self._password = hasher.encode(PASSWORD, salt="browsertests", iterations=hasher.iterations)

    def do(self, work: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work`, which uses the database."""
        return self._thread.submit(work, *args, **kwargs).result()

    def close(self) -> None:
        """End the thread with its connection."""
        from django.db import connections

        self.do(connections.close_all)
        self._thread.shutdown()

    def organization(self) -> "Company":
        """A new organization, empty."""
        cast = self.do(make_cast_organization, slug=f"browser-{secrets.token_hex(4)}")
        self.do(self._set_password, cast.owner)
        return Company(self, cast)

    def session(self, user: User) -> str:
        """The key of a new session of the user, as if they had signed in."""
        return self.do(_session, user)

    def _set_password(self, user: User) -> None:
        user.password = self._password
        user.save(update_fields=["password"])


class Company:
    """An organization with people, vehicles and reports."""

    def __init__(self, stage: Stage, cast: Cast) -> None:
        self._stage = stage
        self.cast = cast
        self.owner = cast.owner

    def add_vehicle(self, number: str, **facts: Any) -> Vehicle:
        """A vehicle whose tracker has the vehicle's number for its identity."""
        return self._stage.do(self.cast.add_vehicle, number, **facts)

    def add_member(self, role: Role) -> User:
        """A person with this role."""
        return self._stage.do(
            self.cast.add_member, f"{role}@{self.cast.organization.slug}.test", role
        )

    def report(self, server_url: str, *fixes: dict[str, Any]) -> None:
        """Send fixes to the ingest door, as a tracker would; see `fix`."""
        answer = httpx.post(
            f"{server_url}/ingest/positions",
            json=list(fixes),
            headers={"Authorization": f"Api-Key {self.cast.key}"},
            timeout=30,
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        assert answer.json()["rejected"] in (0, []), answer.text


def fix(
    device: str,
    *,
    east_m: float = 0.0,
    north_m: float = 0.0,
    seconds_ago: float = 60.0,
    speed_mps: float = 12.5,
    heading_deg: float = 90.0,
    ignition: bool = True,
    **others: Any,
) -> dict[str, Any]:
    """A fix of our own format, so many metres from HOME."""
    lon, lat = HOME
    return {
        "device": device,
        "recorded_at": (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=seconds_ago)).isoformat(),
        "lon": round(lon + east_m / 88_100, 6),
        "lat": round(lat + north_m / 111_200, 6),
        "speed_mps": speed_mps,
        "heading_deg": heading_deg,
        "ignition": ignition,
        **others,
    }


def _session(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)
