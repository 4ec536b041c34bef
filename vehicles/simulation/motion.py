"""One vehicle's speed along a path: it gathers way, keeps to limits, and brakes in time."""

import math
from dataclasses import dataclass

from vehicles.simulation.path import Path

_STEP_S = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Handling:
    """How a kind of vehicle moves; SI units."""

    accelerate_mps2: float
    brake_mps2: float
    top_mps: float
    litres_per_100km: float
    idle_litres_per_h: float
    tank_l: float


HANDLING: dict[str, Handling] = {
    "car": Handling(accelerate_mps2=1.8, brake_mps2=2.4, top_mps=34.0, litres_per_100km=7.0,
                    idle_litres_per_h=0.8, tank_l=55.0),
    "van": Handling(accelerate_mps2=1.4, brake_mps2=2.2, top_mps=31.0, litres_per_100km=10.5,
                    idle_litres_per_h=1.1, tank_l=80.0),
    "box_truck": Handling(accelerate_mps2=0.9, brake_mps2=1.8, top_mps=27.0, litres_per_100km=22.0,
                          idle_litres_per_h=2.2, tank_l=190.0),
    "tractor": Handling(accelerate_mps2=0.5, brake_mps2=1.4, top_mps=29.0, litres_per_100km=34.0,
                        idle_litres_per_h=3.0, tank_l=900.0),
    "bus": Handling(accelerate_mps2=0.8, brake_mps2=1.5, top_mps=25.0, litres_per_100km=30.0,
                    idle_litres_per_h=2.8, tank_l=300.0),
}  # fmt: skip


@dataclass(slots=True)
class Drive:
    """A vehicle under way: where on which path, and how fast."""

    path: Path
    handling: Handling
    style: float = 1.0
    """The driver's share of the limit: 0.9 careful, 1.05 brisk."""
    distance_m: float = 0.0
    speed_mps: float = 0.0

    @property
    def arrived(self) -> bool:
        return self.distance_m >= self.path.length_m - 0.5

    def advance(self, seconds: float, *, stop_at_m: float | None = None) -> float:
        """Drive on; stops at the path's end, or before it at `stop_at_m`. Gives metres driven."""
        start = self.distance_m
        goal = self.path.length_m if stop_at_m is None else min(stop_at_m, self.path.length_m)
        left = seconds
        while left > 1e-9 and self.distance_m < goal - 0.05:
            dt = min(_STEP_S, left)
            left -= dt
            wanted = self._wanted_mps(goal)
            change = wanted - self.speed_mps
            change = min(change, self.handling.accelerate_mps2 * dt)
            # Emergency brakes exist: never past a red light for comfort's sake.
            change = max(change, -2.5 * self.handling.brake_mps2 * dt)
            new_speed = max(0.0, self.speed_mps + change)
            self.distance_m = min(goal, self.distance_m + (self.speed_mps + new_speed) / 2 * dt)
            self.speed_mps = new_speed
        if self.distance_m >= goal - 0.5:
            self.distance_m, self.speed_mps = max(self.distance_m, goal), 0.0
        return self.distance_m - start

    def _wanted_mps(self, goal: float) -> float:
        brake = self.handling.brake_mps2
        look = self.speed_mps**2 / (2 * brake) + 30.0
        road = self.path.limit_ahead(self.distance_m, brake_mps2=brake, look_m=look) * self.style
        halt = math.sqrt(2 * brake * max(0.0, goal - self.distance_m)) + 0.3
        return min(road, self.handling.top_mps, halt)
