"""Roads, ways over them and paths to drive on."""

import itertools
import math

import pytest

from vehicles.simulation.motion import HANDLING, Drive
from vehicles.simulation.network import WICHITA, Network, build_network
from vehicles.simulation.path import Path, path_along
from vehicles.simulation.routing import quickest_way


@pytest.fixture(scope="module")
def net() -> Network:
    return build_network(seed=1)


def test_places_survive_the_way_to_the_plane_and_back() -> None:
    for lon, lat in ((-97.3375, 37.6872), (-97.9, 38.4), (-96.2, 37.1)):
        back = WICHITA.lonlat(*WICHITA.xy(lon, lat))
        assert back == pytest.approx((lon, lat), abs=1e-9)


def test_every_address_and_far_end_can_be_reached(net: Network) -> None:
    home = net.depots[0]
    for goal in (*net.addresses[::400], *net.far_ends, *net.depots[1:]):
        way = quickest_way(net, home, goal)
        assert (way[0], way[-1]) == (home, goal)
        for a, b in itertools.pairwise(way):
            assert any(road.to == b for road in net.roads[a])


def test_no_way_is_said_so() -> None:
    net = Network(WICHITA)
    a, b = net.add_crossing(0, 0), net.add_crossing(100, 0)
    with pytest.raises(LookupError, match="No road"):
        quickest_way(net, a, b)


def test_the_quicker_way_is_taken_though_it_is_longer() -> None:
    net = Network(WICHITA)
    a, b, c = net.add_crossing(0, 0), net.add_crossing(1000, 0), net.add_crossing(500, 400)
    net.connect(a, b, 5.0)
    net.connect(a, c, 30.0)
    net.connect(c, b, 30.0)
    assert quickest_way(net, a, b) == [a, c, b]


@pytest.fixture
def corner() -> Path:
    net = Network(WICHITA)
    nodes = [net.add_crossing(0, 0), net.add_crossing(0, 400), net.add_crossing(400, 400)]
    net.connect(nodes[0], nodes[1], 15.0)
    net.connect(nodes[1], nodes[2], 15.0)
    return path_along(net, nodes)


def test_corners_are_rounded_and_slow(corner: Path) -> None:
    assert 780 < corner.length_m < 800
    headings = [corner.at(d)[2] for d in range(0, int(corner.length_m), 2)]
    turns = [abs((b - a + 180) % 360 - 180) for a, b in itertools.pairwise(headings)]
    assert max(turns) < 30
    assert (headings[0], headings[-1]) == pytest.approx((0, 90))

    drive = Drive(corner, HANDLING["van"])
    speeds = []
    while not drive.arrived:
        drive.advance(0.5)
        speeds.append((drive.distance_m, drive.speed_mps))
    in_corner = [v for d, v in speeds if 390 < d < 400]
    assert max(v for _, v in speeds) > 12
    assert max(in_corner) < 7
    assert speeds[-1][1] == 0


def test_a_drive_stops_at_a_red_light_and_goes_on(corner: Path) -> None:
    drive = Drive(corner, HANDLING["tractor"])
    for _ in range(400):
        drive.advance(0.5, stop_at_m=200.0)
    assert drive.distance_m == pytest.approx(200.0, abs=0.6)
    assert drive.speed_mps == 0
    drive.advance(10)
    assert drive.distance_m > 205


def test_a_path_may_begin_off_the_road(net: Network) -> None:
    way = quickest_way(net, net.depots[0], net.depots[1])
    start = (net.x[way[0]] + 30.0, net.y[way[0]] + 40.0)
    path = path_along(net, way, start=start)
    assert path.at(0)[:2] == pytest.approx(start)
    assert path.at(path.length_m)[:2] == pytest.approx((net.x[way[-1]], net.y[way[-1]]))
    assert math.isfinite(path.length_m)
