"""OsmAnd over HTTP: the query or form of OsmAnd and Traccar Client, and the JSON of
Traccar Client 9 and of transistorsoft's background-geolocation plugin.

Query and form leave the unit of speed open: knots are assumed and `assumed_speed_unit` says so.
JSON is in m/s, where -1 means unknown.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from vehicles.ingest import timestamps
from vehicles.ingest.attributes import encode_attributes
from vehicles.ingest.bad_record import BadRecord, about, judged, parsed_from
from vehicles.ingest.fix import Fix, MalformedRequest, Parsed
from vehicles.ingest.reasons import Reason
from vehicles.ingest.units import MPS_PER_KNOT
from vehicles.ingest.values import (
    Values,
    coordinate,
    decode_json,
    flag_or_none,
    identity,
    number_or_none,
    typed_text,
)

MAX_PARAMETERS = 200
MAX_LOCATIONS = 10_000

_REPEATABLE = {
    "cell": ("mcc", "mnc", "lac", "cid", "signal"),
    "wifi": ("mac", "signal"),
}
_IDENTITY_KEYS = ("id", "deviceid")


def parse(body: bytes, *, query: str, headers: Mapping[str, str], now_us: int) -> Parsed:
    """Fixes of one request; see the package for the contract.

    The JSON form is taken for a JSON content type, or when there is no query and the body
    starts like JSON. A query or form without `id` raises `MalformedRequest`; JSON without
    `device_id` (the plugin's own default) gives device "", for the credential to decide.
    """
    content_type = headers.get("content-type", "").strip().lower()
    if content_type.startswith("application/json") or (
        not query and body.lstrip()[:1] in (b"{", b"[")
    ):
        return _parse_json(body, query=query, now_us=now_us)
    return _parse_pairs(query or body.decode("utf-8", "replace"), now_us=now_us)


def _pairs(text: str) -> list[tuple[str, str]]:
    text = text.strip()
    if text.count("&") >= MAX_PARAMETERS:
        raise MalformedRequest(
            f"There are more than {MAX_PARAMETERS} parameters; send one position per request."
        )
    if "%" not in text and "+" not in text:
        # The common case, several times faster than `parse_qsl` and with the same result.
        return [
            (name, value) for name, _, value in (part.partition("=") for part in text.split("&"))
        ]
    return parse_qsl(text, keep_blank_values=True, errors="replace")


def _parse_pairs(text: str, *, now_us: int) -> Parsed:
    record: dict[str, Any] = {}
    for name, value in _pairs(text):
        if name in _REPEATABLE:
            record.setdefault(name, []).append(_parts(value, _REPEATABLE[name]))
        elif name not in record:
            record[name] = value
    if not any(record.get(name, "").strip() for name in _IDENTITY_KEYS):
        raise MalformedRequest(
            "The device's identity is missing; send it as the parameter id.", pointer="id"
        )

    def build(record: dict[str, Any]) -> Fix:
        return _fix_from_pairs(record, now_us=now_us)

    parsed = parsed_from([judged(build, record, now_us=now_us, raw=text)])
    parsed.assumed_speed_unit = "kn"
    return parsed


def _parts(value: str, names: tuple[str, ...]) -> dict[str, Any]:
    """`a,b,c` under its names; more parts than names stay together in the last."""
    parts = [part.strip() for part in value.split(",", len(names) - 1)]
    return {
        name: part if name == "mac" else typed_text(part)
        for name, part in zip(names, parts, strict=False)
    }


def _fix_from_pairs(record: dict[str, Any], *, now_us: int) -> Fix:
    values = Values(record)
    device = identity(values.take(*_IDENTITY_KEYS))
    values.take("notificationToken")  # a secret for push messages, not telemetry
    with about(device):
        return _fix_from_values(values, device=device, now_us=now_us)


def _fix_from_values(values: Values, *, device: str, now_us: int) -> Fix:
    lat, lon = _place(values)
    written = values.take("timestamp")
    valid = values.take("valid")
    charging = values.take("charge")
    fix = Fix(
        device=device,
        recorded_at_us=(timestamps.from_text(written, name="timestamp") if written else now_us),
        lon=lon,
        lat=lat,
        altitude_m=values.number("altitude_m", "altitude"),
        speed_mps=values.number("speed_mps", "speed", scale=MPS_PER_KNOT),
        heading_deg=values.number("heading_deg", "bearing", "heading"),
        accuracy_m=values.number("accuracy_m", "accuracy"),
        odometer_m=values.number("odometer_m", "odometer"),
        ignition=values.flag("ignition", "ignition"),
        fuel_l=values.number("fuel_l", "fuel"),
        fuel_percent=values.number("fuel_percent", "fuelLevel"),
        valid=valid is None or valid.strip().lower() in ("true", "1"),
    )
    values.extra = {
        name: typed_text(value) if isinstance(value, str) else value
        for name, value in values.extra.items()
        if value != ""
    }
    if charging:
        flag = flag_or_none(charging)
        values.extra["charging"] = charging if flag is None else flag
    values.rename("batt", "battery_percent")
    values.rename("driverUniqueId", "driver_unique_id")
    fix.attributes = encode_attributes(values.extra)
    return fix


def _place(values: Values) -> tuple[float | None, float | None]:
    """(lat, lon) from `lat` and `lon` or from `location=lat,lon`."""
    location = values.take("location")
    lat = coordinate(values.take("lat"), "lat", text=True)
    lon = coordinate(values.take("lon"), "lon", text=True)
    if location and lat is None and lon is None:
        first, comma, second = location.partition(",")
        if not comma:
            raise BadRecord(Reason.INVALID_VALUE, "location must be two numbers: lat,lon.")
        return coordinate(first, "location", text=True), coordinate(second, "location", text=True)
    return lat, lon


def _parse_json(body: bytes, *, query: str, now_us: int) -> Parsed:
    root = decode_json(body)
    device = ""
    if isinstance(root, dict):
        device = identity(root.get("device_id", root.get("id", root.get("deviceid"))))
    if not device:
        named = dict(_pairs(query))
        device = identity(named.get("id", named.get("deviceid", "")))
    records = _locations(root)
    if len(records) > MAX_LOCATIONS:
        raise MalformedRequest(
            f"There are {len(records)} locations; send at most {MAX_LOCATIONS} in one request.",
            pointer="location",
        )

    def build(record: Any) -> Fix:
        return _fix_from_location(record, device=device, now_us=now_us)

    return parsed_from(
        judged(build, record, now_us=now_us, index=index) for index, record in enumerate(records)
    )


def _locations(root: Any) -> list[Any]:
    """The location records, whether wrapped in `location`, bare, one, or many (batchSync)."""
    if isinstance(root, list):
        return root
    if not isinstance(root, dict):
        raise MalformedRequest("The body must be a JSON object with a location.")
    if "location" not in root:
        if "coords" in root or "timestamp" in root:
            return [root]
        raise MalformedRequest(
            "There is no location; send an object or a list of them as location.",
            pointer="location",
        )
    location = root["location"]
    if isinstance(location, list):
        return location
    if isinstance(location, dict):
        return [location]
    raise MalformedRequest("location must be an object or a list of objects.", pointer="location")


def _fix_from_location(record: Any, *, device: str, now_us: int) -> Fix:
    if not isinstance(record, dict):
        raise BadRecord(
            Reason.INVALID_VALUE,
            "A location must be an object with timestamp and coords.",
            device=device,
        )
    values = Values(record)
    device = identity(values.take("device_id", "deviceid")) or device
    with about(device):
        return _fix_from_location_values(values, device=device, now_us=now_us)


def _fix_from_location_values(values: Values, *, device: str, now_us: int) -> Fix:
    coords = values.take("coords")
    if coords is not None and not isinstance(coords, dict):
        raise BadRecord(Reason.INVALID_VALUE, "coords must be an object.")
    place = Values(coords or {})
    written = values.take("timestamp")
    fix = Fix(
        device=device,
        recorded_at_us=(
            now_us
            if written is None or written == ""
            else timestamps.from_json(written, name="timestamp")
        ),
        lon=coordinate(place.take("longitude"), "coords.longitude"),
        lat=coordinate(place.take("latitude"), "coords.latitude"),
        altitude_m=place.number("altitude_m", "altitude"),
        speed_mps=place.number("speed_mps", "speed", unknown=-1),
        heading_deg=place.number("heading_deg", "heading", unknown=-1),
        accuracy_m=place.number("accuracy_m", "accuracy", unknown=-1),
        odometer_m=values.number("odometer_m", "odometer"),
        valid=values.extra.get("mock") is not True,
    )
    fix.attributes = encode_attributes(_location_attributes(values, place))
    return fix


def _location_attributes(values: Values, place: Values) -> dict[str, Any]:
    battery = values.take("battery")
    activity = values.take("activity")
    values.rename("is_moving", "motion")
    # null and "" say nothing; floor, for one, is null wherever there is no floor plan.
    extra = {
        name: value
        for name, value in (place.extra | values.extra).items()
        if value is not None and value != "" and value != {}
    }
    if isinstance(battery, dict):
        level = number_or_none(battery.get("level"))
        if level is not None and 0 <= level <= 1:
            extra["battery_percent"] = round(level * 100, 1)
        if battery.get("is_charging") is not None:
            extra["charging"] = battery["is_charging"]
    elif battery is not None:
        extra["battery"] = battery
    if isinstance(activity, dict):
        extra["activity"] = activity.get("type")
        extra["activity_confidence"] = activity.get("confidence")
    elif activity is not None:
        extra["activity"] = activity
    return extra
