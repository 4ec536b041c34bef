"""PostgreSQL and Redis for a command, and the environment that leads to them.

With DATABASE_URL or REDIS_URL set, that server is used and none of its kind is started.
"""

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from devstack import output, postgres
from devstack.places import CHECKOUT, State
from devstack.postgres import PrivatePostgres
from devstack.redis_server import PrivateRedis


@dataclass
class Services:
    """The private servers of one state folder; None where the environment names a server."""

    state: State
    database: PrivatePostgres | None
    redis: PrivateRedis | None
    environment: dict[str, str] = field(repr=False)

    def start(self) -> None:
        """Starts what is private. Raises DevStackError; nothing is left running then."""
        try:
            if self.database:
                self.database.start()
                self.database.create_database()
            if self.redis:
                self.redis.start()
        except BaseException:
            self.stop()
            raise

    def revive(self) -> None:
        """Starts a private server again that has ended by itself."""
        for name, server in (("PostgreSQL", self.database), ("Redis", self.redis)):
            if server and server.process and server.process.poll() is not None:
                output.say(f"The private {name} ended; starting it again.")
                server.start()

    def stop(self) -> None:
        """Stops what is private."""
        if self.redis:
            self.redis.stop()
        if self.database:
            self.database.stop()

    @contextmanager
    def running(self) -> Iterator[Mapping[str, str]]:
        """Starts them for the block and yields the environment for children."""
        self.start()
        try:
            yield self.environment
        finally:
            self.stop()


def services_for(*, state: State, settings: Mapping[str, str] = postgres.DURABLE) -> Services:
    """The services of a state folder, not started, with the environment for children."""
    state.create()
    _read_env_file()
    database = redis = None
    environment = dict(os.environ)
    if not environment.get("DATABASE_URL"):
        database = PrivatePostgres(state=state, settings=settings)
        environment["DATABASE_URL"] = database.url()
        environment["DATABASE_OWNER_URL"] = database.url(user=postgres.OWNER)
    if not environment.get("REDIS_URL"):
        redis = PrivateRedis(state=state, fsync=environment.get("FLEET_REDIS_FSYNC") or "always")
        environment["REDIS_URL"] = redis.url()
    environment.setdefault("DEBUG", "1")
    environment.setdefault("PORT", "8000")
    environment.setdefault("DJANGO_SETTINGS_MODULE", "fleet.settings")
    environment["STATE_DIR"] = str(state.folder)
    environment["PYTHONUNBUFFERED"] = "1"
    # Commands of the locked environment first: children call each other by name.
    environment["PATH"] = f"{CHECKOUT / '.venv/bin'}{os.pathsep}{environment['PATH']}"
    if not environment.get("SECRET_KEY"):
        environment["SECRET_KEY"] = _secret_key(state)
    return Services(state=state, database=database, redis=redis, environment=environment)


def _read_env_file() -> None:
    """Takes in the file .env as the settings do: what is already in the environment wins."""
    if (CHECKOUT / ".env").exists():
        import environ

        environ.Env.read_env(CHECKOUT / ".env")


def _secret_key(state: State) -> str:
    if not state.secret_key.exists():
        descriptor = os.open(state.secret_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(50))
    return state.secret_key.read_text()
