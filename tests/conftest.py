"""Every test runs as the application role, so both walls of tenancy stand in every test."""

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Migrated test database, with connections that act as the application role."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from fleet.accounts import database_roles

    # Hashing slowly on purpose would take most of the suite's time.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Emptying the tables after a test takes time for each partition.
    settings.POSITION_PARTITIONS_BACK = settings.POSITION_PARTITIONS_AHEAD = 1
    role = settings.DATABASE_APP_ROLE
    with django_db_blocker.unblock():
        database_roles.ensure_application_role(role=role)
        call_command("manage_partitions", "create", verbosity=0)
        database_roles.grant_application_role(role=role)
        with connection.cursor() as cursor:
            # pytest-django empties the tables after a test with real transactions.
            cursor.execute(f'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO "{role}"')
            cursor.execute(
                f'GRANT TEMPORARY ON DATABASE "{connection.settings_dict["NAME"]}" TO "{role}"'
            )
        connection.close()
        connection.settings_dict["OPTIONS"]["options"] = f"-c role={role}"
    yield
    with django_db_blocker.unblock():
        connection.close()
        del connection.settings_dict["OPTIONS"]["options"]


@pytest.fixture
def owner_connection(db: None) -> Iterator[Any]:
    """A psycopg connection of the schema's owner to the test database, in autocommit.

    It sees only what is committed: use it with `transactional_db`.
    """
    import psycopg
    from django.db import connection

    params = connection.get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    params.pop("options", None)
    with psycopg.connect(**params, autocommit=True) as owner:
        yield owner


# --- the cast: two organizations that must never see each other -----------------------------
@pytest.fixture
def acme(db: None) -> Any:
    """An organization with an owner, `acme.owner` and API key text `acme.key`."""
    from tests.cast import make_cast_organization

    return make_cast_organization(slug="acme")


@pytest.fixture
def rival(db: None) -> Any:
    """Another organization, to prove that nothing crosses over."""
    from tests.cast import make_cast_organization

    return make_cast_organization(slug="rival")
