"""Values of one record, read with forgiveness where a fix would else be lost for nothing.

The place and time of a fix must be right, so `coordinate` raises. Everything else is read by
`Values.number` and `Values.flag`: what cannot be read goes to the attributes as `_raw_<field>`
and the field stays None.
"""

import json
import math
import re
from typing import Any

import msgspec

from vehicles.ingest.bad_record import BadRecord
from vehicles.ingest.fix import MalformedRequest
from vehicles.ingest.reasons import Reason

_NUMBER = re.compile(r"[+-]?(\d{1,400}(\.\d{0,400})?|\.\d{1,400})([eE][+-]?\d{1,4})?", re.ASCII)
# Text that looks like a number only loses nothing as a number if it is written as one would
# write it: "007" and a 19-digit card number are identities, not quantities.
_PLAIN_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,15})?", re.ASCII)
_FLAGS = {"true": True, "1": True, "on": True, "false": False, "0": False, "off": False}


def number_or_none(value: object) -> float | None:
    """A JSON number or numeric text as a float; None when it is neither."""
    if isinstance(value, float):
        return value
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        try:
            return float(value)
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    if isinstance(value, str):
        text = value.strip()
        if _NUMBER.fullmatch(text):
            return float(text)
    return None


def flag_or_none(value: object) -> bool | None:
    """true/false, 1/0 or on/off, as JSON or text; None when it is none of them."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in (0, 1):
        return bool(value)
    if isinstance(value, str):
        return _FLAGS.get(value.strip().lower())
    return None


def coordinate(value: object, name: str, *, text: bool = False) -> float | None:
    """Degrees, None when absent. Raises `BadRecord` for anything that is not a number.

    `text` allows numeric text, for formats in which every value is text.
    """
    if value is None or (text and value == ""):
        return None
    if isinstance(value, float):
        return value
    number = number_or_none(value) if text or not isinstance(value, str) else None
    if number is None:
        raise BadRecord(
            Reason.INVALID_VALUE, f"{name} is not a number; send decimal degrees such as 52.5163."
        )
    return number


def identity(value: object) -> str:
    """A device identity as text; "" when it is absent or not a text or whole number."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**40:
        return str(value)
    return ""


def typed_text(text: str) -> float | int | bool | str:
    """The number, true or false that a text of a query plainly is, else the text itself."""
    if _PLAIN_NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    lowered = text.lower()
    if lowered == "true":
        return True
    if lowered == "false":
        return False
    return text


class Values:
    """Takes the known values out of one record; `extra` is what is left for the attributes."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.extra = dict(record)

    def take(self, *names: str) -> Any:
        """The first value among `names` that is not None; all of them are taken out."""
        found = None
        for name in names:
            value = self.extra.pop(name, None)
            if found is None:
                found = value
        return found

    def number(
        self, field: str, *names: str, scale: float = 1.0, unknown: float | None = None
    ) -> float | None:
        """The number under the first of `names`, times `scale`, for the `field` of a fix.

        None when absent, empty, or equal to `unknown`, the format's mark for "not known".
        """
        value = self.take(*names)
        if value is None or value == "":
            return None
        number = number_or_none(value)
        if number is None:
            self.extra[f"_raw_{field}"] = value
            return None
        return None if number == unknown else number * scale

    def flag(self, field: str, *names: str) -> bool | None:
        """The true or false under the first of `names`, for the `field` of a fix."""
        value = self.take(*names)
        if value is None or value == "":
            return None
        flag = flag_or_none(value)
        if flag is None:
            self.extra[f"_raw_{field}"] = value
        return flag

    def rename(self, name: str, new_name: str) -> None:
        """Keep the attribute `name` under our own word for it; nothing when absent."""
        if name in self.extra:
            self.extra[new_name] = self.extra.pop(name)


def decode_json(body: bytes) -> Any:
    """JSON of a request, read as widely as senders write it.

    A byte order mark, invalid UTF-8, lone surrogates, NaN and infinity are let through, so that
    one odd value does not fail the records around it; they are settled value by value later.
    Raises `MalformedRequest`.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return msgspec.json.decode(body)
    except RecursionError as error:
        raise MalformedRequest("The JSON is nested too deeply; send it flatter.") from error
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Raised for what the standard library's more forgiving reader may still accept.
        return _decode_forgivingly(body)


def _decode_forgivingly(body: bytes) -> Any:
    try:
        return json.loads(body.decode("utf-8", "replace"), parse_int=_whole_number)
    except RecursionError as error:
        raise MalformedRequest("The JSON is nested too deeply; send it flatter.") from error
    except ValueError as error:
        raise MalformedRequest(f"The body is not valid JSON: {error}.") from error


def _whole_number(text: str) -> int | float:
    return int(text) if len(text) <= 40 else float(text)
