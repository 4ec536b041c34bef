"""What the ingest doors answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec

from fleet.api.problems import CONTENT_TYPE, problem_body
from vehicles.ingest.fix import Rejected

Headers = tuple[tuple[bytes, bytes], ...]

RETRY_AFTER_S = 5
MAX_LISTED = 100
"""Rejected records that a reply names one by one."""


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP response."""

    status: int
    body: bytes = b""
    headers: Headers = ()

    def messages(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The two ASGI messages."""
        length = (b"content-length", str(len(self.body)).encode())
        return (
            {"type": "http.response.start", "status": self.status,
             "headers": [length, *self.headers]},
            {"type": "http.response.body", "body": self.body},
        )  # fmt: skip


_JSON = ((b"content-type", b"application/json"),)

EMPTY = Reply(200)
EMPTY_LIST = Reply(200, b"[]", _JSON)


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """The request gets this problem as its answer."""

    def __init__(self, status: int, detail: str, *, headers: Headers = (), **members: Any) -> None:
        super().__init__(detail)
        self.reply = problem(status, detail, headers=headers, **members)


def problem(status: int, detail: str, *, headers: Headers = (), **members: Any) -> Reply:
    """A problem+json reply; its title is the status's own phrase."""
    body = problem_body(status=status, title=HTTPStatus(status).phrase, detail=detail, **members)
    return Reply(status, body, ((b"content-type", CONTENT_TYPE.encode()), *headers))


def try_again(detail: str) -> Reply:
    """503: nothing was acknowledged, the sender keeps its fixes and comes back."""
    return problem(503, detail, headers=((b"retry-after", str(RETRY_AFTER_S).encode()),))


def counts(accepted: int, rejected: Sequence[Rejected]) -> Reply:
    """Our own batch's answer."""
    document: dict[str, Any] = {
        "accepted": accepted,
        "rejected": [
            {"index": record.index, "reason": str(record.reason), "detail": record.detail}
            for record in rejected[:MAX_LISTED]
        ],
        "rejected_count": len(rejected),
    }
    return Reply(200, msgspec.json.encode(document), _JSON)


def unknown_device(status: int, rejected: Rejected) -> Reply:
    """The only thing the request brought is of a device that is not registered."""
    return problem(status, rejected.detail, device=rejected.device)
