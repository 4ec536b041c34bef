"""PostGIS backend that tells PostgreSQL which organizations the running code may see.

The setting is written lazily, before the first statement that needs it, and only when it
differs from what the connection already has: one small statement per request.
"""

from typing import Any

import psycopg
from django.contrib.gis.db.backends.postgis import base

from fleet.accounts.scope import NOTHING, current_scope


def reset_scope(connection: psycopg.Connection[Any]) -> None:
    """Forget the organizations before a connection goes back to the pool."""
    connection.execute("SELECT set_config('fleet.organizations', '', false)")
    connection.commit()


class DatabaseWrapper(base.DatabaseWrapper):
    """Applies `fleet.accounts.scope.current_scope()` to the connection."""

    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(settings_dict, *args, **kwargs)
        self._applied_scope: str | None = None

    @property
    def pool(self) -> Any:
        options = self.settings_dict["OPTIONS"].get("pool")
        if isinstance(options, dict):
            options.setdefault("reset", reset_scope)
        return super().pool

    def connect(self) -> None:
        super().connect()
        self._applied_scope = NOTHING

    def create_cursor(self, name: str | None = None) -> Any:
        scope = current_scope()
        if self._applied_scope != scope and not self._transaction_failed():
            self.connection.execute("SELECT set_config('fleet.organizations', %s, false)", [scope])
            self._applied_scope = scope
        return super().create_cursor(name)

    def _transaction_failed(self) -> bool:
        # Nothing but a rollback is possible then; the next statement reports the real error.
        status = self.connection.info.transaction_status
        return bool(status == psycopg.pq.TransactionStatus.INERROR)

    # A rollback also takes back a setting made inside the transaction.
    def _rollback(self) -> None:
        super()._rollback()  # type: ignore[misc]
        self._applied_scope = None

    def _savepoint_rollback(self, sid: str) -> None:
        super()._savepoint_rollback(sid)  # type: ignore[misc]
        self._applied_scope = None
