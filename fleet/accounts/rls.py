"""The second wall: PostgreSQL row-level security, as migration operations.

Every table with an `organization_id` gets a FORCEd policy that compares it with the setting
`fleet.organizations` (see `scope`). The sub-selects are evaluated once per statement, not per
row. Tests fail for a tenant table that has no policy.
"""

from typing import Any

from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.special import RunSQL

CREATE_FUNCTIONS = """
CREATE OR REPLACE FUNCTION fleet_sees_all() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT coalesce(current_setting('fleet.organizations', true), '') = 'all' $$;
CREATE OR REPLACE FUNCTION fleet_organizations() RETURNS bigint[] LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT nullif(nullif(current_setting('fleet.organizations', true), ''), 'all')
        ::bigint[] $$;
"""


class TenantPolicy(Operation):
    """Show a table's rows only to the organizations in scope."""

    reversible = True

    def __init__(self, table: str, column: str = "organization_id") -> None:
        self.table = table
        self.column = column

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Policies are invisible to Django's model state."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        table, column = (schema_editor.quote_name(n) for n in (self.table, self.column))
        visible = (
            "(SELECT fleet_sees_all()) OR "
            f"{column} = ANY ((SELECT fleet_organizations())::bigint[])"
        )
        schema_editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"CREATE POLICY tenant ON {table} USING ({visible})")

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        table = schema_editor.quote_name(self.table)
        schema_editor.execute(f"DROP POLICY tenant ON {table}")
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        schema_editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    def describe(self) -> str:
        return f"Row-level security by organization on {self.table}"


def same_organization(*, table: str, column: str, target: str) -> RunSQL:
    """A foreign key that also binds the organization.

    Foreign-key checks bypass row-level security, so without this a row of one organization could
    point at another's. The target needs a unique constraint on (organization_id, id).
    """
    name = f"{table}_{column}_same_org"
    return RunSQL(
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organization_id, "{column}")'
        f' REFERENCES "{target}" (organization_id, id) DEFERRABLE INITIALLY DEFERRED',
        f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"',
    )
