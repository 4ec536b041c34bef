"""Roads of a made-up town with highways to the horizon.

The pattern is the one of the American plains: arterials on section lines one mile apart, a grid
of streets inside each section with some streets missing, and highways that wander off in four
directions. No real road data is used; the town is laid around Wichita, Kansas, where real roads
follow the same lines.
"""

import math
import random
from dataclasses import dataclass, field

MILE_M = 1_609.344
EARTH_RADIUS_M = 6_371_008.8

STREETS_PER_MILE = 8
ARTERIAL_MPS = 18.0
STREET_MPS = 11.0
HIGHWAY_MPS = 31.0
_HIGHWAY_STEP_M = 1_500.0


@dataclass(frozen=True, slots=True)
class Plane:
    """A local plane around one place: x metres east, y metres north."""

    lon: float
    lat: float

    def lonlat(self, x: float, y: float) -> tuple[float, float]:
        """WGS84 degrees of a point of the plane."""
        lat = self.lat + math.degrees(y / EARTH_RADIUS_M)
        # The scale of the point's own latitude keeps distances true far from the town.
        return self.lon + math.degrees(x / (EARTH_RADIUS_M * math.cos(math.radians(lat)))), lat

    def xy(self, lon: float, lat: float) -> tuple[float, float]:
        """Metres east and north of a place in WGS84."""
        y = math.radians(lat - self.lat) * EARTH_RADIUS_M
        return math.radians(lon - self.lon) * EARTH_RADIUS_M * math.cos(math.radians(lat)), y


WICHITA = Plane(lon=-97.3375, lat=37.6872)


@dataclass(frozen=True, slots=True)
class Road:
    """One direction of a stretch between two crossings."""

    to: int
    length_m: float
    limit_mps: float


@dataclass(slots=True)
class Network:
    """Crossings by number, with the roads that leave each."""

    plane: Plane
    x: list[float] = field(default_factory=list)
    y: list[float] = field(default_factory=list)
    roads: list[list[Road]] = field(default_factory=list)
    lights: set[int] = field(default_factory=set)
    """Crossings of two arterials: they have traffic lights."""
    depots: list[int] = field(default_factory=list)
    addresses: list[int] = field(default_factory=list)
    """Crossings of streets, where customers are."""
    far_ends: list[int] = field(default_factory=list)
    """Where the highways leave the map."""

    def add_crossing(self, x: float, y: float) -> int:
        """A crossing without roads; gives its number."""
        self.x.append(x)
        self.y.append(y)
        self.roads.append([])
        return len(self.x) - 1

    def connect(self, a: int, b: int, limit_mps: float) -> None:
        """A straight road between two crossings, both ways."""
        length = math.dist((self.x[a], self.y[a]), (self.x[b], self.y[b]))
        self.roads[a].append(Road(b, length, limit_mps))
        self.roads[b].append(Road(a, length, limit_mps))

    def nearest(self, x: float, y: float) -> int:
        """The crossing with a road that is nearest to a point."""
        return min(
            (n for n in range(len(self.x)) if self.roads[n]),
            key=lambda n: (self.x[n] - x) ** 2 + (self.y[n] - y) ** 2,
        )


def build_network(
    *,
    seed: int = 1,
    plane: Plane = WICHITA,
    miles_east_west: int = 12,
    miles_north_south: int = 10,
    highway_km: float = 140.0,
) -> Network:
    """The town and its highways; the same seed gives the same roads."""
    rng = random.Random(seed)
    net = Network(plane)
    columns = miles_east_west * STREETS_PER_MILE + 1
    rows = miles_north_south * STREETS_PER_MILE + 1
    step = MILE_M / STREETS_PER_MILE
    left, bottom = -(columns - 1) * step / 2, -(rows - 1) * step / 2
    grid: dict[tuple[int, int], int] = {}
    for row in range(rows):
        for column in range(columns):
            on_arterial = _is_arterial(row) or _is_arterial(column)
            drift = 0.0 if on_arterial else 14.0  # streets are never quite on the ruler's line
            grid[column, row] = net.add_crossing(
                left + column * step + rng.uniform(-drift, drift),
                bottom + row * step + rng.uniform(-drift, drift),
            )
    for (column, row), node in grid.items():
        for neighbour, along in (((column + 1, row), row), ((column, row + 1), column)):
            other = grid.get(neighbour)
            if other is None:
                continue
            if _is_arterial(along):
                net.connect(node, other, ARTERIAL_MPS)
            elif rng.random() < 0.82:
                net.connect(node, other, STREET_MPS)
        if _is_arterial(column) and _is_arterial(row):
            net.lights.add(node)
        elif not _is_arterial(column) and not _is_arterial(row):
            net.addresses.append(node)
    net.addresses = _reachable(net, start=grid[0, 0], wanted=net.addresses)
    net.depots = [
        grid[column * STREETS_PER_MILE + 3, row * STREETS_PER_MILE]
        for column, row in ((2, 2), (miles_east_west // 2, 5), (miles_east_west - 3, 7))
    ]
    middle_column, middle_row = (columns // 2 // 8) * 8, (rows // 2 // 8) * 8
    exits = (
        (grid[columns - 1, middle_row], 0.35),
        (grid[0, middle_row], math.pi + 0.1),
        (grid[middle_column, rows - 1], math.pi / 2 - 0.12),
        (grid[middle_column, 0], -math.pi / 2 + 0.06),
    )
    for gate, bearing in exits:
        net.far_ends.append(_add_highway(net, rng, gate, bearing, highway_km * 1000.0))
    return net


def _is_arterial(index: int) -> bool:
    return index % STREETS_PER_MILE == 0


def _add_highway(
    net: Network, rng: random.Random, gate: int, bearing: float, length_m: float
) -> int:
    """A road with gentle bends from the town's edge outwards; gives its far end.

    `bearing` is an angle from east, counter-clockwise, in radians.
    """
    node, turn = gate, 0.0
    x, y = net.x[gate], net.y[gate]
    for _ in range(round(length_m / _HIGHWAY_STEP_M)):
        turn = 0.7 * turn + rng.uniform(-0.05, 0.05)
        bearing += turn
        x += _HIGHWAY_STEP_M * math.cos(bearing)
        y += _HIGHWAY_STEP_M * math.sin(bearing)
        following = net.add_crossing(x, y)
        net.connect(node, following, HIGHWAY_MPS)
        node = following
        turn -= 0.02 * math.copysign(1.0, turn)
    return node


def _reachable(net: Network, *, start: int, wanted: list[int]) -> list[int]:
    """The wanted crossings that roads connect with `start`."""
    seen, todo = {start}, [start]
    while todo:
        for road in net.roads[todo.pop()]:
            if road.to not in seen:
                seen.add(road.to)
                todo.append(road.to)
    return [node for node in wanted if node in seen]
