"""Consumer groups: work of dead pipelines is taken over, an emptied Redis is put right."""

import os
import socket
import subprocess
import sys

import pytest

from tests.cast import at
from tests.vehicles.ingest.stories import fix_at, process, send, submission
from vehicles.ingest import stream
from vehicles.ingest.pipeline import Pipeline
from vehicles.ingest.reader import Reader, new_consumer_name
from vehicles.ingest.stream import GROUP, shard_key
from vehicles.models import Position

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everything")]


def reader(client, consumer=""):
    made = Reader(client, shards=range(4), consumer=consumer or new_consumer_name())
    made.ensure_groups()
    return made


def read(some):
    return some.read(wait_ms=1, max_fixes=1_000, gather_ms=0)


def a_dead_process() -> int:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def consumers(client):
    return {
        info["name"].decode()
        for shard in range(4)
        for info in client.xinfo_consumers(shard_key(shard), GROUP)
    }


def test_what_a_dead_process_of_this_machine_left_is_taken_over_at_once(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    dead = f"{socket.gethostname()}:{a_dead_process()}:abc"
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    assert read(reader(stream_redis, dead)).fixes == 1
    batch = read(reader(stream_redis))
    assert (batch.fixes, batch.redelivered) == (1, True)


def test_what_another_machine_left_is_taken_over_when_it_was_idle_for_long(
    acme, stream_redis, settings
):
    truck = acme.add_vehicle("T-1")
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    assert read(reader(stream_redis, "elsewhere:1:abc")).fixes == 1
    assert read(reader(stream_redis)).fixes == 0
    settings.PIPELINE_CLAIM_IDLE_MS = 0
    assert read(reader(stream_redis)).fixes == 1


def test_a_living_pipeline_keeps_what_it_works_on(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    assert read(reader(stream_redis, f"{socket.gethostname()}:{os.getppid()}:abc")).fixes == 1
    assert read(reader(stream_redis)).fixes == 0


def test_dead_consumers_without_work_are_forgotten(acme, stream_redis):
    dead = f"{socket.gethostname()}:{a_dead_process()}:abc"
    reader(stream_redis)
    stream_redis.xgroup_createconsumer(shard_key(0), GROUP, dead)
    assert dead in consumers(stream_redis)
    read(reader(stream_redis))
    assert dead not in consumers(stream_redis)


def test_a_pipeline_goes_on_after_redis_was_emptied(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    pipeline = Pipeline()
    pipeline.drain()
    stream_redis.flushdb()
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    while not Position.objects.exists():
        pipeline.step(wait_ms=1)
    pipeline.close()


def test_an_entry_of_an_unknown_version_is_kept_aside_and_stops_nothing(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    stream_redis.xadd(shard_key(0), {stream.BODY: b"\x93what is this", stream.COUNT: 1})
    stream_redis.incrby(stream.WAITING_KEY, 1)
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    assert process().stored == 1
    assert stream_redis.xlen(stream.UNREADABLE_KEY) == 1
    assert stream.backlog(stream_redis).fixes == 0


def test_an_entry_that_two_pipelines_finish_is_taken_off_the_count_once(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    one = reader(stream_redis)
    send(stream_redis, submission(acme, truck, fix_at(at(8)), fix_at(at(9))))
    batch = read(one)
    one.acknowledge(batch)
    one.acknowledge(batch)
    assert int(stream_redis.get(stream.WAITING_KEY)) == 0


def test_a_pipeline_that_leaves_is_off_the_list_and_its_heartbeat_gone(stream_redis):
    pipeline = Pipeline()
    pipeline.drain()
    assert stream_redis.exists(stream.HEARTBEAT_PREFIX + pipeline.consumer)
    pipeline.close()
    assert not stream_redis.exists(stream.HEARTBEAT_PREFIX + pipeline.consumer)
    assert pipeline.consumer not in consumers(stream_redis)
