"""Going on after a break: at any process, over lost announcements, over a Redis without data."""

from collections.abc import Callable

import pytest
from redis import Redis

from tests.cast import Cast
from tests.vehicles.live.reports import Report, aside, report, state_of, store
from tests.vehicles.live.viewer import rows_of, watching


async def test_a_view_goes_on_at_another_process(serve: Callable[[], int], fleet: Cast) -> None:
    here, there = serve(), serve()
    vehicle = fleet.vehicles[0].pk
    async with watching(here, key=fleet.key) as viewer:
        await viewer.reach(await aside(report, fleet, Report(vehicle=vehicle, second=1)))
    for second in (2, 3, 4):
        seq = await aside(report, fleet, Report(vehicle=vehicle, second=second))

    async with watching(there, key=fleet.key, resume=viewer) as resumed:
        await resumed.reach(seq)

        assert resumed.hello["resumed"] is True
        assert resumed.hello["offline"] == {"moving_s": 14400, "parked_s": 86400}
        assert resumed.frames == 1  # what was missed comes as one frame
        assert resumed.view == rows_of(await aside(state_of, fleet))


async def test_nothing_missed_means_nothing_is_sent_again(port: int, fleet: Cast) -> None:
    async with watching(port, key=fleet.key) as viewer:
        seq = await aside(report, fleet, Report(vehicle=fleet.vehicles[0].pk, second=1))
        await viewer.reach(seq)

    async with watching(port, key=fleet.key, resume=viewer) as resumed:
        assert resumed.hello["seq"] == seq
        await resumed.say({"type": "ping", "t": 1})
        await resumed.answer("pong")
        assert resumed.frames == 0


@pytest.mark.parametrize("stale", ["epoch", "sequence", "future"])
async def test_who_was_away_too_long_gets_a_snapshot(port: int, fleet: Cast, stale: str) -> None:
    vehicle = fleet.vehicles[0].pk
    async with watching(port, key=fleet.key) as viewer:
        await viewer.reach(await aside(report, fleet, Report(vehicle=vehicle, second=1)))
    match stale:
        case "epoch":
            viewer.hello["epoch"] = "another"
        case "sequence":
            viewer.seq -= 1_000_000
        case "future":
            viewer.seq += 1_000_000
    await aside(report, fleet, Report(vehicle=vehicle, second=2))

    async with watching(port, key=fleet.key, resume=viewer) as fresh:
        assert "resumed" not in fresh.hello
        assert fresh.view == rows_of(await aside(state_of, fleet))


async def test_a_client_may_resume_within_its_connection(port: int, fleet: Cast) -> None:
    async with watching(port, key=fleet.key) as viewer:
        before = viewer.seq
        vehicle = fleet.vehicles[0].pk
        await viewer.reach(await aside(report, fleet, Report(vehicle=vehicle, second=1)))

        await viewer.say({"type": "resume", "epoch": viewer.hello["epoch"], "seq": before})
        hello = await viewer.answer("hello")
        frame = await viewer.answer("frame")

        assert (hello["resumed"], hello["seq"]) == (True, before)
        assert frame["columns"]["vehicle"] == [vehicle]


async def test_a_frame_whose_announcement_was_lost_is_found_in_the_log(
    port: int, fleet: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (vehicle.pk for vehicle in fleet.vehicles[:2])
    async with watching(port, key=fleet.key) as viewer:
        with monkeypatch.context() as patch:
            patch.setattr("fleet.realtime.publish.group_name", lambda _: "live.nobody")
            lost = await aside(report, fleet, Report(vehicle=first, second=1))
        await viewer.reach(lost)  # noticed by itself

        with monkeypatch.context() as patch:
            patch.setattr("fleet.realtime.publish.group_name", lambda _: "live.nobody")
            await aside(report, fleet, Report(vehicle=first, second=2))
        await viewer.reach(await aside(report, fleet, Report(vehicle=second, second=2)))

        assert viewer.hellos == 1
        assert viewer.view == rows_of(await aside(state_of, fleet))


async def test_a_gap_that_the_log_cannot_fill_brings_a_new_snapshot(
    port: int, fleet: Cast, live_keys: Redis
) -> None:
    first, second = (vehicle.pk for vehicle in fleet.vehicles[:2])
    async with watching(port, key=fleet.key) as viewer:
        # Stored and numbered, but neither announced nor in the log.
        await aside(store, fleet, Report(vehicle=first, second=1))
        live_keys.incr(f"fleet:live:seq:{fleet.id}", 5)
        await aside(report, fleet, Report(vehicle=second, second=1))
        await viewer.answer("hello")

        assert viewer.hellos == 2
        assert viewer.view == rows_of(await aside(state_of, fleet))


async def test_a_redis_that_lost_everything_starts_a_new_history(
    port: int, fleet: Cast, live_keys: Redis
) -> None:
    vehicle = fleet.vehicles[0].pk
    async with watching(port, key=fleet.key) as viewer:
        epoch = viewer.hello["epoch"]
        await viewer.reach(await aside(report, fleet, Report(vehicle=vehicle, second=1)))
        for name in live_keys.scan_iter("fleet:live:*"):
            live_keys.delete(name)
        await viewer.answer("hello")
        assert viewer.hello["epoch"] != epoch

        await viewer.reach(await aside(report, fleet, Report(vehicle=vehicle, second=2)))
        assert viewer.view == rows_of(await aside(state_of, fleet))


async def test_cut_connections_to_redis_lose_nothing(
    port: int, fleet: Cast, live_keys: Redis
) -> None:
    vehicle = fleet.vehicles[0].pk
    database = str(live_keys.connection_pool.connection_kwargs.get("db", 0))
    async with watching(port, key=fleet.key) as viewer:
        for round_ in range(1, 4):
            _cut_others(live_keys, database)
            await viewer.reach(await aside(report, fleet, Report(vehicle=vehicle, second=round_)))

        assert viewer.hellos == 1
        assert viewer.view == rows_of(await aside(state_of, fleet))


def _cut_others(redis: Redis, database: str) -> None:
    mine = redis.client_id()
    for client in redis.client_list():
        if client["db"] == database and int(client["id"]) != mine:
            redis.client_kill_filter(_id=client["id"])
