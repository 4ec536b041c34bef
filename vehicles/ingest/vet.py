"""What one fix must fulfil before it is accepted, judged without the database.

A fix whose place or time is impossible is refused. A fix with a good place and time is never
lost for a bad secondary value: an impossible speed, heading, altitude, accuracy, odometer or
fuel value is taken out of its field and kept in the attributes as `_raw_<field>`.

After `vet` nothing in a fix can fail in PostgreSQL: numbers are finite and fit a `real`, and
no text holds NUL or a lone surrogate.
"""

import msgspec

from vehicles.ingest.fix import Fix
from vehicles.ingest.reasons import Reason

MAX_DEVICE_CHARS = 128
MAX_ATTRIBUTES_BYTES = 8 * 1024
MAX_AHEAD_US = 24 * 3600 * 1_000_000
EARLIEST_US = 946_684_800 * 1_000_000
"""2000-01-01: older times come from a clock that was never set."""

NULL_ISLAND_DEG = 0.001
"""Receivers without a fix report 0, 0. Within 0.001 degrees (111 m) of it is only open sea."""

_TINY = 1e-6
"""Smaller values than this are noise, and could underflow a `real` column: they become 0."""

LIMITS: dict[str, tuple[float, float]] = {
    "altitude_m": (-12_000.0, 100_000.0),
    "speed_mps": (0.0, 200.0),
    "heading_deg": (0.0, 360.0),
    "accuracy_m": (0.0, 1e7),
    "odometer_m": (0.0, 1e10),
    "fuel_l": (0.0, 1e5),
    "fuel_percent": (0.0, 100.0),
}
"""Lowest and highest believable value of each secondary field, both included. 200 m/s is
720 km/h; 1e10 m is ten million km."""

_MAX_ALTITUDE = LIMITS["altitude_m"][1]
_MAX_SPEED = LIMITS["speed_mps"][1]
_MAX_ACCURACY = LIMITS["accuracy_m"][1]
_MAX_ODOMETER = LIMITS["odometer_m"][1]
_MAX_FUEL = LIMITS["fuel_l"][1]


def vet(fix: Fix, *, now_us: int) -> tuple[str, str] | None:
    """Judge one fix; None when it may be stored, else (reason, sentence for a person).

    May change the secondary fields of `fix` as the module says.
    """
    lon, lat = fix.lon, fix.lat
    if lat is None or lon is None:
        if lat is not lon:
            name = "lat" if lat is None else "lon"
            return Reason.MISSING_FIELD, f"{name} is missing; send both lat and lon, or neither."
    elif not -90.0 <= lat <= 90.0:
        return (
            Reason.LATITUDE_OUT_OF_RANGE,
            f"lat is {lat:g}; send decimal degrees between -90 and 90.",
        )
    elif not -180.0 <= lon <= 180.0:
        return (
            Reason.LONGITUDE_OUT_OF_RANGE,
            f"lon is {lon:g}; send decimal degrees between -180 and 180.",
        )
    elif -NULL_ISLAND_DEG < lat < NULL_ISLAND_DEG and -NULL_ISLAND_DEG < lon < NULL_ISLAND_DEG:
        return (
            Reason.NULL_ISLAND,
            "The position is 0, 0, which receivers send without a fix; "
            "leave lat and lon out until there is one.",
        )
    if not EARLIEST_US <= fix.recorded_at_us <= now_us + MAX_AHEAD_US:
        return _bad_time(fix.recorded_at_us)
    device = fix.device
    if len(device) > MAX_DEVICE_CHARS:
        return (
            Reason.FIELD_TOO_LARGE,
            f"The device identity has {len(device)} characters; send at most {MAX_DEVICE_CHARS}.",
        )
    if not device.isascii() or "\0" in device:
        bad = _bad_identity(device)
        if bad is not None:
            return bad
    if len(fix.attributes) > MAX_ATTRIBUTES_BYTES:
        return (
            Reason.FIELD_TOO_LARGE,
            f"The attributes take {len(fix.attributes)} bytes; "
            f"send at most {MAX_ATTRIBUTES_BYTES}.",
        )
    # One chained test per field keeps the common case cheap; what fails it, such as a place
    # below the sea or a value near 0, is settled apart. None and 0 stop at the first test.
    speed, heading = fix.speed_mps, fix.heading_deg
    altitude, accuracy = fix.altitude_m, fix.accuracy_m
    odometer = fix.odometer_m
    if (
        (speed and not _TINY <= speed <= _MAX_SPEED)
        or (heading and not _TINY <= heading < 360.0)
        or (altitude and not _TINY <= altitude <= _MAX_ALTITUDE)
        or (accuracy and not _TINY <= accuracy <= _MAX_ACCURACY)
        or (odometer and not _TINY <= odometer <= _MAX_ODOMETER)
        or (fix.fuel_l and not _TINY <= fix.fuel_l <= _MAX_FUEL)
        or (fix.fuel_percent and not _TINY <= fix.fuel_percent <= 100.0)
    ):
        _settle_secondary(fix)
    return None


def _bad_time(recorded_at_us: int) -> tuple[str, str]:
    if recorded_at_us < EARLIEST_US:
        return (
            Reason.INVALID_VALUE,
            "The time is before the year 2000; let the device set its clock first.",
        )
    return (
        Reason.CLOCK_AHEAD,
        "The time is more than 24 hours ahead of this server; correct the device's clock and zone.",
    )


def _bad_identity(device: str) -> tuple[str, str] | None:
    try:
        device.encode()
    except UnicodeEncodeError:
        pass
    else:
        if "\0" not in device:
            return None
    return (
        Reason.INVALID_VALUE,
        "The device identity holds characters that cannot be stored; send plain text.",
    )


def _settle_secondary(fix: Fix) -> None:
    """Set each impossible secondary value to None, keeping it under `_raw_<field>`."""
    dropped: dict[str, object] = {}
    for name, (low, high) in LIMITS.items():
        value = getattr(fix, name)
        if value is None:
            continue
        if not low <= value <= high:
            # As text, since NaN and infinity have no JSON form.
            dropped[f"_raw_{name}"] = value if abs(value) < 1e300 else str(value)
            setattr(fix, name, None)
        elif abs(value) < _TINY or (name == "heading_deg" and value == 360.0):
            setattr(fix, name, 0.0)
    if not dropped:
        return
    attributes = msgspec.json.decode(fix.attributes) if fix.attributes else {}
    for name, value in dropped.items():
        attributes.setdefault(name, value)
    text = msgspec.json.encode(attributes)
    if len(text) <= MAX_ATTRIBUTES_BYTES:
        fix.attributes = text
