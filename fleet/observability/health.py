"""Whether this installation can do its work: named checks, each with facts for a person.

`fleet.observability` checks the database, Redis and migrations. A domain app adds its own with
`register_check` in its AppConfig.ready.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

Facts = Mapping[str, Any]


class NotReadyError(Exception):
    """A check failed. The message tells a person what is wrong; `facts` go into the answer."""

    def __init__(self, detail: str, **facts: Any) -> None:
        super().__init__(detail)
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Check:
    """`run` returns facts or raises NotReadyError; it is skipped while one of `needs` fails."""

    name: str
    run: Callable[[], Facts]
    needs: tuple[str, ...] = ()


_checks: dict[str, Check] = {}


def register_check(name: str, run: Callable[[], Facts], *, needs: tuple[str, ...] = ()) -> None:
    """Add a readiness check, or replace the one of this name. `needs` names earlier checks."""
    _checks[name] = Check(name, run, needs)


def readiness() -> tuple[bool, dict[str, dict[str, Any]]]:
    """Whether every check passes, and by name `{"ok": bool, "detail"?: str, ...facts}`."""
    results: dict[str, dict[str, Any]] = {}
    for check in list(_checks.values()):
        results[check.name] = _result(check, results)
    return all(result["ok"] for result in results.values()), results


def _result(check: Check, earlier: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    missing = [name for name in check.needs if not earlier.get(name, {"ok": True})["ok"]]
    if missing:
        return {"ok": False, "detail": f"Not checked, because {missing[0]} is not ready."}
    try:
        return {"ok": True, **check.run()}
    except NotReadyError as error:
        return {"ok": False, "detail": str(error), **error.facts}
    except (DatabaseError, RedisError, OSError) as error:
        # The text names hosts and roles: it belongs in the log, not in a public answer.
        log.warning("readiness_check_failed", check=check.name, error=str(error))
        return {"ok": False, "detail": f"{check.name} does not answer."}


def check_database() -> Facts:
    """PostgreSQL answers, and the process acts as a role that row-level security binds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        row = cursor.fetchone()
    if row and row[0] and not settings.DATABASE_AS_OWNER:
        raise NotReadyError(
            "The database role bypasses row-level security. Connect as the application role."
        )
    return {}


def check_redis() -> Facts:
    """Redis answers and writes its append-only file; without it accepted positions can be lost."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        persistence: Any = redis.info("persistence")
    if not persistence.get("aof_enabled"):
        raise NotReadyError(
            "Redis has no append-only file, so accepted positions may be lost. "
            "Set `appendonly yes`.",
            appendonly=False,
        )
    if persistence.get("aof_last_write_status") != "ok":
        raise NotReadyError(
            "Redis cannot write its append-only file. Look at its disk.", appendonly=True
        )
    return {"appendonly": True}


def check_migrations() -> Facts:
    """The schema is the one that this code was written for."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        names = [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]
        raise NotReadyError(
            "Migrations are missing. Run `manage.py prepare_database`.", missing=names[:20]
        )
    return {}


def register_own_checks() -> None:
    """Register the checks of this app; called when Django is ready."""
    register_check("database", check_database)
    register_check("redis", check_redis)
    register_check("migrations", check_migrations, needs=("database",))
