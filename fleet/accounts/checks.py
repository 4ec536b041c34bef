"""Refuses silent misconfiguration of the second wall."""

from typing import Any

from django.core import checks
from django.db import connection


@checks.register(checks.Tags.database)
def application_role_is_plain(**_: Any) -> list[checks.CheckMessage]:
    """Warn when the application connects as a role that row-level security does not bind."""
    from django.conf import settings

    if settings.DATABASE_AS_OWNER:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR EXISTS (SELECT FROM pg_class"
            # Its own temporary tables are nobody else's.
            " WHERE relowner = pg_roles.oid AND relpersistence <> 't')"
            " FROM pg_roles WHERE rolname = current_user"
        )
        row = cursor.fetchone()
    if not row or not row[0]:
        return []
    return [
        checks.Warning(
            "The application's database role is a superuser, bypasses row-level security or owns"
            " tables, so organizations are separated by the first wall only.",
            hint="Run `manage.py prepare_database` and connect as the role it creates"
            " (DATABASE_URL), keeping the owner in DATABASE_OWNER_URL.",
            id="accounts.W001",
        )
    ]
