"""Times as devices write them, to microseconds since the Unix epoch, UTC."""

import math
import re
from datetime import UTC, datetime, timedelta, tzinfo

from vehicles.ingest.bad_record import BadRecord
from vehicles.ingest.reasons import Reason

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

# A plain number tells its unit by its size: below 1e11 seconds (to the year 5138), below 1e14
# milliseconds (from 1973 to the year 5138), else microseconds.
_FIRST_MILLISECONDS = 1e11
_FIRST_MICROSECONDS = 1e14

_NUMBER = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)


_UNREADABLE = (
    "{name} cannot be read as a time; send ISO 8601 with a zone, such as 2026-01-31T08:15:00Z, "
    "or an epoch number."
)


def from_number(value: float, *, name: str) -> int:
    """Epoch seconds, milliseconds or microseconds (told apart by size) to microseconds.

    Raises `BadRecord`, naming the field `name`, for a value that is not finite.
    """
    if not math.isfinite(value):
        raise BadRecord(Reason.INVALID_VALUE, _UNREADABLE.format(name=name))
    size = abs(value)
    if size < _FIRST_MILLISECONDS:
        return round(value * 1_000_000)
    if size < _FIRST_MICROSECONDS:
        return round(value * 1_000)
    return round(value)


def from_datetime(value: datetime, *, name: str) -> int:
    """A datetime with a zone to microseconds. Raises `BadRecord` when it has no zone."""
    if value.tzinfo is None:
        raise BadRecord(
            Reason.INVALID_VALUE, f"{name} has no zone; end it with Z or an offset such as +02:00."
        )
    return (value - EPOCH) // MICROSECOND


def from_text(text: str, *, name: str, zone: tzinfo | None = UTC) -> int:
    """ISO 8601, `YYYY-MM-DD HH:MM:SS` or a plain epoch number to microseconds.

    A text without a zone is taken to be in `zone`, and refused when `zone` is None.
    Raises `BadRecord`, naming the field `name`.
    """
    text = text.strip()
    if _NUMBER.fullmatch(text):
        return from_number(float(text) if "." in text else int(text), name=name)
    if text.endswith(" UTC"):
        text = text[:-4] + "Z"
    try:
        value = datetime.fromisoformat(text)
        if value.tzinfo is None and zone is not None:
            value = value.replace(tzinfo=zone)
        return from_datetime(value, name=name)
    except (ValueError, OverflowError) as error:
        raise BadRecord(Reason.INVALID_VALUE, _UNREADABLE.format(name=name)) from error


def from_json(value: object, *, name: str, zone: tzinfo | None = UTC) -> int:
    """A time out of JSON, a number or a text, to microseconds. Raises `BadRecord`."""
    if isinstance(value, str):
        return from_text(value, name=name, zone=zone)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return from_number(value, name=name)
    raise BadRecord(Reason.INVALID_VALUE, _UNREADABLE.format(name=name))
