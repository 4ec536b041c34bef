"""Rows of the staging table in PostgreSQL's binary COPY format, made from columns without a loop.

A row is a field count (int16) and then, per field, a length (int32, -1 for NULL) and big-endian
data. All rows are laid out at full width first; bytes of NULL fields are then cut out by a mask.
"""

from typing import Any

import numpy as np

from vehicles.ingest.columns import UNKNOWN, Bools, Columns, Ints
from vehicles.ingest.motion import MotionStates

_HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"
_NULL = -1
_POSTGRES_EPOCH_US = 946_684_800_000_000  # 2000-01-01, where PostgreSQL counts from
_JSONB_VERSION = b"\x01"

# EWKB of a little-endian point with SRID 4326, up to its coordinates.
_POINT_HEAD = np.frombuffer(bytes.fromhex("0101000020e6100000"), dtype="u1")

_OPTIONAL_FLOATS = (
    "altitude_m", "speed_mps", "heading_deg", "accuracy_m", "odometer_m", "fuel_l", "fuel_percent",
)  # fmt: skip

_REQUIRED = (
    "submission", "organization", "vehicle", "recorded", "received", "point", "quality",
    "newest", "device", "motion", "motion_since", "known_ignition",
)  # fmt: skip

STAGING_COLUMNS = (
    "submission", "organization_id", "vehicle_id", "recorded_at", "received_at", "point",
    *_OPTIONAL_FLOATS, "ignition", "quality",
    "newest", "device_id", "motion", "motion_since", "known_ignition", "attributes",
)  # fmt: skip


def binary_rows(columns: Columns, *, newest: Ints, states: MotionStates) -> bytes:
    """The whole COPY stream for these fixes; every one must have a point.

    `newest` are indexes of fixes that become latest positions, `states` the motion after each.
    """
    count = len(columns)
    nulls: dict[str, Bools] = {name: np.isnan(getattr(columns, name)) for name in _OPTIONAL_FLOATS}
    nulls["ignition"] = columns.ignition == UNKNOWN
    # A field that no row has needs no room for its data.
    present = {name: not mask.all() for name, mask in nulls.items()}
    layout: list[tuple[str, Any]] = [("fields", ">i2")]

    def field(name: str, kind: Any, *, with_data: bool = True) -> None:
        layout.append((f"{name}_length", ">i4"))
        if with_data:
            layout.append((name, kind))

    field("submission", ">i4")
    for name in ("organization", "vehicle", "recorded", "received"):
        field(name, ">i8")
    field("point", [("head", "u1", (9,)), ("lon", "<f8"), ("lat", "<f8")])
    for name in _OPTIONAL_FLOATS:
        field(name, ">f8", with_data=present[name])
    field("ignition", "u1", with_data=present["ignition"])
    field("quality", ">i2")
    field("newest", "u1")
    field("device", ">i8")
    field("motion", ">i2")
    field("motion_since", ">i8")
    field("known_ignition", ">i2")
    field("attributes", "", with_data=False)

    rows = np.zeros(count, dtype=layout)
    rows["fields"] = len(STAGING_COLUMNS)
    for name in _REQUIRED:
        rows[f"{name}_length"] = rows.dtype[name].itemsize
    rows["submission"] = columns.submission
    rows["organization"] = columns.organization
    rows["vehicle"] = columns.vehicle
    rows["recorded"] = columns.recorded_us - _POSTGRES_EPOCH_US
    rows["received"] = columns.received_us - _POSTGRES_EPOCH_US
    rows["point"]["head"] = _POINT_HEAD
    rows["point"]["lon"] = columns.lon
    rows["point"]["lat"] = columns.lat
    rows["quality"] = columns.quality
    rows["device"] = columns.device
    rows["newest"][newest] = 1
    rows["motion"][newest] = states.motion
    rows["motion_since"][newest] = states.since_us - _POSTGRES_EPOCH_US
    rows["known_ignition"][newest] = states.ignition
    for name, mask in nulls.items():
        if present[name]:
            rows[name] = getattr(columns, name)
            rows[f"{name}_length"] = np.where(mask, _NULL, rows.dtype[name].itemsize)
        else:
            rows[f"{name}_length"] = _NULL
    rows["attributes_length"] = [
        len(text) + len(_JSONB_VERSION) if text else _NULL for text in columns.attributes
    ]
    mixed = {name: mask for name, mask in nulls.items() if present[name] and mask.any()}
    return b"".join((_HEADER, _rows_text(rows, columns.attributes, mixed), _TRAILER))


def _rows_text(rows: Any, attributes: Any, mixed: dict[str, Bools]) -> bytes:
    width = rows.dtype.itemsize
    ends = np.arange(1, len(rows) + 1) * width
    text = rows.tobytes()
    if mixed:
        keep = np.ones((len(rows), width), dtype=np.bool_)
        for name, mask in mixed.items():
            kind, offset = rows.dtype.fields[name][:2]
            keep[mask, offset : offset + kind.itemsize] = False
        text = np.frombuffer(text, dtype="u1")[keep.ravel()].tobytes()
        ends = np.cumsum(keep.sum(axis=1))
    if not any(attributes):
        return text
    pieces: list[bytes] = []
    start = 0
    for end, attribute in zip(ends.tolist(), attributes, strict=True):
        pieces.append(text[start:end])
        if attribute:
            pieces += (_JSONB_VERSION, attribute)
        start = end
    return b"".join(pieces)
