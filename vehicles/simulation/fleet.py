"""A whole made-up fleet: who drives what from where, and what their trackers would send."""

import math
import random
from collections.abc import Iterable
from dataclasses import dataclass

from vehicles.simulation.motion import HANDLING
from vehicles.simulation.network import Network
from vehicles.simulation.shift import Doing, Shift

WAITING_EVERY_S = 10.0
PARKED_EVERY_S = 60.0
NEAR_ROADS_M = 3_000.0
"""A vehicle last seen farther from every road of the town starts anew at its depot."""
_NOISE_M = 1.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """One vehicle as it is when the simulation begins."""

    device: str
    kind: str
    """A vehicle class; those that do not drive by themselves are driven like a van."""
    lon: float | None = None
    lat: float | None = None
    odometer_m: float | None = None
    fuel_l: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a tracker sends; SI units, WGS84 degrees, time in seconds since the Unix epoch."""

    device: str
    recorded_at_s: float
    lon: float
    lat: float
    altitude_m: float
    speed_mps: float
    heading_deg: float
    accuracy_m: float
    odometer_m: float
    ignition: bool
    fuel_l: float
    supply_v: float


@dataclass(slots=True)
class _Unit:
    device: str
    shift: Shift
    odometer_m: float
    silent_from_s: float
    reported_at_s: float = -math.inf
    reported_doing: Doing | None = None
    noise_x: float = 0.0
    noise_y: float = 0.0


class SimulatedFleet:
    """Vehicles that drive on one network. Call `advance` with steady small steps."""

    def __init__(
        self, net: Network, starts: Iterable[Start], *, rng: random.Random, silent_share: float
    ) -> None:
        """`silent_share` of the vehicles (at least one of 20 or more) fall silent after minutes."""
        self._net = net
        self._rng = rng
        self._elapsed_s = 0.0
        self._units = [self._unit(start) for start in starts]
        silent = round(silent_share * len(self._units))
        if silent_share > 0 and len(self._units) >= 20:
            silent = max(1, silent)
        for unit in rng.sample(self._units, silent):
            unit.silent_from_s = rng.uniform(60, 240)

    def __len__(self) -> int:
        return len(self._units)

    def advance(self, seconds: float, *, now_s: float) -> list[Report]:
        """Live through `seconds` and give what trackers send at `now_s` (Unix seconds)."""
        self._elapsed_s += seconds
        reports = []
        for unit in self._units:
            unit.shift.driven_m = 0.0
            unit.shift.advance(seconds)
            unit.odometer_m += unit.shift.driven_m
            if self._is_due(unit):
                unit.reported_at_s = self._elapsed_s
                unit.reported_doing = unit.shift.doing
                reports.append(self._report(unit, now_s))
        return reports

    def _is_due(self, unit: _Unit) -> bool:
        if self._elapsed_s > unit.silent_from_s:
            return False
        doing = unit.shift.doing
        if doing is Doing.DRIVING or doing is not unit.reported_doing:
            return True
        every = PARKED_EVERY_S if doing is Doing.PARKED else WAITING_EVERY_S
        return self._elapsed_s - unit.reported_at_s >= every

    def _report(self, unit: _Unit, now_s: float) -> Report:
        shift, rng = unit.shift, self._rng
        if shift.doing is Doing.DRIVING:  # receivers hold still when the vehicle does
            unit.noise_x = 0.85 * unit.noise_x + rng.gauss(0, _NOISE_M) * 0.5
            unit.noise_y = 0.85 * unit.noise_y + rng.gauss(0, _NOISE_M) * 0.5
        lon, lat = self._net.plane.lonlat(shift.x + unit.noise_x, shift.y + unit.noise_y)
        speed = max(0.0, shift.speed_mps + rng.gauss(0, 0.15)) if shift.speed_mps > 0.5 else 0.0
        return Report(
            device=unit.device,
            recorded_at_s=now_s,
            lon=round(lon, 6),
            lat=round(lat, 6),
            # The plains rise gently to the west.
            altitude_m=round(395.0 - shift.x / 900.0 + 6.0 * math.sin(shift.y / 2_300.0), 1),
            speed_mps=round(speed, 2),
            heading_deg=round(shift.heading_deg, 1) % 360.0,
            accuracy_m=round(rng.uniform(2.0, 5.0), 1),
            odometer_m=round(unit.odometer_m, 1),
            ignition=shift.ignition,
            fuel_l=round(max(0.0, shift.fuel_l), 1),
            supply_v=round((13.9 if shift.ignition else 12.5) + rng.uniform(-0.1, 0.1), 1),
        )

    def _unit(self, start: Start) -> _Unit:
        rng, net = self._rng, self._net
        kind = start.kind if start.kind in HANDLING else "van"
        long_haul = kind == "tractor"
        home = rng.choice(net.depots)
        place = self._last_place(start)
        if place is None:
            node = home if rng.random() < 0.25 else rng.choice(net.addresses)
            if long_haul and rng.random() < 0.6:
                node = rng.choice(net.far_ends)
            place = net.x[node], net.y[node]
        tank = HANDLING[kind].tank_l
        fuel = start.fuel_l if start.fuel_l else rng.uniform(0.35, 0.95) * tank
        shift = Shift(
            net=net, kind=kind, rng=random.Random(rng.random()), x=place[0], y=place[1],
            home=home, long_haul=long_haul, fuel_l=fuel, stops_left=rng.randint(1, 10),
        )  # fmt: skip
        # Three of four are under way at once, so that there is something to see.
        shift.wait_s = rng.uniform(0, 5) if rng.random() < 0.75 else rng.uniform(60, 900)
        odometer = start.odometer_m
        if odometer is None:
            odometer = rng.uniform(8e6, 4e8) if long_haul else rng.uniform(8e6, 2.2e8)
        return _Unit(start.device, shift, odometer, silent_from_s=math.inf)

    def _last_place(self, start: Start) -> tuple[float, float] | None:
        if start.lon is None or start.lat is None:
            return None
        x, y = self._net.plane.xy(start.lon, start.lat)
        node = self._net.nearest(x, y)
        gap = math.dist((x, y), (self._net.x[node], self._net.y[node]))
        return (x, y) if gap <= NEAR_ROADS_M else None
