"""Errors of every HTTP interface as RFC 9457 problem+json.

`title` names the kind of error and is the same each time; `detail` says what was wrong this time
and what to do next.
"""

from http import HTTPStatus
from typing import Any

import msgspec
from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


def problem_body(*, status: int, title: str, detail: str, **members: Any) -> bytes:
    """The encoded problem document; `members` are extension members such as `pointer`."""
    document = {
        "type": "about:blank",
        "title": title,
        "status": int(status),
        "detail": detail,
        **members,
    }
    return msgspec.json.encode(document)


def problem_response(
    *, status: int, title: str | None = None, detail: str, **members: Any
) -> HttpResponse:
    """A Django response with the problem; the title defaults to the status's own phrase."""
    body = problem_body(
        status=status, title=title or HTTPStatus(status).phrase, detail=detail, **members
    )
    return HttpResponse(body, status=status, content_type=CONTENT_TYPE)
