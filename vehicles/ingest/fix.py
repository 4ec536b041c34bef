"""What every format is parsed into: `Fix`, `Rejected`, `Parsed`, and `MalformedRequest`.

`Fix` and `Rejected` are encoded as arrays (msgpack or JSON), so the order of their fields is
the wire order of the position stream: add fields only at the end and with a default.
"""

import msgspec


class Fix(msgspec.Struct, array_like=True, gc=False):
    """One report of one device, in SI units and UTC.

    `lon` and `lat` are both None for a status report without a position.
    """

    device: str
    """Identity as sent; "" when only the credential identifies the device."""
    recorded_at_us: int
    """When the device recorded it: microseconds since the Unix epoch, UTC."""
    lon: float | None
    """WGS84 degrees."""
    lat: float | None
    """WGS84 degrees."""
    altitude_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    """Degrees clockwise from north, 0 <= heading < 360."""
    accuracy_m: float | None = None
    odometer_m: float | None = None
    ignition: bool | None = None
    fuel_l: float | None = None
    fuel_percent: float | None = None
    valid: bool = True
    """False when the device itself says that this is not a real GNSS fix."""
    attributes: bytes = b""
    """Everything else as the text of one JSON object; b"" when there is nothing else."""


class Rejected(msgspec.Struct, array_like=True, gc=False):
    """One record that was not accepted, for quarantine and for the reply to the sender."""

    reason: str
    """One of `reasons.REASONS`."""
    detail: str
    """For a person: what is wrong and what to send instead, at most 300 characters."""
    raw: str
    """The record as it came, at most 2,000 characters, storable as PostgreSQL text."""
    device: str = ""
    index: int = 0
    """Position of the record in the request, from 0."""


class Parsed(msgspec.Struct):
    """The result of parsing one request."""

    fixes: list[Fix]
    rejected: list[Rejected]
    assumed_speed_unit: str | None = None
    """"kn" when the format leaves the unit of speed open and knots were assumed, so that a
    device's own setting may correct it; None when the unit is certain."""


class MalformedRequest(Exception):  # noqa: N818 - says what it is about
    """The request as a whole cannot be read. Becomes a 400 reply with problem+json.

    `pointer` names the field or place that is wrong, "" for the body as a whole.
    """

    def __init__(self, detail: str, *, pointer: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = pointer
