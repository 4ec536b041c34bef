"""The application's role in PostgreSQL: it may read and write rows and owns nothing."""

from typing import Any

from django.db import connection
from psycopg import sql


def ensure_application_role(*, role: str) -> None:
    """Create the role if it is missing and let the owner act as it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            cursor.execute(_compose("CREATE ROLE {} LOGIN NOSUPERUSER", sql.Identifier(role)))
        cursor.execute(
            "SELECT pg_has_role(current_user, %s, 'member') OR current_user = %s", [role, role]
        )
        row = cursor.fetchone()
        if row and not row[0]:
            cursor.execute(_compose("GRANT {} TO CURRENT_USER", sql.Identifier(role)))


def grant_application_role(*, role: str) -> None:
    """Let the role read and write every table, and no partition directly.

    Policies bind a partitioned table's rows only when they are reached through the parent, so
    the partitions themselves stay closed.
    """
    name = sql.Identifier(role)
    with connection.cursor() as cursor:
        cursor.execute(_compose("GRANT USAGE ON SCHEMA public TO {}", name))
        cursor.execute(
            "SELECT relname, relispartition FROM pg_class"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            " AND pg_get_userbyid(relowner) = current_user"
        )
        for table, is_partition in cursor.fetchall():
            verb = (
                "REVOKE ALL ON {} FROM {}"
                if is_partition
                else ("GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {}")
            )
            cursor.execute(_compose(verb, sql.Identifier(table), name))
        cursor.execute(
            _compose("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", name)
        )


def _compose(text: str, *parts: Any) -> sql.Composed:
    return sql.SQL(text).format(*parts)
