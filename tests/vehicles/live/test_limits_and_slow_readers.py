"""One viewer's greed or slowness is no burden to the others."""

import asyncio
import functools
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from redis import Redis

from fleet.realtime.recent import RecentFrames
from fleet.realtime.stats import read_summaries
from tests.cast import Cast
from tests.vehicles.live.reports import Report, aside, publish, report, state_of
from tests.vehicles.live.viewer import rows_of, watching
from vehicles.live_columns import Columns


async def test_connections_of_one_user_are_limited_over_all_processes(
    serve: Callable[[], int],
    fleet: Cast,
    rival: Cast,
    live_keys: Redis,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "LIVE_MAX_CONNECTIONS_PER_USER", 2)
    here, there = serve(), serve()

    async with watching(here, key=fleet.key):
        async with watching(there, key=fleet.key):
            async with watching(here, key=fleet.key, hello=False) as third:
                assert await third.closed() == 4429
            async with watching(there, key=rival.key):
                pass  # somebody else's connections are their own
        await counted(live_keys, fleet, 1)
        async with watching(here, key=fleet.key):
            pass  # one has gone, so there is room again


async def test_connections_of_a_killed_process_are_forgotten(
    port: int, fleet: Cast, live_keys: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LIVE_MAX_CONNECTIONS_PER_USER", 2)
    counts = counts_of(fleet)
    now = int(time.time() * 1000)

    live_keys.hset(counts, "dead", f"2:{now + 60_000}")
    async with watching(port, key=fleet.key, hello=False) as refused:
        assert await refused.closed() == 4429

    live_keys.hset(counts, "dead", f"2:{now - 1}")
    async with watching(port, key=fleet.key):
        assert "dead" not in live_keys.hgetall(counts)
    await counted(live_keys, fleet, 0)


async def test_a_silent_viewer_is_closed_and_a_talking_one_is_not(
    port: int, fleet: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "LIVE_HEARTBEAT_S", 1)

    async with watching(port, key=fleet.key) as silent, watching(port, key=fleet.key) as talking:
        silent.answers_pings = False
        closing = asyncio.ensure_future(silent.closed())
        pings = 0
        while not closing.done():
            await talking.answer("ping")
            pings += 1
        assert closing.result() == 4408
        assert pings >= 2
        await talking.say({"type": "ping", "t": 1})
        await talking.answer("pong")


async def test_a_slow_reader_gets_the_newest_rows_in_few_frames_and_hinders_nobody(
    port: int, fleet: Cast
) -> None:
    vehicle = fleet.vehicles[0].pk
    async with (
        watching(port, key=fleet.key, slow=True) as slow,
        watching(port, key=fleet.key) as fast,
    ):
        for second in range(1, 16):
            await aside(publish, fleet, thousands_of_rows(second))
            seq = await aside(report, fleet, Report(vehicle=vehicle, second=second))
            await fast.reach(seq)
        assert fast.frames > 15

        await slow.reach(seq)
        assert slow.hellos == 1
        assert slow.frames < fast.frames
        assert slow.view[vehicle] == rows_of(await aside(state_of, fleet))[vehicle]
        assert slow.view == fast.view


async def test_a_slow_reader_that_the_log_no_longer_reaches_gets_a_snapshot(
    port: int, fleet: Cast, live_keys: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    recent = functools.partial(RecentFrames, most_frames=1)
    monkeypatch.setattr("fleet.realtime.channel.RecentFrames", recent)
    vehicle = fleet.vehicles[0].pk
    async with (
        watching(port, key=fleet.key, slow=True) as slow,
        watching(port, key=fleet.key) as fast,
    ):
        for second in range(1, 16):
            await aside(publish, fleet, thousands_of_rows(second))
            seq = await aside(report, fleet, Report(vehicle=vehicle, second=second))
            await fast.reach(seq)
        live_keys.xtrim(f"fleet:live:log:{fleet.id}", maxlen=1, approximate=False)

        await slow.reach(seq)
        assert slow.hellos == 2
        assert slow.view == rows_of(await aside(state_of, fleet))


async def test_a_silent_slow_reader_is_cut_off(
    port: int, fleet: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A close frame would wait behind what it does not read, so the connection is dropped."""
    monkeypatch.setattr(settings, "LIVE_HEARTBEAT_S", 1)
    monkeypatch.setattr("fleet.realtime.stats.WRITE_EVERY_S", 0.2)
    stats = StatsOf(fleet)
    async with watching(port, key=fleet.key, slow=True), watching(port, key=fleet.key) as fast:
        for second in range(1, 16):
            await fast.reach(await aside(publish, fleet, thousands_of_rows(second)))
        while await aside(stats.connections) != 1:
            await fast.receive()


def counts_of(cast: Cast) -> str:
    """The Redis hash with the connections of the cast's key."""
    return f"fleet:live:connections:key:{cast.key.split('_')[1]}"


async def counted(redis: Redis, cast: Cast, connections: int) -> None:
    """Wait until the servers have noticed who is gone."""
    async with asyncio.timeout(20):
        # The change happens in another loop, and shows in Redis only.
        while connections != _count(redis.hvals(counts_of(cast))):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _count(fields: list[Any]) -> int:
    return sum(int(str(count).partition(":")[0]) for count in fields)


class StatsOf:
    """What the hubs tell about one organization."""

    def __init__(self, cast: Cast) -> None:
        self._cast = cast

    def connections(self) -> int:
        with Redis.from_url(settings.REDIS_URL) as redis:
            summaries = read_summaries(redis, organization_id=self._cast.id)
        return summaries["organizations"].get(str(self._cast.id), {}).get("connections", 0)


def thousands_of_rows(t: int) -> Columns:
    """A frame that fills buffers, of vehicles that are nobody's: about 800 KB."""
    ids = range(1_000_000, 1_010_000)
    row = {
        "t": 1772366401000 + t,
        "r": 1772366402000 + t,
        "lon": -97.743061,
        "lat": 30.267153,
        "speed": 12.3,
        "heading": 359,
        "motion": 2,
        "ignition": None,
    }
    return {"vehicle": list(ids)} | {name: [value] * len(ids) for name, value in row.items()}
