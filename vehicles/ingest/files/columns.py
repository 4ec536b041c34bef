"""Which column of a recorded table means what, and one row of it as a fix."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any

from vehicles.ingest import timestamps
from vehicles.ingest.attributes import encode_attributes
from vehicles.ingest.bad_record import BadRecord, about
from vehicles.ingest.fix import Fix, MalformedRequest
from vehicles.ingest.reasons import Reason
from vehicles.ingest.units import DISTANCE_UNITS, SPEED_UNITS
from vehicles.ingest.values import Values, coordinate, identity, typed_text

KNOWN_HEADERS: dict[str, tuple[str, ...]] = {
    "vehicle": (
        "vehicle", "vehicle_id", "vehicle_number", "unit", "unit_id", "truck", "truck_id",
        "bus", "bus_id", "device", "device_id", "unique_id", "imei",
    ),
    "time": (
        "time", "time_utc", "timestamp", "timestamp_utc", "recorded_at", "datetime", "date_time",
        "gps_time", "fix_time", "fixtime",
    ),
    "lat": ("lat", "latitude", "gps_lat", "gps_latitude", "y"),
    "lon": ("lon", "lng", "long", "longitude", "gps_lon", "gps_lng", "gps_longitude", "x"),
    "odometer": ("odometer", "odometer_m", "odometer_km", "odometer_mi", "mileage"),
    "speed": ("speed", "speed_mps", "speed_kmh", "speed_kph", "speed_mph", "speed_kn"),
    "heading": ("heading", "heading_deg", "bearing", "course"),
    "altitude": ("altitude", "altitude_m", "elevation", "ele", "alt"),
    "accuracy": ("accuracy", "accuracy_m"),
    "ignition": ("ignition", "ign"),
    "fuel_l": ("fuel_l", "fuel_litres", "fuel_liters"),
    "fuel_percent": ("fuel_percent", "fuel_level"),
}  # fmt: skip
"""Column names that are recognised without a mapping, likeliest first."""

REQUIRED = ("vehicle", "time", "lat", "lon")

_NUMBERS = {
    "odometer": "odometer_m",
    "speed": "speed_mps",
    "heading": "heading_deg",
    "altitude": "altitude_m",
    "accuracy": "accuracy_m",
    "fuel_l": "fuel_l",
    "fuel_percent": "fuel_percent",
}
"""Meaning of a column to the field of a fix, for numbers."""

_UNIT_IN_HEADER = {
    "odometer_km": "km",
    "odometer_mi": "mi",
    "speed_kmh": "kmh",
    "speed_kph": "kmh",
    "speed_mph": "mph",
    "speed_kn": "kn",
}


@dataclass(frozen=True, kw_only=True)
class TableOptions:
    """How to read a table; the defaults suit one in SI units with common column names."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Meaning (a key of `KNOWN_HEADERS`) to column name, for columns not recognised."""
    odometer_unit: str | None = None
    """A key of `DISTANCE_UNITS`; None takes it from the column's name, else metres."""
    speed_unit: str | None = None
    """A key of `SPEED_UNITS`; None takes it from the column's name, else m/s."""
    zone: tzinfo = UTC
    """The zone of times that are written without one."""
    vehicle: str = ""
    """The vehicle of the whole file, when no column names it."""


class Table:
    """The columns of one file, found once, and the making of a fix from each row."""

    def __init__(self, header: Iterable[str], options: TableOptions) -> None:
        """Raises `MalformedRequest` when a needed column is not there."""
        names = list(header)
        self._columns = _found_columns(names, options)
        self._zone = options.zone
        self._vehicle = options.vehicle
        odometer, speed = self._columns.get("odometer"), self._columns.get("speed")
        scales = {
            "odometer": _factor(DISTANCE_UNITS, options.odometer_unit, odometer, "m"),
            "speed": _factor(SPEED_UNITS, options.speed_unit, speed, "mps"),
        }
        self._numbers = [
            (name, self._columns[meaning], scales.get(meaning, 1.0))
            for meaning, name in _NUMBERS.items()
            if meaning in self._columns
        ]

    def fix(self, row: Mapping[str, Any]) -> Fix:
        """One row, column name to text or JSON value, as a fix. Raises `BadRecord`."""
        values = Values(
            {name: value for name, value in row.items() if value is not None and value != ""}
        )
        device = self._vehicle or identity(self._take(values, "vehicle"))
        with about(device):
            return self._fix(values, device=device)

    def _take(self, values: Values, meaning: str) -> Any:
        return values.take(self._columns[meaning])

    def _fix(self, values: Values, *, device: str) -> Fix:
        if not device:
            raise BadRecord(Reason.MISSING_FIELD, "The row names no vehicle.")
        written = self._take(values, "time")
        if written is None:
            raise BadRecord(Reason.MISSING_FIELD, "The row has no time.")
        lat = coordinate(self._take(values, "lat"), "lat", text=True)
        lon = coordinate(self._take(values, "lon"), "lon", text=True)
        if lat is None or lon is None:
            raise BadRecord(Reason.MISSING_FIELD, "The row has no position: lat or lon is empty.")
        fix = Fix(
            device=device,
            recorded_at_us=timestamps.from_json(written, name="The time", zone=self._zone),
            lon=lon,
            lat=lat,
        )
        for name, column, scale in self._numbers:
            setattr(fix, name, values.number(name, column, scale=scale))
        if "ignition" in self._columns:
            fix.ignition = values.flag("ignition", self._columns["ignition"])
        fix.attributes = encode_attributes(
            {
                name: typed_text(value) if isinstance(value, str) else value
                for name, value in values.extra.items()
            }
        )
        return fix


def _found_columns(header: list[str], options: TableOptions) -> dict[str, str]:
    """Meaning to the name of its column, from the mapping first and else by known names."""
    unknown = sorted(set(options.columns) - set(KNOWN_HEADERS))
    if unknown:
        raise MalformedRequest(
            f"There is no meaning called {unknown[0]}; use {', '.join(KNOWN_HEADERS)}.",
            pointer="columns",
        )
    for meaning, name in options.columns.items():
        if name not in header:
            raise MalformedRequest(
                f"There is no column {name} (wanted as {meaning}); the file has: "
                f"{', '.join(header)[:200]}.",
                pointer="columns",
            )
    by_lower_name = {name.strip().lower().replace(" ", "_"): name for name in reversed(header)}
    taken = set(options.columns.values())
    columns = dict(options.columns)
    for meaning, known in KNOWN_HEADERS.items():
        if meaning in columns:
            continue
        for name in known:
            column = by_lower_name.get(name)
            if column is not None and column not in taken:
                columns[meaning] = column
                taken.add(column)
                break
    needed = [name for name in REQUIRED if name != "vehicle" or not options.vehicle]
    missing = [meaning for meaning in needed if meaning not in columns]
    if missing:
        raise MalformedRequest(
            f"No column was recognised as {' or '.join(missing)}; name it with --columns "
            f"{missing[0]}=COLUMN. The file has: {', '.join(header)[:200]}.",
            pointer="columns",
        )
    return columns


def _factor(units: Mapping[str, float], unit: str | None, column: str | None, si: str) -> float:
    if unit is None:
        unit = _UNIT_IN_HEADER.get((column or "").strip().lower(), si)
    if unit not in units:
        raise MalformedRequest(f"There is no unit {unit}; use one of {', '.join(units)}.")
    return units[unit]
