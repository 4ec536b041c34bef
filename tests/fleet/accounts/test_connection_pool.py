"""A pooled connection carries nothing from one request to the next."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from fleet.accounts.scope import organization_scope
from tests.cast import Cast


@pytest.fixture
def pooled(transactional_db: None) -> Iterator[Any]:
    """The test's connection, taken from a pool that keeps exactly one."""
    connection.close()
    connection.settings_dict["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 1, "timeout": 5}
    yield connection
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    del connection.settings_dict["OPTIONS"]["pool"]


def visible_vehicles(wrapper: Any) -> int:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM vehicles_vehicle")
        return int(cursor.fetchone()[0])


def test_the_organization_is_forgotten_on_return_to_the_pool(pooled: Any, acme: Cast) -> None:
    acme.add_vehicle("T-1")
    with organization_scope(acme.id):
        assert visible_vehicles(pooled) == 1
        backend = pooled.connection.info.backend_pid
    pooled.close()
    pool = pooled.pool
    with pool.connection() as raw:
        assert raw.info.backend_pid == backend
        setting = raw.execute("SELECT current_setting('fleet.organizations', true)").fetchone()
        assert setting == ("",)
    assert visible_vehicles(pooled) == 0


def test_two_scopes_on_one_connection_do_not_mix(pooled: Any, acme: Cast, rival: Cast) -> None:
    acme.add_vehicle("T-1")
    with organization_scope(acme.id):
        assert visible_vehicles(pooled) == 1
    with organization_scope(rival.id):
        assert visible_vehicles(pooled) == 0
    with organization_scope(acme.id, rival.id):
        assert visible_vehicles(pooled) == 1
