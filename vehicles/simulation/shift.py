"""What one vehicle does: leave the depot, drive, wait at lights, stop at customers, come back."""

import math
import random
from dataclasses import dataclass, field
from enum import Enum

from vehicles.simulation.motion import HANDLING, Drive, Handling
from vehicles.simulation.network import Network
from vehicles.simulation.path import Point, path_along
from vehicles.simulation.routing import quickest_way

RED_LIGHT_CHANCE = 0.35


class Doing(Enum):
    PARKED = "parked"
    """Ignition off: at the depot, or at a customer for longer."""
    DRIVING = "driving"
    WAITING = "waiting"
    """Engine on, not moving: a red light or a short delivery."""


@dataclass(slots=True)
class Shift:
    """One vehicle's day. `advance` moves it on; the rest may be read at any time."""

    net: Network
    kind: str
    rng: random.Random
    x: float
    y: float
    home: int
    long_haul: bool = False
    doing: Doing = Doing.PARKED
    heading_deg: float = 0.0
    speed_mps: float = 0.0
    driven_m: float = 0.0
    fuel_l: float = 0.0
    wait_s: float = 0.0
    stops_left: int = 0
    drive: Drive | None = None
    _light_m: float | None = None
    _lights: list[float] = field(default_factory=list)

    @property
    def handling(self) -> Handling:
        return HANDLING.get(self.kind, HANDLING["van"])

    @property
    def ignition(self) -> bool:
        return self.doing is not Doing.PARKED

    def advance(self, seconds: float) -> None:
        """Live through some seconds."""
        if self.doing is Doing.DRIVING:
            self._drive_on(seconds)
            return
        if self.doing is Doing.WAITING:
            self.fuel_l -= self.handling.idle_litres_per_h * seconds / 3600
        self.wait_s -= seconds
        if self.wait_s <= 0:
            self._depart()

    def _depart(self) -> None:
        if self.drive is not None and not self.drive.arrived:  # the light is green again
            self.doing = Doing.DRIVING
            self._next_light()
            return
        start = self.net.nearest(self.x, self.y)
        goal = self._goal(start)
        here: Point = (self.x, self.y)
        path = path_along(self.net, quickest_way(self.net, start, goal), start=here)
        style = self.drive.style if self.drive else self.rng.uniform(0.88, 1.06)
        self.drive = Drive(path, self.handling, style)
        self._lights = list(path.lights_m)
        self._next_light()
        if self.fuel_l < 0.15 * self.handling.tank_l:
            self.fuel_l = self.handling.tank_l  # somebody has filled it up meanwhile
        self.doing = Doing.DRIVING

    def _goal(self, start: int) -> int:
        if self.long_haul:
            options = [n for n in (*self.net.far_ends, self.home) if n != start]
            return self.rng.choice(options)
        if self.stops_left <= 0:
            self.stops_left = self.rng.randint(6, 14)
            if start != self.home:
                return self.home
        self.stops_left -= 1
        # Customers of one round lie close together more often than not.
        nearby = self.rng.sample(self.net.addresses, 6)
        chosen = min(
            nearby, key=lambda n: math.dist((self.net.x[n], self.net.y[n]), (self.x, self.y))
        )
        return chosen if chosen != start else self.home

    def _next_light(self) -> None:
        """The next traffic light that will be red, if any."""
        self._light_m = None
        here = self.drive.distance_m if self.drive else 0.0
        while self._lights:
            light = self._lights.pop(0)
            if light > here + 40.0 and self.rng.random() < RED_LIGHT_CHANCE:
                self._light_m = light
                return

    def _drive_on(self, seconds: float) -> None:
        drive = self.drive
        if drive is None:
            raise RuntimeError("A vehicle that drives has a way to drive on.")
        metres = drive.advance(seconds, stop_at_m=self._light_m)
        self.x, self.y, self.heading_deg = drive.path.at(drive.distance_m)
        self.speed_mps = drive.speed_mps
        self.driven_m += metres
        self.fuel_l -= self.handling.litres_per_100km * metres / 100_000
        if drive.arrived:
            self._arrive()
        elif self._light_m is not None and drive.distance_m >= self._light_m - 0.5:
            self.doing, self.wait_s = Doing.WAITING, self.rng.uniform(8, 45)

    def _arrive(self) -> None:
        self.speed_mps = 0.0
        at_home = math.dist((self.x, self.y), (self.net.x[self.home], self.net.y[self.home])) < 30
        if at_home or self.long_haul:
            self.doing, self.wait_s = Doing.PARKED, self.rng.uniform(600, 2400)
        elif self.kind == "bus":
            self.doing, self.wait_s = Doing.WAITING, self.rng.uniform(15, 60)
        elif self.rng.random() < 0.6:
            self.doing, self.wait_s = Doing.PARKED, self.rng.uniform(120, 900)
        else:
            self.doing, self.wait_s = Doing.WAITING, self.rng.uniform(60, 300)
