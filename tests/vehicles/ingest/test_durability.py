"""What was acknowledged survives kill -9 of every part, and is stored exactly once.

These tests kill real processes of a private installation.
"""

import itertools
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from psycopg import Connection

from tests.vehicles.ingest.private_stack import PrivateStack, private_stack, wait_until
from vehicles.ingest.store import LOCK_CLASS
from vehicles.ingest.stream import HEARTBEAT_PREFIX

START_MS = (int(time.time()) - 86_400) * 1000


@pytest.fixture(scope="module")
def module_stack() -> Iterator[PrivateStack]:
    yield from private_stack()


@pytest.fixture
def stack(module_stack: PrivateStack) -> Iterator[PrivateStack]:
    """A stack with a gateway, but no positions and no pipeline."""
    module_stack.forget_positions()
    if "gateway" not in module_stack.children:
        module_stack.start_gateway()
    yield module_stack
    for name in set(module_stack.children) - {"gateway"}:
        module_stack.kill(name)


def batch(first_ms: int, *, count: int = 40) -> list[dict[str, object]]:
    """`count` fixes of 20 vehicles, two a second."""
    return [
        {"device": f"V{i % 20}", "recorded_at": first_ms + i // 20 * 500, "lon": 13.4, "lat": 52.5}
        for i in range(count)
    ]


def keys(records: list[dict[str, object]]) -> list[tuple[object, object]]:
    return [(record["device"], record["recorded_at"]) for record in records]


def read_but_not_stored(stack: PrivateStack, records: list[dict[str, object]]) -> Connection[Any]:
    """A pipeline that has read these records and waits inside its transaction.

    It goes on when the connection that is returned gets closed.
    """
    assert stack.post(records) == 200
    blocker = stack.connect()
    for shard in range(4):
        blocker.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, shard])
    stack.start_pipeline()
    waits = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    wait_until(lambda: stack.query(waits))
    return blocker


def test_a_pipeline_killed_inside_its_transaction_loses_and_doubles_nothing(stack):
    records = batch(START_MS)
    with read_but_not_stored(stack, records):
        stack.kill("pipeline")
    assert stack.stored() == []
    stack.start_pipeline()
    wait_until(lambda: stack.waiting() == 0)
    assert sorted(stack.stored()) == sorted(keys(records))


def test_a_pipeline_killed_after_its_commit_stores_nothing_twice_and_still_announces(stack):
    records = batch(START_MS)
    with stack.redis_client() as client:
        with read_but_not_stored(stack, records):
            client.execute_command("CLIENT", "PAUSE", 60_000, "WRITE")
        wait_until(lambda: stack.stored())
        stack.kill("pipeline")
        client.execute_command("CLIENT", "UNPAUSE")
        assert stack.waiting() > 0
        assert not client.exists("fleet:events:positions")

        stack.start_pipeline()
        wait_until(lambda: stack.waiting() == 0)
        assert sorted(stack.stored()) == sorted(keys(records))
        assert client.xlen("fleet:events:positions") == 1
        assert client.exists(f"fleet:live:log:{stack.organization_id}")


def test_two_pipelines_at_once_store_everything_once(stack):
    stack.start_pipeline("one")
    stack.start_pipeline("two")
    with stack.redis_client() as client:
        # Both at work: one that still loads its code would do nothing here, and dies of SIGTERM.
        wait_until(lambda: len(client.keys(f"{HEARTBEAT_PREFIX}*")) == 2)
    sent = []
    for n in range(25):
        records = batch(START_MS + n * 1000)
        assert stack.post(records) == 200
        assert stack.post(records[:10]) == 200
        sent += keys(records)
    wait_until(lambda: stack.waiting() == 0)
    assert sorted(stack.stored()) == sorted(sent)
    assert stack.stop("one") == 0
    assert stack.stop("two") == 0


def test_no_acknowledged_fix_is_lost_or_doubled_whatever_is_killed_under_load(stack):
    stack.start_pipeline()
    stop = threading.Event()
    acknowledged: list[tuple[object, object]] = []
    numbers = itertools.count()

    def device() -> None:
        while not stop.is_set():
            records = batch(START_MS + next(numbers) * 1000)
            while stack.post(records) != 200:  # keeps its fixes and sends them again
                time.sleep(0.05)
            acknowledged.extend(keys(records))

    devices = [threading.Thread(target=device) for _ in range(4)]
    for thread in devices:
        thread.start()

    def settle() -> None:
        """Let some more be acknowledged before the next blow."""
        target = len(acknowledged) + 800
        wait_until(lambda: len(acknowledged) >= target)

    for blow in ("pipeline", "redis", "postgres", "gateway", "both servers"):
        settle()
        if blow in ("redis", "both servers"):
            stack.redis.kill()
        if blow in ("postgres", "both servers"):
            stack.postgres.kill()
            stack.postgres.start()
        if blow in ("redis", "both servers"):
            stack.redis.start()
        if blow in ("pipeline", "gateway"):
            stack.kill(blow)
            getattr(stack, f"start_{blow}")()
    settle()
    stop.set()
    for thread in devices:
        thread.join()
    wait_until(lambda: stack.waiting() == 0)
    assert sorted(stack.stored()) == sorted(acknowledged)
    with stack.redis_client() as client:
        assert int(client.get("fleet:positions:waiting")) == 0
    newest = stack.query(
        "SELECT count(*) FROM vehicles_latestposition l JOIN (SELECT vehicle_id, max(recorded_at) m"
        " FROM vehicles_position GROUP BY 1) p USING (vehicle_id) WHERE l.recorded_at = p.m"
    )
    assert newest == [(20,)]
