"""Publishing: numbered, logged without a gap, announced once."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from channels.layers import get_channel_layer
from django.conf import settings
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from fleet.realtime import framelog
from fleet.realtime.frames import Frame
from fleet.realtime.publish import group_name, publish_columns
from tests.fleet.realtime.columns import columns_of

ROW = columns_of((1, 10, 0.5, 0.5))
ORGANIZATION = 4711


async def logged(*, after: int) -> list[Frame] | None:
    async with AsyncRedis.from_url(settings.REDIS_URL) as redis:
        return await framelog.frames_after(redis, organization_id=ORGANIZATION, seq=after)


def publish(redis: Redis, **changes: object) -> int:
    return publish_columns(redis, organization_id=ORGANIZATION, columns=ROW, **changes)


async def test_sequence_numbers_grow_and_are_the_time_of_publishing(redis: Redis) -> None:
    before = int(time.time() * 1000)
    seqs = [publish(redis) for _ in range(50)]

    assert seqs == sorted(set(seqs))
    assert before <= seqs[0] <= seqs[-1] <= int(time.time() * 1000) + 50


async def test_frames_of_several_publishers_make_one_unbroken_chain(redis: Redis) -> None:
    with ThreadPoolExecutor(4) as publishers:
        seqs = list(publishers.map(lambda _: publish(redis), range(100)))

    frames = await logged(after=0)
    assert frames is not None
    assert [frame.seq for frame in frames] == sorted(seqs)
    assert frames[0].columns == ROW


async def test_the_log_tells_what_came_after_a_number(redis: Redis) -> None:
    first, second, third = (publish(redis) for _ in range(3))

    assert [frame.seq for frame in await logged(after=first) or []] == [second, third]
    assert await logged(after=third) == []
    assert await logged(after=first - 1) is None
    assert await logged(after=third + 1) is None


async def test_the_log_is_bounded(redis: Redis) -> None:
    first = publish(redis)
    for _ in range(framelog.LOG_FRAMES + 200):
        publish(redis)

    assert redis.xlen(framelog.log_key(ORGANIZATION)) < framelog.LOG_FRAMES + 150
    assert await logged(after=first) is None


@pytest.mark.parametrize(
    ("payload_bytes", "frames"),
    [
        (0, framelog.LOG_FRAMES),
        (1_000, framelog.LOG_FRAMES),
        (160_000, framelog.LOG_BYTES // 160_000),
        (10**9, framelog.LOG_FRAMES_AT_LEAST),
    ],
)
def test_large_frames_are_kept_for_a_shorter_time(payload_bytes: int, frames: int) -> None:
    assert framelog.frames_to_keep(payload_bytes) == frames


async def test_a_redis_that_lost_its_last_writes_does_not_number_anew(redis: Redis) -> None:
    """As after a restart with `appendfsync everysec`: the newest frame is gone, its reader not."""
    kept, lost = publish(redis), publish(redis)
    redis.set(framelog.sequence_key(ORGANIZATION), kept)
    redis.xdel(framelog.log_key(ORGANIZATION), f"{lost}-0")
    await asyncio.sleep(0.01)
    after = publish(redis)

    assert after > lost
    assert await logged(after=lost) is None  # so the reader takes a snapshot
    assert [frame.seq for frame in await logged(after=kept) or []] == [after]


async def test_every_frame_is_announced_with_its_columns(redis: Redis) -> None:
    layer = get_channel_layer()
    channel = await layer.new_channel("test.")
    await layer.group_add(group_name(ORGANIZATION), channel)
    await asyncio.sleep(0.1)
    seq = await asyncio.to_thread(publish, redis)

    async with asyncio.timeout(10):
        message = await layer.receive(channel)
    assert (message["organization"], message["seq"]) == (ORGANIZATION, seq)
    assert Frame(seq, message["previous"], message["payload"]).columns == ROW


async def test_a_frame_is_logged_even_when_it_cannot_be_announced(
    redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr("fleet.realtime.publish._announce", fail)
    seq = publish(redis)

    assert [frame.seq for frame in await logged(after=0) or []] == [seq]


async def test_an_epoch_stays_until_redis_loses_it(redis: Redis) -> None:
    async with AsyncRedis.from_url(settings.REDIS_URL) as client:
        epoch = await framelog.current_epoch(client)
        assert await framelog.current_epoch(client) == epoch
        redis.delete(framelog.EPOCH_KEY)
        assert await framelog.current_epoch(client) != epoch
