"""Narrowing the view to vehicles, groups and a viewport."""

import asyncio
from typing import Any

import pytest

from fleet.accounts.scope import organization_scope
from tests.cast import Cast
from tests.vehicles.live.reports import Report, aside, report
from tests.vehicles.live.viewer import watching
from vehicles.models import VehicleGroup, VehicleGroupMember

TEXAS = [-107.0, 25.0, -93.0, 37.0]


def add_group(cast: Cast, *members: int) -> int:
    with organization_scope(cast.id):
        group = VehicleGroup.objects.create(organization=cast.organization, name="Depot")
        join_group(cast, group.pk, *members)
    return group.pk


def join_group(cast: Cast, group: int, *members: int) -> None:
    with organization_scope(cast.id):
        for vehicle in members:
            VehicleGroupMember.objects.create(
                organization=cast.organization, group_id=group, vehicle_id=vehicle
            )


def every_vehicle(cast: Cast, *, second: float, **facts: Any) -> int:
    return report(
        cast, *(Report(vehicle=vehicle.pk, second=second, **facts) for vehicle in cast.vehicles)
    )


async def test_only_the_named_vehicles_and_groups_are_shown(port: int, fleet: Cast) -> None:
    ids = [vehicle.pk for vehicle in fleet.vehicles]
    group = await aside(add_group, fleet, ids[0], ids[1])
    await aside(every_vehicle, fleet, second=1)

    async with watching(port, key=fleet.key) as viewer:
        assert set(viewer.view) == set(ids)
        answer = await viewer.subscribe(vehicles=[ids[4]], groups=[group], viewport=None)
        assert answer["snapshot"]["vehicle"] == [ids[0], ids[1], ids[4]]

        await viewer.reach(await aside(every_vehicle, fleet, second=2, lon=-90.0))
        assert set(viewer.view) == {ids[0], ids[1], ids[4]}
        assert all(row["lon"] == -90.0 for row in viewer.view.values())

        await viewer.subscribe(vehicles=None, groups=None, viewport=None)
        assert set(viewer.view) == set(ids)


async def test_a_viewport_shows_who_is_inside_and_who_leaves(port: int, fleet: Cast) -> None:
    ids = [vehicle.pk for vehicle in fleet.vehicles]
    await aside(
        report, fleet, Report(vehicle=ids[0], second=1), Report(vehicle=ids[1], second=1, lon=0)
    )

    async with watching(port, key=fleet.key) as viewer:
        await viewer.subscribe(viewport=TEXAS)
        assert set(viewer.view) == {ids[0]}

        # One leaves, one enters, one stays outside.
        seq = await aside(
            report,
            fleet,
            Report(vehicle=ids[0], second=2, lon=-80.0),
            Report(vehicle=ids[1], second=2, lon=-95.0),
            Report(vehicle=ids[2], second=2, lon=5.0),
        )
        await viewer.reach(seq)
        assert viewer.view[ids[0]]["lon"] == -80.0
        assert viewer.view[ids[1]]["lon"] == -95.0
        assert ids[2] not in viewer.view


async def test_viewers_with_different_views_do_not_disturb_each_other(
    port: int, fleet: Cast
) -> None:
    ids = [vehicle.pk for vehicle in fleet.vehicles]
    async with (
        watching(port, key=fleet.key) as everything,
        watching(port, key=fleet.key) as one,
        watching(port, key=fleet.key) as other,
    ):
        await one.subscribe(vehicles=[ids[0]])
        await other.subscribe(vehicles=[ids[1]])
        await aside(every_vehicle, fleet, second=1)
        seq = await aside(every_vehicle, fleet, second=2)
        await asyncio.gather(everything.reach(seq), one.reach(seq), other.reach(seq))

        assert set(everything.view) == set(ids)
        assert (set(one.view), set(other.view)) == ({ids[0]}, {ids[1]})


async def test_a_changed_group_brings_a_new_snapshot(
    port: int, fleet: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.realtime.upkeep.REFRESH_GROUPS_S", 0.1)
    monkeypatch.setattr("fleet.realtime.channel.SNAPSHOT_REUSE_S", 0.0)
    ids = [vehicle.pk for vehicle in fleet.vehicles]
    group = await aside(add_group, fleet, ids[0])
    await aside(every_vehicle, fleet, second=1)

    async with watching(port, key=fleet.key) as viewer:
        await viewer.subscribe(groups=[group])
        assert set(viewer.view) == {ids[0]}

        await aside(join_group, fleet, group, ids[3])
        await viewer.answer("subscribed")
        assert set(viewer.view) == {ids[0], ids[3]}


async def test_vehicles_of_another_organization_cannot_be_subscribed_to(
    port: int, fleet: Cast, rival: Cast
) -> None:
    theirs = await aside(rival.add_vehicle, "R-1")
    await aside(report, rival, Report(vehicle=theirs.pk, second=1))

    async with watching(port, key=fleet.key) as viewer:
        await viewer.subscribe(vehicles=[theirs.pk])
        await aside(report, rival, Report(vehicle=theirs.pk, second=2))
        await viewer.subscribe(vehicles=[theirs.pk, fleet.vehicles[0].pk])
        await viewer.reach(await aside(every_vehicle, fleet, second=1))

        assert set(viewer.view) == {fleet.vehicles[0].pk}


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("not json", "bad_message"),
        ('{"type":"subscribe","vehicles":"all"}', "bad_message"),
        ('{"type":"subscribe","vehicles":[' + "1," * 140_000 + "1]}", "too_large"),
    ],
)
async def test_a_bad_message_is_answered_and_the_connection_stays(
    port: int, fleet: Cast, message: str, code: str
) -> None:
    async with watching(port, key=fleet.key) as viewer:
        await viewer.say(message)
        error = await viewer.answer("error")
        assert error["code"] == code
        assert error["detail"]

        await viewer.say({"type": "ping", "t": 5})
        assert (await viewer.answer("pong"))["t"] == 5


async def test_a_client_that_sends_too_fast_is_told_and_then_closed(port: int, fleet: Cast) -> None:
    async with watching(port, key=fleet.key) as viewer:
        for _ in range(40):
            await viewer.say({"type": "pong"})
        assert (await viewer.answer("error"))["code"] == "too_fast"
        for _ in range(60):
            await viewer.say({"type": "pong"})

        assert await viewer.closed() == 1008
