"""The one place where a bad record becomes a `Rejected` with its raw text.

A format builds one `Fix` from one record and raises `BadRecord` when it cannot; `judged` turns
either outcome, and the verdict of `vet`, into what the caller collects.
"""

import json
from collections.abc import Callable, Iterable
from typing import TypeVar

import msgspec

from vehicles.ingest.fix import Fix, Parsed, Rejected
from vehicles.ingest.vet import MAX_DEVICE_CHARS, vet

T = TypeVar("T")

MAX_RAW_CHARS = 2_000
MAX_DETAIL_CHARS = 300


class BadRecord(Exception):  # noqa: N818 - says what it is about
    """One record cannot become a fix. `detail` is for a person and says what to send instead."""

    def __init__(self, reason: str, detail: str, *, device: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.device = device


class about:  # noqa: N801 - reads as a statement: `with about(device):`
    """Name the device in every `BadRecord` that is raised inside."""

    def __init__(self, device: str) -> None:
        self.device = device

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, BadRecord) and not error.device:
            error.device = self.device


def storable_text(text: str) -> str:
    """`text` without what PostgreSQL cannot store: NUL and lone surrogates become U+FFFD."""
    joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\0", "\ufffd")


def raw_text(record: object) -> str:
    """The text of a record for quarantine: bytes and text as they are, other values as JSON.

    A function is called for the text, so that it is put together only where it is needed.
    """
    if callable(record):
        record = record()
    if not isinstance(record, bytes | str):
        record = _as_json(record)
    if isinstance(record, bytes):
        # A character takes at most four bytes, so this cut loses nothing that is kept below.
        record = record[: MAX_RAW_CHARS * 4].decode("utf-8", "replace")
    return storable_text(record[:MAX_RAW_CHARS])


def _as_json(record: object) -> bytes | str:
    try:
        return msgspec.json.encode(record)
    except UnicodeEncodeError:
        return json.dumps(record)  # writes a lone surrogate as an escape
    except RecursionError:
        return "(a record nested too deeply to show)"


def rejected(
    reason: str, detail: str, *, raw: object, device: str = "", index: int = 0
) -> Rejected:
    """A `Rejected` whose every text fits its bound and can be stored."""
    return Rejected(
        reason=str(reason),
        detail=storable_text(detail[:MAX_DETAIL_CHARS]),
        raw=raw_text(raw),
        device=storable_text(device[:MAX_DEVICE_CHARS]),
        index=index,
    )


def judged(
    build: Callable[[T], Fix], record: T, *, now_us: int, index: int = 0, raw: object = None
) -> Fix | Rejected:
    """`build(record)` when that is a good fix, else why not, with the record's raw text.

    `raw` replaces `record` as the text for quarantine.
    """
    device = ""
    try:
        fix = build(record)
        device = fix.device
        verdict = vet(fix, now_us=now_us)
    except BadRecord as bad:
        verdict, device = (bad.reason, bad.detail), bad.device
    if verdict is None:
        return fix
    return rejected(*verdict, raw=record if raw is None else raw, device=device, index=index)


def parsed_from(outcomes: Iterable[Fix | Rejected]) -> Parsed:
    """Sort outcomes into accepted and rejected, keeping their order."""
    parsed = Parsed(fixes=[], rejected=[])
    for outcome in outcomes:
        if isinstance(outcome, Fix):
            parsed.fixes.append(outcome)
        else:
            parsed.rejected.append(outcome)
    return parsed
