"""A way as a line to drive on: corners are rounded, each point has the speed it allows."""

import bisect
import itertools
import math
from dataclasses import dataclass

from vehicles.simulation.network import STREET_MPS, Network

Point = tuple[float, float]

CORNER_M = 12.0
"""How far before a corner the turn begins."""
LATERAL_MPS2 = 2.2
"""Sideways acceleration that drivers accept in a bend."""
_ARC_POINTS = 6


@dataclass(slots=True)
class Path:
    """A line of points with the distance from its start and the speed limit up to each."""

    points: list[Point]
    limits_mps: list[float]
    """Allowed speed on the stretch that ends at the point."""
    lights_m: list[float]
    """Distances along the path of crossings with traffic lights."""
    distances_m: list[float]

    @property
    def length_m(self) -> float:
        return self.distances_m[-1]

    def at(self, distance_m: float) -> tuple[float, float, float]:
        """x, y and compass heading (degrees) at a distance from the start."""
        d = min(max(distance_m, 0.0), self.length_m)
        i = max(1, min(bisect.bisect_left(self.distances_m, d), len(self.points) - 1))
        (x0, y0), (x1, y1) = self.points[i - 1], self.points[i]
        span = self.distances_m[i] - self.distances_m[i - 1]
        part = (d - self.distances_m[i - 1]) / span if span else 0.0
        heading = math.degrees(math.atan2(x1 - x0, y1 - y0)) % 360.0
        return x0 + part * (x1 - x0), y0 + part * (y1 - y0), heading

    def limit_ahead(self, distance_m: float, *, brake_mps2: float, look_m: float) -> float:
        """Speed that the road allows here, so that every slower part ahead can be met in time."""
        i = max(1, bisect.bisect_right(self.distances_m, distance_m))
        allowed = math.inf
        while i < len(self.points):
            ahead = max(0.0, self.distances_m[i - 1] - distance_m)
            if ahead > look_m:
                break
            allowed = min(allowed, math.sqrt(self.limits_mps[i] ** 2 + 2 * brake_mps2 * ahead))
            i += 1
        return allowed


def path_along(net: Network, way: list[int], *, start: Point | None = None) -> Path:
    """The path over these crossings; from `start` (off the road) to the first one if given."""
    corners: list[Point] = [(net.x[n], net.y[n]) for n in way]
    limits = [0.0] + [_limit(net, a, b) for a, b in itertools.pairwise(way)]
    nodes: list[int | None] = list(way)
    if start is not None and math.dist(start, corners[0]) > 1.0:
        corners, limits, nodes = [start, *corners], [0.0, STREET_MPS / 2, *limits[1:]], [None, *way]
    if len(corners) == 1:
        corners, limits, nodes = corners * 2, [0.0, STREET_MPS], nodes * 2
    points, allowed = [corners[0]], [limits[1]]
    light_points: list[int] = []
    for i in range(1, len(corners) - 1):
        arc, bend_mps = _round(corners[i - 1], corners[i], corners[i + 1])
        points += arc
        allowed += [limits[i]] + [min(limits[i], limits[i + 1], bend_mps)] * (len(arc) - 1)
        if nodes[i] in net.lights:
            light_points.append(len(points) - len(arc))
    points.append(corners[-1])
    allowed.append(limits[-1])
    distances = [0.0]
    for a, b in itertools.pairwise(points):
        distances.append(distances[-1] + math.dist(a, b))
    return Path(points, allowed, [distances[i] for i in light_points], distances)


def _limit(net: Network, a: int, b: int) -> float:
    return next(road.limit_mps for road in net.roads[a] if road.to == b)


def _round(before: Point, corner: Point, after: Point) -> tuple[list[Point], float]:
    """Points of the turn at a corner and the speed it allows (a circle's, by its radius)."""
    into, out = _unit(before, corner), _unit(corner, after)
    turn = abs(math.atan2(into[0] * out[1] - into[1] * out[0], into[0] * out[0] + into[1] * out[1]))
    if turn < 0.03:
        return [corner], math.inf
    reach = min(CORNER_M, math.dist(before, corner) / 2.2, math.dist(corner, after) / 2.2)
    radius = reach / math.tan(min(turn, 3.0) / 2)
    a = (corner[0] - into[0] * reach, corner[1] - into[1] * reach)
    b = (corner[0] + out[0] * reach, corner[1] + out[1] * reach)
    arc = []
    for k in range(_ARC_POINTS + 1):
        t = k / _ARC_POINTS
        u, v, w = (1 - t) ** 2, 2 * t * (1 - t), t**2
        arc.append((u * a[0] + v * corner[0] + w * b[0], u * a[1] + v * corner[1] + w * b[1]))
    return arc, max(2.5, math.sqrt(LATERAL_MPS2 * radius))


def _unit(a: Point, b: Point) -> Point:
    length = math.dist(a, b) or 1.0
    return (b[0] - a[0]) / length, (b[1] - a[1]) / length
