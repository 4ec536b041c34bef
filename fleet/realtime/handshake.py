"""What the HTTP request that opens a socket says: credentials, origin, where to resume. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.http.request import split_domain_port, validate_host

from fleet.realtime.authorization import Credentials

API_KEY_SCHEME = "Api-Key "


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """The useful parts of a WebSocket request. `resume` is (epoch, sequence number) or None."""

    credentials: Credentials
    host: str
    origin: str
    resume: tuple[str, int] | None


def read_handshake(scope: Mapping[str, Any], *, session_cookie: str) -> Handshake:
    """Read an ASGI scope of type `websocket`."""
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    query = parse_qs(scope["query_string"].decode("latin-1"))
    header = headers.get(b"authorization", "")
    if header.startswith(API_KEY_SCHEME):
        api_key = header.removeprefix(API_KEY_SCHEME).strip()
    else:
        api_key = _first(query, "key")
    return Handshake(
        credentials=Credentials(
            api_key=api_key,
            session_key="" if api_key else _cookie(headers.get(b"cookie", ""), session_cookie),
        ),
        host=headers.get(b"host", ""),
        origin=headers.get(b"origin", ""),
        resume=_resume(_first(query, "epoch"), _first(query, "seq")),
    )


def origin_is_ours(
    handshake: Handshake, *, allowed_hosts: Sequence[str], trusted_origins: Sequence[str]
) -> bool:
    """Whether the page that opens the socket is one of ours.

    Browsers send cookies with a WebSocket from any page, and always say the page's origin. It must
    be the host that is asked (one of `allowed_hosts`) or one of `trusted_origins`.
    """
    if handshake.origin in trusted_origins:
        return True
    host, _port = split_domain_port(handshake.host)
    if not host or not validate_host(host, list(allowed_hosts)):
        return False
    return urlsplit(handshake.origin).netloc.lower() == handshake.host.lower()


def _first(query: dict[str, list[str]], name: str) -> str:
    return query.get(name, [""])[0]


def _cookie(header: str, name: str) -> str:
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def _resume(epoch: str, seq: str) -> tuple[str, int] | None:
    if not epoch or not seq.isascii() or not seq.isdigit() or len(seq) > 15:
        return None
    return epoch, int(seq)
