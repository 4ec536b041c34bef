"""Monthly partitions, made by the application role through the owner's function."""

import datetime as dt
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from vehicles import partitions

MARCH_2031 = dt.date(2031, 3, 1)


@pytest.mark.django_db
def test_a_missing_month_is_made_once() -> None:
    assert partitions.create_partitions([MARCH_2031, MARCH_2031]) == [MARCH_2031]
    assert partitions.create_partitions([dt.date(2031, 3, 17)]) == []
    assert MARCH_2031 in [p.month for p in partitions.list_partitions()]


@pytest.mark.django_db
def test_a_new_partition_is_closed_to_the_application_role() -> None:
    partitions.create_partitions([MARCH_2031])
    with connection.cursor() as cursor, pytest.raises(DatabaseError, match="permission denied"):
        cursor.execute("SELECT 1 FROM vehicles_position_203103")


@pytest.mark.django_db
def test_absurd_months_are_refused() -> None:
    with pytest.raises(DatabaseError, match="No position partition"):
        partitions.create_partitions([dt.date(1970, 1, 1)])


@pytest.mark.django_db(transaction=True)
def test_detaching_keeps_the_data_in_its_own_table(owner_connection: psycopg.Connection) -> None:
    partitions.create_partitions([MARCH_2031])
    role = connection.settings_dict["OPTIONS"].pop("options")
    connection.close()
    try:
        assert partitions.detach_partition(MARCH_2031) == "vehicles_position_203103"
    finally:
        connection.close()
        connection.settings_dict["OPTIONS"]["options"] = role
    assert MARCH_2031 not in [p.month for p in partitions.list_partitions()]
    owner_connection.execute("DROP TABLE vehicles_position_203103")


@pytest.mark.django_db
def test_the_command_creates_and_lists() -> None:
    out = StringIO()
    call_command("manage_partitions", "create", "--from", "2031-03", "--to", "2031-04", stdout=out)
    assert "Made 2 partitions: 2031-03, 2031-04." in out.getvalue()
    call_command("manage_partitions", "list", stdout=out)
    assert "2031-04  vehicles_position_203104" in out.getvalue()


@pytest.mark.django_db
def test_the_command_is_silent_at_verbosity_0() -> None:
    out = StringIO()
    call_command("manage_partitions", "create", "--to", "2031-04", verbosity=0, stdout=out)
    assert out.getvalue() == ""


@pytest.mark.django_db
def test_the_command_explains_swapped_months_and_unknown_ones() -> None:
    with pytest.raises(CommandError, match="swap them"):
        call_command("manage_partitions", "create", "--from", "2031-04", "--to", "2031-03")
    with pytest.raises(CommandError, match="no attached partition for 1999-01"):
        call_command("manage_partitions", "detach", "1999-01")
