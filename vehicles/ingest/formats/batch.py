"""Our own batch: a JSON array of fixes, {"positions": [...]}, or one fix per line (NDJSON).

The fields of a fix are those of `Fix` in SI units, with `recorded_at` as ISO 8601 with a zone
or as an epoch number of seconds or milliseconds. `attributes` may hold an object, and keys
that are not fields join it.

Speed matters here. A request in which every record is typed right is decoded by msgspec in one
call (two when records have keys that are not fields, to get at those). Anything else is
decoded record by record, so that one bad record never fails its batch.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import msgspec

from vehicles.ingest import timestamps
from vehicles.ingest.attributes import encode_attributes
from vehicles.ingest.bad_record import BadRecord, about, judged, parsed_from, rejected
from vehicles.ingest.fix import Fix, MalformedRequest, Parsed, Rejected
from vehicles.ingest.reasons import Reason
from vehicles.ingest.values import Values, coordinate, decode_json, flag_or_none, identity
from vehicles.ingest.vet import vet

MAX_FIXES = 10_000

_NDJSON_TYPES = ("application/x-ndjson", "application/ndjson", "application/jsonl")

_Time = datetime | Annotated[float, msgspec.Meta(ge=0, le=1e17)]


class _OpenRecord(msgspec.Struct, gc=False):
    """A record as it should be, apart from keys that are not fields."""

    recorded_at: _Time
    device: str = ""
    lon: float | None = None
    lat: float | None = None
    altitude_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    accuracy_m: float | None = None
    odometer_m: float | None = None
    ignition: bool | None = None
    fuel_l: float | None = None
    fuel_percent: float | None = None
    valid: bool = True
    attributes: dict[str, Any] | None = None


class _Record(_OpenRecord, forbid_unknown_fields=True, gc=False):
    """A record without such keys."""


_FIELDS = frozenset(_OpenRecord.__struct_fields__)

_typed_list = msgspec.json.Decoder(list[_Record])
_open_list = msgspec.json.Decoder(list[_OpenRecord])
_dict_list = msgspec.json.Decoder(list[dict[str, Any]])
_typed_record = msgspec.json.Decoder(_Record)
_raw_list = msgspec.json.Decoder(list[msgspec.Raw])
_raw_object = msgspec.json.Decoder(dict[str, msgspec.Raw])

# What msgspec raises for bytes that do not fit: wrong JSON or types, invalid UTF-8, too deep.
_UNFIT = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)


def parse(body: bytes, *, query: str, headers: Mapping[str, str], now_us: int) -> Parsed:
    """Fixes of one request; see the package for the contract.

    More than `MAX_FIXES` records, and a body that is neither JSON nor NDJSON, raise
    `MalformedRequest`. A line of NDJSON that is not JSON is rejected alone.
    """
    body = body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise MalformedRequest("The body is empty; send a JSON array of fixes.")
    if _is_lines(body, headers.get("content-type", "")):
        return _parse_records(_lines(body), now_us=now_us)
    array = _array(body)
    records = None if array is None else _decode_whole(array)
    if array is None or records is None:
        return _parse_records(_split(body if array is None else array), now_us=now_us)
    _check_count(len(records))
    return _parse_typed(records, array=array, now_us=now_us)


def _array(body: bytes) -> bytes | None:
    """The text of the array of fixes; None when the body must be read value by value."""
    if body[:1] == b"[":
        return body
    try:
        positions = _raw_object.decode(body).get("positions")
    except _UNFIT:
        return None
    return b"[" + body + b"]" if positions is None else bytes(positions)


def _decode_whole(array: bytes) -> Sequence[_OpenRecord] | None:
    """All records at once; None when any of them is not as it should be."""
    try:
        return _typed_list.decode(array)
    except _UNFIT:
        pass  # perhaps only for keys that are not fields
    try:
        records = _open_list.decode(array)
        objects = _dict_list.decode(array)
    except _UNFIT:
        return None
    for record, values in zip(records, objects, strict=True):
        extra = {name: value for name, value in values.items() if name not in _FIELDS}
        if extra:
            record.attributes = extra | record.attributes if record.attributes else extra
    return records


def _is_lines(body: bytes, content_type: str) -> bool:
    if content_type.strip().lower().startswith(_NDJSON_TYPES):
        return True
    if body[:1] != b"{":
        return False
    # Detected: a first line that is a whole object, followed by another.
    first, newline, rest = body.partition(b"\n")
    return bool(newline) and first.rstrip()[-1:] == b"}" and rest.lstrip()[:1] == b"{"


def _lines(body: bytes) -> list[bytes]:
    return [line for line in body.splitlines() if line and not line.isspace()]


def _check_count(count: int) -> None:
    if count > MAX_FIXES:
        raise MalformedRequest(f"There are {count} fixes; send at most {MAX_FIXES} in one request.")


def _fix(record: _OpenRecord) -> Fix:
    written, attributes = record.recorded_at, record.attributes
    return Fix(
        record.device.strip(),
        timestamps.from_number(written, name="recorded_at")
        if isinstance(written, float)
        else timestamps.from_datetime(written, name="recorded_at"),
        record.lon,
        record.lat,
        record.altitude_m,
        record.speed_mps,
        record.heading_deg,
        record.accuracy_m,
        record.odometer_m,
        record.ignition,
        record.fuel_l,
        record.fuel_percent,
        record.valid,
        encode_attributes(attributes) if attributes else b"",
    )


def _parse_typed(records: Sequence[_OpenRecord], *, array: bytes, now_us: int) -> Parsed:
    fixes: list[Fix] = []
    bad: list[tuple[int, tuple[str, str], str]] = []
    append = fixes.append
    for index, record in enumerate(records):
        try:
            fix = _fix(record)
            verdict = vet(fix, now_us=now_us)
        except BadRecord as error:
            verdict = (error.reason, error.detail)
        if verdict is None:
            append(fix)
        else:
            bad.append((index, verdict, record.device))
    if not bad:
        return Parsed(fixes=fixes, rejected=[])
    # Only now are the texts of the records worth cutting out.
    texts = _split(array)
    return Parsed(
        fixes=fixes,
        rejected=[
            rejected(*verdict, raw=texts[index], device=device, index=index)
            for index, verdict, device in bad
        ],
    )


def _split(body: bytes) -> list[Any]:
    """The records of a body, each as its own bytes, or as values where only that is possible."""
    try:
        return [bytes(raw) for raw in _raw_list.decode(body)]
    except _UNFIT:
        pass  # not an array, or one that needs the more forgiving reader
    root = decode_json(body)
    if isinstance(root, dict):
        if "positions" not in root:
            return [root]
        root = root["positions"]
        if not isinstance(root, list):
            raise MalformedRequest("positions must be an array of fixes.", pointer="positions")
    if not isinstance(root, list):
        raise MalformedRequest(
            'The body must be a JSON array of fixes, {"positions": [...]} or one fix per line.'
        )
    return root


def _parse_records(records: list[Any], *, now_us: int) -> Parsed:
    _check_count(len(records))
    return parsed_from(
        read_record(record, now_us=now_us, index=index) for index, record in enumerate(records)
    )


def read_record(record: bytes | Any, *, now_us: int, index: int = 0) -> Fix | Rejected:
    """One record of this format, as JSON text or as the value it holds."""
    if isinstance(record, bytes):
        try:
            fix = _fix(_typed_record.decode(record))
        except (*_UNFIT, BadRecord):
            return _read_leniently(record, now_us=now_us, index=index)
        return judged(lambda _: fix, record, now_us=now_us, index=index)
    return judged(_fix_from_object, record, now_us=now_us, index=index)


def _read_leniently(text: bytes, *, now_us: int, index: int) -> Fix | Rejected:
    try:
        value = decode_json(text)
    except MalformedRequest as error:
        return rejected(Reason.MALFORMED_JSON, error.detail, raw=text, index=index)
    return judged(_fix_from_object, value, now_us=now_us, index=index, raw=text)


def _fix_from_object(record: Any) -> Fix:
    if not isinstance(record, dict):
        raise BadRecord(
            Reason.INVALID_VALUE, "A fix must be a JSON object with recorded_at, lat and lon."
        )
    values = Values(record)
    sent = values.take("device")
    device = identity(sent)
    if sent is not None and not device and sent != "":
        raise BadRecord(Reason.INVALID_VALUE, "device must be text.")
    with about(device):
        return _fix_from_values(values, device=device)


def _fix_from_values(values: Values, *, device: str) -> Fix:
    written = values.take("recorded_at")
    if written is None:
        raise BadRecord(
            Reason.MISSING_FIELD,
            "recorded_at is missing; send ISO 8601 with a zone, such as 2026-01-31T08:15:00Z.",
        )
    fix = Fix(
        device=device,
        recorded_at_us=timestamps.from_json(written, name="recorded_at", zone=None),
        lon=coordinate(values.take("lon"), "lon"),
        lat=coordinate(values.take("lat"), "lat"),
        altitude_m=values.number("altitude_m", "altitude_m"),
        speed_mps=values.number("speed_mps", "speed_mps"),
        heading_deg=values.number("heading_deg", "heading_deg"),
        accuracy_m=values.number("accuracy_m", "accuracy_m"),
        odometer_m=values.number("odometer_m", "odometer_m"),
        ignition=values.flag("ignition", "ignition"),
        fuel_l=values.number("fuel_l", "fuel_l"),
        fuel_percent=values.number("fuel_percent", "fuel_percent"),
        valid=flag_or_none(values.take("valid")) is not False,
    )
    attributes = values.take("attributes")
    if isinstance(attributes, dict):
        values.extra |= attributes
    elif attributes is not None:
        values.extra["attributes"] = attributes
    fix.attributes = encode_attributes(values.extra)
    return fix
