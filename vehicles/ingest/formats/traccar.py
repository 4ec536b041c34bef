"""What a Traccar server forwards as JSON: positions, and events with their position.

Its units are knots and metres; the device is named by `device.uniqueId`.
"""

from collections.abc import Mapping
from typing import Any

from vehicles.ingest import timestamps
from vehicles.ingest.attributes import encode_attributes
from vehicles.ingest.bad_record import BadRecord, about, judged, parsed_from
from vehicles.ingest.fix import Fix, MalformedRequest, Parsed
from vehicles.ingest.reasons import Reason
from vehicles.ingest.units import MPS_PER_KNOT
from vehicles.ingest.values import Values, coordinate, decode_json, identity

MAX_POSITIONS = 10_000

# Numbers of Traccar's own database and what it can say again; they mean nothing here.
_THEIR_OWN = ("id", "deviceId", "serverTime", "geofenceIds", "outdated")
_OUR_WORDS = {
    "batteryLevel": "battery_percent",
    "charge": "charging",
    "sat": "satellites",
    "driverUniqueId": "driver_unique_id",
    "totalDistance": "total_distance_m",
}


def parse(body: bytes, *, query: str, headers: Mapping[str, str], now_us: int) -> Parsed:
    """Fixes of one request; see the package for the contract.

    Takes one forwarded message or a list of them. An event without a position gives nothing.
    """
    root = decode_json(body)
    messages = root if isinstance(root, list) else [root]
    if not isinstance(root, list | dict):
        raise MalformedRequest("The body must be a JSON object with position and device.")
    if isinstance(root, dict) and "position" not in root and "event" not in root:
        raise MalformedRequest(
            "There is no position; set forward.type=json in Traccar, which sends position and "
            "device.",
            pointer="position",
        )
    if len(messages) > MAX_POSITIONS:
        raise MalformedRequest(
            f"There are {len(messages)} messages; send at most {MAX_POSITIONS} in one request."
        )

    def build(message: Any) -> Fix:
        return _fix_from_message(message)

    return parsed_from(
        judged(build, message, now_us=now_us, index=index)
        for index, message in enumerate(messages)
        if not _event_without_position(message)
    )


def _event_without_position(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and message.get("event") is not None
        and message.get("position") is None
    )


def _fix_from_message(message: Any) -> Fix:
    if not isinstance(message, dict):
        raise BadRecord(
            Reason.INVALID_VALUE, "A message must be a JSON object with position and device."
        )
    device = message.get("device")
    unique_id = identity(device.get("uniqueId")) if isinstance(device, dict) else ""
    with about(unique_id):
        return _fix_from_parts(message.get("position"), message.get("event"), device=unique_id)


def _fix_from_parts(position: Any, event: Any, *, device: str) -> Fix:
    if not isinstance(position, dict):
        raise BadRecord(
            Reason.MISSING_FIELD,
            "There is no position; send it as an object beside device.",
        )
    values = Values(position)
    lat, lon, recorded_at_us = _place_and_time(values)
    attributes = values.take("attributes")
    sensed = Values(attributes if isinstance(attributes, dict) else {})
    odometer_m = sensed.number("odometer_m", "odometer")
    if odometer_m is None:
        total_m = sensed.extra.get("totalDistance")
        odometer_m = sensed.number("odometer_m", "totalDistance") if total_m is not None else None
    fix = Fix(
        device=device,
        recorded_at_us=recorded_at_us,
        lon=lon,
        lat=lat,
        altitude_m=values.number("altitude_m", "altitude"),
        speed_mps=values.number("speed_mps", "speed", scale=MPS_PER_KNOT),
        heading_deg=values.number("heading_deg", "course"),
        # Traccar writes 0 for an accuracy that it does not know.
        accuracy_m=values.number("accuracy_m", "accuracy", unknown=0),
        odometer_m=odometer_m,
        ignition=sensed.flag("ignition", "ignition"),
        fuel_l=sensed.number("fuel_l", "fuel"),
        fuel_percent=sensed.number("fuel_percent", "fuelLevel"),
        valid=values.take("valid") is not False,
    )
    fix.attributes = encode_attributes(_attributes(values, sensed, event=event))
    return fix


def _place_and_time(values: Values) -> tuple[float, float, int]:
    lat = coordinate(values.take("latitude"), "position.latitude")
    lon = coordinate(values.take("longitude"), "position.longitude")
    if lat is None or lon is None:
        raise BadRecord(
            Reason.MISSING_FIELD,
            "position.latitude or position.longitude is missing; send both.",
        )
    fix_time, device_time = values.take("fixTime"), values.extra.get("deviceTime")
    written = device_time if fix_time is None else fix_time
    if written is None:
        raise BadRecord(
            Reason.MISSING_FIELD, "position.fixTime is missing; send it as ISO 8601 with a zone."
        )
    if device_time == written:
        values.take("deviceTime")
    return lat, lon, timestamps.from_json(written, name="position.fixTime")


def _attributes(values: Values, sensed: Values, *, event: Any) -> dict[str, Any]:
    values.take(*_THEIR_OWN)
    for name, our_name in _OUR_WORDS.items():
        sensed.rename(name, our_name)
    extra = {
        name: value for name, value in (values.extra | sensed.extra).items() if value is not None
    }
    if isinstance(event, dict):
        extra["event"] = event.get("type")
        details = event.get("attributes")
        if isinstance(details, dict):
            extra |= details
        if event.get("eventTime") is not None:
            extra["event_time"] = event["eventTime"]
    elif event is not None:
        extra["event"] = event
    return extra
