"""HTTP requests as bytes, made before the clock starts. Each vehicle drives a straight line.

Every fix has what ordinary trackers send: place, speed, heading, altitude and accuracy; in batches
also odometer and ignition, in single OsmAnd requests the battery level.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass

from tests.load.fleet import LoadFleet

SPEED_MPS = 14.0
_KNOTS_PER_MPS = 3600 / 1852
_DEGREES_PER_METRE = 1 / 111_320


@dataclass(frozen=True, slots=True)
class Request:
    """One whole HTTP/1.1 request and how many fixes it carries."""

    text: bytes
    fixes: int
    key: tuple[str, int] = ("", 0)
    """Device and time (epoch ms) of a request with one fix."""


def _place(vehicle: int, at: dt.datetime) -> tuple[float, float]:
    """Longitude and latitude: a line of its own for each vehicle, a day north, a day south."""
    seconds = abs(at.timestamp() % 172_800 - 86_400)
    lat = 30.0 + (vehicle % 100) * 0.01 + seconds * SPEED_MPS * _DEGREES_PER_METRE
    return -98.0 + (vehicle // 100) * 0.01, lat


def batch_requests(fleet: LoadFleet, *, count: int, size: int, start: dt.datetime) -> list[Request]:
    """`count` requests of `size` fixes of as many vehicles, in turn, a second apart per vehicle."""
    fleet_size = len(fleet.numbers)
    return [
        _post(
            "/ingest/positions",
            fleet.api_key,
            [
                _record(fleet, n % fleet_size, start + dt.timedelta(seconds=n // fleet_size))
                for n in range(first, first + size)
            ],
        )
        for first in range(0, count * size, size)
    ]


def _record(fleet: LoadFleet, vehicle: int, at: dt.datetime) -> dict[str, object]:
    lon, lat = _place(vehicle, at)
    return {
        "device": fleet.numbers[vehicle],
        "recorded_at": at.isoformat().replace("+00:00", "Z"),
        "lon": round(lon, 6),
        "lat": round(lat, 6),
        "altitude_m": 150.0 + vehicle % 50,
        "speed_mps": SPEED_MPS,
        "heading_deg": 0.0,
        "accuracy_m": 4.5,
        "odometer_m": round(100_000 + at.timestamp() % 86_400 * SPEED_MPS, 1),
        "ignition": True,
    }


def _post(path: str, api_key: str, records: Sequence[dict[str, object]]) -> Request:
    body = json.dumps(records, separators=(",", ":")).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Api-Key {api_key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return Request(head.encode() + body, len(records))


def single_requests(fleet: LoadFleet, *, count: int, start: dt.datetime) -> list[Request]:
    """`count` OsmAnd requests of one fix each, vehicles in turn, a second apart per vehicle."""
    fleet_size = len(fleet.numbers)
    return [
        single_request(fleet, n % fleet_size, start + dt.timedelta(seconds=n // fleet_size))
        for n in range(count)
    ]


def single_request(fleet: LoadFleet, vehicle: int, at: dt.datetime) -> Request:
    """One OsmAnd request, with the parameters that Traccar Client sends."""
    lon, lat = _place(vehicle, at)
    number, time_ms = fleet.numbers[vehicle], round(at.timestamp() * 1000)
    query = (
        f"id={number}&timestamp={time_ms}&lat={lat:.6f}&lon={lon:.6f}"
        f"&speed={SPEED_MPS * _KNOTS_PER_MPS:.2f}&bearing=0.0&altitude={150 + vehicle % 50}.0"
        "&accuracy=4.5&batt=87.0"
    )
    text = f"POST /ingest/osmand/{fleet.api_key}?{query} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    return Request(f"{text}Content-Length: 0\r\n\r\n".encode(), 1, (number, time_ms))
