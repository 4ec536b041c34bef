"""The made-up fleet drives like one: on roads, within limits, smoothly, and it says so."""

import itertools
import math
import random

import pytest

from vehicles.simulation.fleet import Report, SimulatedFleet, Start
from vehicles.simulation.motion import HANDLING
from vehicles.simulation.network import HIGHWAY_MPS, WICHITA, Network, build_network

KINDS = ["van"] * 9 + ["box_truck"] * 6 + ["tractor"] * 4 + ["car"] * 3 + ["bus"] * 2
STEP_S = 2.0
BEGIN_S = 1_700_000_000.0


@pytest.fixture(scope="module")
def net() -> Network:
    return build_network(seed=1)


def starts() -> list[Start]:
    return [Start(device=f"d{n}", kind=kind) for n, kind in enumerate(KINDS)]


def drive(net: Network, *, minutes: float, seed: int = 3) -> dict[str, list[Report]]:
    """Reports by device of a drive of some minutes."""
    fleet = SimulatedFleet(net, starts(), rng=random.Random(seed), silent_share=0.05)
    reports: dict[str, list[Report]] = {f"d{n}": [] for n in range(len(KINDS))}
    for step in range(round(minutes * 60 / STEP_S)):
        for report in fleet.advance(STEP_S, now_s=BEGIN_S + step * STEP_S):
            reports[report.device].append(report)
    return reports


@pytest.fixture(scope="module")
def half_hour(net: Network) -> dict[str, list[Report]]:
    return drive(net, minutes=30)


def metres(a: Report, b: Report) -> float:
    return math.dist(WICHITA.xy(a.lon, a.lat), WICHITA.xy(b.lon, b.lat))


def test_a_seed_gives_the_same_drive_again(net: Network) -> None:
    assert drive(net, minutes=2) == drive(net, minutes=2)
    assert drive(net, minutes=2) != drive(net, minutes=2, seed=4)


def test_no_vehicle_leaps_or_is_faster_than_its_kind(half_hour: dict[str, list[Report]]) -> None:
    for n, reports in enumerate(half_hour.values()):
        for a, b in itertools.pairwise(reports):
            seconds = b.recorded_at_s - a.recorded_at_s
            # Ten metres for the noise of the receiver.
            assert metres(a, b) <= HIGHWAY_MPS * 1.1 * seconds + 10
            assert b.speed_mps <= HANDLING[KINDS[n]].top_mps + 1


def test_speed_changes_no_faster_than_brakes_allow(half_hour: dict[str, list[Report]]) -> None:
    for n, reports in enumerate(half_hour.values()):
        hardest = 2.5 * HANDLING[KINDS[n]].brake_mps2 + 1.0
        for a, b in itertools.pairwise(reports):
            if b.recorded_at_s - a.recorded_at_s <= STEP_S:
                assert abs(b.speed_mps - a.speed_mps) <= hardest * STEP_S


def test_odometers_only_go_up_and_match_the_way(half_hour: dict[str, list[Report]]) -> None:
    driven = 0.0
    for reports in half_hour.values():
        for a, b in itertools.pairwise(reports):
            assert b.odometer_m >= a.odometer_m
            assert b.odometer_m - a.odometer_m >= metres(a, b) * 0.97 - 10
        driven += reports[-1].odometer_m - reports[0].odometer_m
    assert driven > 50_000


def test_vehicles_stop_with_the_engine_on_and_off(half_hour: dict[str, list[Report]]) -> None:
    everything = [r for reports in half_hour.values() for r in reports]
    assert any(r.speed_mps == 0 and r.ignition for r in everything)
    assert any(r.speed_mps == 0 and not r.ignition for r in everything)
    assert all(r.ignition for r in everything if r.speed_mps > 0)


def test_one_tracker_falls_silent_and_the_others_go_on(
    half_hour: dict[str, list[Report]],
) -> None:
    end = BEGIN_S + 30 * 60
    silent = [d for d, reports in half_hour.items() if reports[-1].recorded_at_s < end - 120]
    assert len(silent) == 1


def test_headings_point_where_the_vehicle_goes(half_hour: dict[str, list[Report]]) -> None:
    good = total = 0
    for reports in half_hour.values():
        for a, b in itertools.pairwise(reports):
            if b.recorded_at_s - a.recorded_at_s > STEP_S or b.speed_mps < 8:
                continue
            (x0, y0), (x1, y1) = WICHITA.xy(a.lon, a.lat), WICHITA.xy(b.lon, b.lat)
            way = math.degrees(math.atan2(x1 - x0, y1 - y0))
            off = abs((b.heading_deg - way + 180) % 360 - 180)
            total += 1
            good += off < 25
    assert total > 1_000
    assert good / total > 0.95


def test_a_fleet_goes_on_from_where_it_was_last_seen(net: Network) -> None:
    before = drive(net, minutes=10)
    last = {device: reports[-1] for device, reports in before.items()}
    again = SimulatedFleet(
        net,
        [
            Start(device=d, kind=KINDS[int(d[1:])], lon=r.lon, lat=r.lat, odometer_m=r.odometer_m)
            for d, r in last.items()
        ],
        rng=random.Random(9),
        silent_share=0.0,
    )
    for report in again.advance(STEP_S, now_s=BEGIN_S + 660):
        assert metres(last[report.device], report) < 70
        assert report.odometer_m >= last[report.device].odometer_m


def test_a_vehicle_last_seen_far_away_begins_at_home(net: Network) -> None:
    fleet = SimulatedFleet(
        net,
        [Start(device="d", kind="van", lon=13.4, lat=52.5)],
        rng=random.Random(1),
        silent_share=0.0,
    )
    (report,) = fleet.advance(STEP_S, now_s=BEGIN_S)
    assert abs(report.lon - WICHITA.lon) < 1
    assert abs(report.lat - WICHITA.lat) < 1
