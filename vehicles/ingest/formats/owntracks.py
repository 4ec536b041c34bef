"""OwnTracks over HTTP, with the vehicle extension that trackers speaking it use.

The apps send one message per request, keep it queued until a 2xx answer and block later ones
meanwhile, so a message that carries no position is accepted and gives no fix.
"""

from collections.abc import Mapping
from typing import Any

from vehicles.ingest import timestamps
from vehicles.ingest.attributes import encode_attributes
from vehicles.ingest.bad_record import BadRecord, about, judged, parsed_from
from vehicles.ingest.fix import Fix, MalformedRequest, Parsed
from vehicles.ingest.reasons import Reason
from vehicles.ingest.units import M_PER_KM, MPS_PER_KMH
from vehicles.ingest.values import Values, coordinate, decode_json, identity

MAX_MESSAGES = 10_000

_ALARMS = {
    "9": "low_battery",
    "1": "power_on",
    "E": "power_restored",
    "e": "power_cut",
    "!": "tow",
    "s": "overspeed",
}
_HARSH = {
    0: "harsh_braking",
    3: "harsh_braking",
    1: "harsh_acceleration",
    4: "harsh_acceleration",
    2: "harsh_cornering",
    5: "harsh_cornering",
}
_IGNITION = {"i": True, "I": False}
# Apps publish some messages below their own topic; the device is the same.
_SUBTOPICS = frozenset({"event", "waypoint", "waypoints", "status", "cmd", "dump", "info"})


def parse(body: bytes, *, query: str, headers: Mapping[str, str], now_us: int) -> Parsed:
    """Fixes of one request; see the package for the contract.

    Takes one message or a list of them. An empty body and messages without a position of the
    device (lwt, waypoint, card, cmd, ...) give nothing; an encrypted one is rejected.
    """
    if not body.strip():
        return Parsed(fixes=[], rejected=[])
    root = decode_json(body)
    messages = root if isinstance(root, list) else [root]
    if not isinstance(root, list | dict):
        raise MalformedRequest("The body must be an OwnTracks message, a JSON object with _type.")
    if len(messages) > MAX_MESSAGES:
        raise MalformedRequest(
            f"There are {len(messages)} messages; send at most {MAX_MESSAGES} in one request."
        )
    fallback = _identity_from_headers(headers)

    def build(message: Any) -> Fix:
        return _fix_from_message(message, fallback=fallback, now_us=now_us)

    return parsed_from(
        judged(build, message, now_us=now_us, index=index)
        for index, message in enumerate(messages)
        if _may_hold_position(message)
    )


def _may_hold_position(message: Any) -> bool:
    """Whether the message must become a fix or a rejection; others are for other programs."""
    if not isinstance(message, dict):
        return True
    kind = message.get("_type")
    if kind == "transition":
        return "lat" in message and "lon" in message
    return kind is None or kind in ("location", "encrypted")


def _identity_from_headers(headers: Mapping[str, str]) -> str:
    """The topic that the app would use over MQTT, so both ways name the device alike."""
    user = headers.get("x-limit-u", "").strip()
    device = headers.get("x-limit-d", "").strip()
    if user and device:
        return f"owntracks/{user}/{device}"
    return device or user


def _identity(values: Values, *, fallback: str) -> str:
    topic = identity(values.take("topic"))
    parts = topic.split("/")
    if len(parts) > 3 and parts[-1] in _SUBTOPICS:
        topic = "/".join(parts[:-1])
    return topic or fallback or identity(values.extra.get("tid"))


def _fix_from_message(message: Any, *, fallback: str, now_us: int) -> Fix:
    if not isinstance(message, dict):
        raise BadRecord(Reason.INVALID_VALUE, "A message must be a JSON object with _type.")
    values = Values(message)
    device = _identity(values, fallback=fallback)
    with about(device):
        return _fix_from_values(values, device=device, now_us=now_us)


def _fix_from_values(values: Values, *, device: str, now_us: int) -> Fix:
    kind = values.take("_type")
    if kind is None:
        raise BadRecord(
            Reason.MISSING_FIELD,
            'The message has no _type; send "_type": "location" with tst, lat and lon.',
        )
    if kind == "encrypted":
        raise BadRecord(
            Reason.INVALID_VALUE,
            "The message is encrypted and cannot be read here; remove the encryption key in the "
            "app's settings and rely on https instead.",
        )
    lat, lon, recorded_at_us = _place_and_time(values, now_us=now_us)
    fix = Fix(
        device=device,
        recorded_at_us=recorded_at_us,
        lon=lon,
        lat=lat,
        altitude_m=values.number("altitude_m", "alt"),
        speed_mps=values.number("speed_mps", "vel", scale=MPS_PER_KMH, unknown=-1),
        heading_deg=values.number("heading_deg", "cog", unknown=-1),
        accuracy_m=values.number("accuracy_m", "acc", unknown=-1),
        odometer_m=values.number("odometer_m", "odometer", scale=M_PER_KM),
        ignition=values.flag("ignition", "ign"),
    )
    trigger = values.extra.get("t")
    if fix.ignition is None and isinstance(trigger, str):
        fix.ignition = _IGNITION.get(trigger)
    fix.attributes = encode_attributes(_attributes(values, kind=kind))
    return fix


def _place_and_time(values: Values, *, now_us: int) -> tuple[float, float, int]:
    lat = coordinate(values.take("lat"), "lat")
    lon = coordinate(values.take("lon"), "lon")
    if lat is None or lon is None:
        raise BadRecord(
            Reason.MISSING_FIELD, "lat or lon is missing; send both in decimal degrees."
        )
    written = values.take("tst")
    return lat, lon, now_us if written is None else timestamps.from_json(written, name="tst")


def _attributes(values: Values, *, kind: str) -> dict[str, Any]:
    if kind == "transition":
        values.extra["_type"] = kind
    values.rename("batt", "battery_percent")
    # 0 is unknown, 1 unplugged, 2 charging, 3 full.
    state = values.extra.get("bs")
    if isinstance(state, int) and state in (1, 2, 3):
        values.extra["charging"] = state != 1
    trigger = values.extra.get("t")
    if trigger == "h":
        turn = values.extra.get("rty")
        values.extra["alarm"] = _HARSH.get(turn, "harsh") if isinstance(turn, int) else "harsh"
    elif isinstance(trigger, str) and kind == "location" and trigger in _ALARMS:
        values.extra["alarm"] = _ALARMS[trigger]
    return values.extra
