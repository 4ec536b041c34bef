"""What the protocol promises: snapshot + frames = a fresh snapshot."""

import asyncio
import random
from collections.abc import Callable

import pytest

from tests.cast import Cast
from tests.vehicles.live.reports import Report, aside, publish, report, state_of, store
from tests.vehicles.live.viewer import rows_of, watching


async def test_a_viewer_is_shown_the_state_and_then_what_changes(port: int, fleet: Cast) -> None:
    first, second = (vehicle.pk for vehicle in fleet.vehicles[:2])
    await aside(report, fleet, Report(vehicle=first, second=0))

    async with watching(port, key=fleet.key) as viewer:
        assert list(viewer.view) == [first]
        seq = await aside(
            report,
            fleet,
            Report(vehicle=first, second=1, lon=-97.5),
            Report(vehicle=second, second=1, motion=0, speed_mps=None, heading_deg=None),
        )
        await viewer.reach(seq)

        assert viewer.view == rows_of(await aside(state_of, fleet))
        assert viewer.view[first] == {
            "vehicle": first,
            "t": 1772366401123,
            "r": 1772366402123,
            "lon": -97.5,
            "lat": 30.267153,
            "speed": 12.3,
            "heading": 0,
            "motion": 2,
            "ignition": True,
        }
        assert viewer.view[second]["speed"] is None


async def test_hello_tells_what_a_client_needs(port: int, fleet: Cast) -> None:
    async with watching(port, key=fleet.key) as viewer:
        hello = viewer.hello

    assert hello["protocol"] == 1
    assert hello["heartbeat_s"] == 15
    assert hello["offline"] == {"moving_s": 14400, "parked_s": 86400}
    assert hello["snapshot"]["vehicle"] == []
    assert hello["epoch"]


@pytest.mark.parametrize("seed", range(3))
async def test_snapshot_and_frames_give_a_fresh_snapshot_whatever_happens(
    serve: Callable[[], int], fleet: Cast, seed: int
) -> None:
    """Random reports, late ones too; viewers come, go and resume on either of two servers."""
    chance = random.Random(seed)
    ports = [serve(), serve()]
    ids = [vehicle.pk for vehicle in fleet.vehicles]

    def some_reports() -> list[Report]:
        return [
            Report(
                vehicle=chance.choice(ids),
                second=chance.randrange(200),
                lon=chance.uniform(-180, 180),
                lat=chance.uniform(-90, 90),
                speed_mps=chance.choice([None, chance.uniform(0, 40)]),
                heading_deg=chance.choice([None, chance.uniform(0, 360)]),
                motion=chance.choice([0, 1, 2]),
                ignition=chance.choice([None, True, False]),
            )
            for _ in range(chance.randrange(1, 4))
        ]

    seq = await aside(report, fleet, *some_reports())
    viewer = None
    for _ in range(6):
        async with watching(chance.choice(ports), key=fleet.key, resume=viewer) as current:
            resumed = "snapshot" not in current.hello
            assert resumed == (viewer is not None)
            for _ in range(chance.randrange(4)):
                seq = await aside(report, fleet, *some_reports())
                if chance.random() < 0.3:
                    await current.reach(seq)
            if chance.random() < 0.7:
                await current.reach(seq)
            viewer = current
        for _ in range(chance.randrange(3)):  # while nobody looks
            seq = await aside(report, fleet, *some_reports())

    async with watching(chance.choice(ports), key=fleet.key, resume=viewer) as last:
        await last.reach(seq)
        assert last.view == rows_of(await aside(state_of, fleet))


async def test_rows_stored_but_not_announced_yet_are_in_the_snapshot_and_come_again(
    port: int, fleet: Cast
) -> None:
    vehicle = fleet.vehicles[0].pk
    columns = await aside(store, fleet, Report(vehicle=vehicle, second=5))

    async with watching(port, key=fleet.key) as viewer:
        before = dict(viewer.view)
        await viewer.reach(await aside(publish, fleet, columns))

        assert before == viewer.view == rows_of(await aside(state_of, fleet))


async def test_many_viewers_who_come_at_once_share_one_reading(
    port: int, fleet: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from vehicles.live import VehicleLive

    readings = []
    read = VehicleLive.state_of

    def counted(self: VehicleLive, *, organization_id: int) -> object:
        readings.append(organization_id)
        return read(self, organization_id=organization_id)

    monkeypatch.setattr(VehicleLive, "state_of", counted)
    monkeypatch.setattr("fleet.realtime.channel.SNAPSHOT_REUSE_S", 60.0)
    monkeypatch.setattr("django.conf.settings.LIVE_MAX_CONNECTIONS_PER_USER", 500)
    everybody_is_here = asyncio.Event()
    arrived = 0

    async def look() -> None:
        nonlocal arrived
        async with watching(port, key=fleet.key):
            arrived += 1
            if arrived == 100:
                everybody_is_here.set()
            await everybody_is_here.wait()

    await asyncio.gather(*(look() for _ in range(100)))

    assert readings == [fleet.id]
