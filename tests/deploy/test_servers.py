"""The private servers come up from whatever state they are found in, with their data."""

import os
import socket

import pytest

from devstack.errors import DevStackError
from devstack.places import State
from devstack.postgres import PrivatePostgres
from devstack.redis_server import PrivateRedis


def redis_command(server: PrivateRedis, *words: str) -> bytes:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(str(server.socket))
        connection.sendall(" ".join(words).encode() + b"\r\n")
        return connection.recv(1000)


def test_committed_rows_survive_a_kill_of_postgresql(database: PrivatePostgres) -> None:
    database.start()
    database.create_database()
    database.create_database()  # there already: nothing happens
    database.query("CREATE TABLE t AS SELECT 7 AS n", database="fleet")
    database.kill()
    assert not database.pids()
    database.start()
    assert database.query("SELECT n FROM t", database="fleet") == "7"


def test_a_running_postgresql_of_an_earlier_run_is_stopped_and_replaced(
    database: PrivatePostgres, capsys: pytest.CaptureFixture[str]
) -> None:
    database.start()
    before = database.pids()
    database.start()
    assert not set(before) & set(database.pids())
    assert "Found a PostgreSQL of an earlier run" in capsys.readouterr().out


def test_a_stale_pid_file_that_names_a_living_program_does_not_block(
    state: State, database: PrivatePostgres
) -> None:
    database.start()
    database.stop()
    for path in (state.postgres / "postmaster.pid", state.sockets / ".s.PGSQL.5432.lock"):
        path.write_text(f"{os.getppid()}\n{state.postgres}\n")
    database.start()
    assert database.answers()


def test_a_broken_database_folder_is_explained_with_the_end_of_the_log(
    state: State, database: PrivatePostgres
) -> None:
    database.start()
    database.stop()
    (state.postgres / "global/pg_control").unlink()
    with pytest.raises(DevStackError, match=r"did not start(.|\n)*pg_control"):
        database.start()


def test_what_redis_accepted_survives_its_kill(redis_server: PrivateRedis) -> None:
    redis_server.start()
    assert redis_command(redis_server, "SET", "fleet:k", "kept") == b"+OK\r\n"
    redis_server.kill()
    redis_server.start()
    assert redis_command(redis_server, "GET", "fleet:k") == b"$4\r\nkept\r\n"


def test_redis_evicts_nothing_and_syncs_as_told(redis_server: PrivateRedis) -> None:
    redis_server.start()
    assert b"noeviction" in redis_command(redis_server, "CONFIG", "GET", "maxmemory-policy")
    assert b"always" in redis_command(redis_server, "CONFIG", "GET", "appendfsync")


def test_a_state_folder_too_deep_for_sockets_is_refused(state: State) -> None:
    with pytest.raises(DevStackError, match="Set STATE_DIR to a shorter folder"):
        State(state.folder / ("deep" * 25)).create()
