"""The second wall, by raw SQL: no session sees another organization's rows in any table."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from fleet.accounts.scope import organization_scope, platform_scope
from tests.cast import Cast

TENANT_TABLES_SQL = """
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = c.oid)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organization_id'
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
      AND NOT c.relispartition AND NOT a.attisdropped
    ORDER BY c.relname
"""


def tenant_tables() -> dict[str, bool]:
    """Every table with an organization_id, and whether a forced policy protects it."""
    with connection.cursor() as cursor:
        cursor.execute(TENANT_TABLES_SQL)
        return dict(cursor.fetchall())


@pytest.mark.django_db
def test_every_tenant_table_has_a_forced_policy() -> None:
    tables = tenant_tables()
    assert len(tables) > 15
    assert [name for name, safe in tables.items() if not safe] == []


@pytest.mark.django_db(transaction=True)
def test_a_tenant_table_without_a_policy_is_noticed(owner_connection: psycopg.Connection) -> None:
    owner_connection.execute("CREATE TABLE forgotten (organization_id bigint)")
    try:
        assert tenant_tables()["forgotten"] is False
    finally:
        owner_connection.execute("DROP TABLE forgotten")


@pytest.mark.django_db
def test_the_application_role_owns_nothing_and_cannot_bypass() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls,"
            " (SELECT count(*) FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        assert cursor.fetchone() == ("fleet_app", False, False, 0)


# A value of each column type, made distinct by %(n)s where a unique index may look at it.
VALUES = {
    "int2": "1", "int4": "%(n)s", "int8": "%(n)s", "float8": "1", "bool": "true",
    "varchar": "'x%(n)s'", "text": "'x%(n)s'", "bytea": "''", "jsonb": "'{}'", "_varchar": "'{}'",
    "uuid": "gen_random_uuid()", "date": "current_date", "timestamptz": "now()",
    "geometry": "ST_SetSRID(ST_MakePoint(1, 1), 4326)",
}  # fmt: skip

NEEDED_COLUMNS_SQL = """
    SELECT column_name, udt_name FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = %s AND is_nullable = 'NO'
      AND column_default IS NULL AND is_identity = 'NO' AND column_name <> 'organization_id'
"""


def put_one_row(cursor: psycopg.Cursor, table: str, *, organization_id: int, n: int) -> None:
    """Insert the least row that the table takes, with its check constraints gone."""
    cursor.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'c'", [table]
    )
    for (name,) in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
    cursor.execute(NEEDED_COLUMNS_SQL, [table])
    columns = cursor.fetchall()
    names = ", ".join(["organization_id", *(f'"{name}"' for name, _ in columns)])
    values = ", ".join([str(organization_id), *(VALUES[kind] % {"n": n} for _, kind in columns)])
    cursor.execute(f'INSERT INTO "{table}" ({names}) VALUES ({values})')


@pytest.mark.django_db(transaction=True)
def test_no_row_of_another_organization_is_visible_in_any_table(
    owner_connection: psycopg.Connection,
) -> None:
    """Two organizations' rows in every tenant table; a session of the first sees only its own."""
    tables = tenant_tables()
    cursor = owner_connection.cursor()
    cursor.execute("BEGIN")
    # Neither triggers nor foreign keys: the rows only have to be there.
    cursor.execute("SET LOCAL session_replication_role = replica")
    for table in tables:
        for organization_id in (1, 2):
            put_one_row(cursor, table, organization_id=organization_id, n=organization_id)
    cursor.execute("SET LOCAL ROLE fleet_app")
    for scope, visible in (
        ("{1}", [1]),
        ("{2}", [2]),
        ("{1,2}", [1, 2]),
        ("", []),
        ("all", [1, 2]),
    ):
        cursor.execute("SELECT set_config('fleet.organizations', %s, true)", [scope])
        for table in tables:
            cursor.execute(f'SELECT organization_id FROM "{table}" ORDER BY 1')
            assert [row[0] for row in cursor.fetchall()] == visible, (table, scope)
    cursor.execute("ROLLBACK")


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["vehicles_vehicle", "accounts_membership"])
def test_without_a_scope_nothing_is_visible(acme: Cast, table: str) -> None:
    acme.add_vehicle("T-1")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (0,)
    with platform_scope(), connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db
def test_a_row_cannot_be_written_for_another_organization(acme: Cast, rival: Cast) -> None:
    with (
        pytest.raises(DatabaseError, match="row-level security"),
        transaction.atomic(),
        organization_scope(acme.id),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            "INSERT INTO vehicles_vehiclegroup (organization_id, name) VALUES (%s, 'theirs')",
            [rival.id],
        )


@pytest.mark.django_db(transaction=True)
def test_a_foreign_key_cannot_cross_organizations(acme: Cast, rival: Cast) -> None:
    theirs = rival.add_vehicle("R-1")
    acme.add_vehicle("T-1")
    acme.devices[0].vehicle = theirs
    with pytest.raises(DatabaseError, match="same_org"), platform_scope():
        acme.devices[0].save()


@pytest.mark.django_db
def test_partitions_cannot_be_read_directly() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r'")
        partitions = [row[0] for row in cursor.fetchall()]
    assert partitions
    for name in partitions:
        with (
            pytest.raises(DatabaseError, match="permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT 1 FROM {name} LIMIT 1")


@pytest.mark.django_db
def test_the_scope_survives_a_rolled_back_transaction(acme: Cast) -> None:
    acme.add_vehicle("T-1")
    with organization_scope(acme.id):
        with transaction.atomic():
            connection.cursor().execute("SELECT 1")
            transaction.set_rollback(True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM vehicles_vehicle")
            assert cursor.fetchone() == (1,)
