"""Attributes of a fix as JSON text that PostgreSQL's jsonb accepts.

jsonb refuses NUL characters, lone surrogates, NaN and infinity, and numbers with a huge
exponent; devices and fuzzers send all of them.
"""

from typing import Any

import msgspec

from vehicles.ingest.bad_record import BadRecord, storable_text
from vehicles.ingest.reasons import Reason

MAX_DEPTH = 32


def encode_attributes(extra: dict[str, Any]) -> bytes:
    """The text of one JSON object, b"" when `extra` is empty.

    NUL and lone surrogates become U+FFFD, NaN and infinity become null. Raises `BadRecord`
    when the values are nested deeper than `MAX_DEPTH`. The size is judged by `vet`.
    """
    if not extra:
        return b""
    try:
        text = msgspec.json.encode(extra)
    except (UnicodeEncodeError, RecursionError):
        return msgspec.json.encode(_cleaned(extra, depth=1))
    # Counting brackets is far cheaper than walking; only suspicious texts are walked.
    if b"\\u0000" in text or text.count(b"{") + text.count(b"[") > MAX_DEPTH:
        return msgspec.json.encode(_cleaned(extra, depth=1))
    return text


def _cleaned(value: Any, *, depth: int) -> Any:
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, dict | list) and depth > MAX_DEPTH:
        raise BadRecord(
            Reason.FIELD_TOO_LARGE,
            f"The attributes are nested deeper than {MAX_DEPTH} levels; send them flatter.",
        )
    if isinstance(value, dict):
        return {storable_text(key): _cleaned(item, depth=depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, depth=depth + 1) for item in value]
    return value
