"""Reads an ingest request off the ASGI connection: credential, body, limits."""

import base64
import binascii
import zlib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

from django.conf import settings

from vehicles.ingest.replies import Refused

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class ClientGone(Exception):  # noqa: N818 - not an error
    """The client hung up before its request was complete."""


def headers_of(scope: Scope) -> dict[str, str]:
    """Header values by lower-case name."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def credential_of(path_part: str, headers: Mapping[str, str]) -> str:
    """The key or token of a request: from the path, else from Authorization; "" for none.

    Trackers that know neither headers nor user names carry it in the path. With Basic it is the
    password, and the user name means nothing.
    """
    if path_part:
        return path_part
    scheme, _, value = headers.get("authorization", "").partition(" ")
    value = value.strip()
    if scheme.lower() in ("api-key", "bearer"):
        return value
    if scheme.lower() == "basic":
        try:
            text = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return ""
        return text.partition(":")[2]
    return ""


async def read_body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """The body, unzipped.

    Raises:
        Refused: 413 when it is too large as sent or unzipped, 415 for another coding than gzip,
            400 for broken gzip.
        ClientGone: the client hung up.
    """
    limit = settings.INGEST_MAX_BODY_BYTES
    declared = headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise _too_large(limit)
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in ("", "identity", "gzip", "x-gzip"):
        raise Refused(
            415,
            f"The content encoding “{coding}” is not known here; send gzip or none.",
            headers=((b"accept-encoding", b"gzip"),),
        )
    message = await receive()
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = await _rest_of_body(body, receive, limit)
    elif message["type"] == "http.disconnect":
        raise ClientGone
    if len(body) > limit:
        raise _too_large(limit)
    return unzip(body, limit) if coding in ("gzip", "x-gzip") else body


async def _rest_of_body(first: bytes, receive: Receive, limit: int) -> bytes:
    pieces, size, more = [first], len(first), True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > limit:
            raise _too_large(limit)
        more = message.get("more_body", False)
    return b"".join(pieces)


def unzip(body: bytes, limit: int) -> bytes:
    """Gunzip at most `limit` bytes, so that a small bomb cannot fill the memory.

    Raises:
        Refused: 413 when there is more, 400 when it is not gzip or is cut short.
    """
    pieces: list[bytes] = []
    size = 0
    while body:  # a gzip file may have several members
        unzipper = zlib.decompressobj(wbits=31)
        try:
            piece = unzipper.decompress(body, limit + 1 - size)
        except zlib.error as error:
            raise _not_gzip() from error
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise _too_large(limit)
        if not unzipper.eof:
            raise _not_gzip()
        body = unzipper.unused_data.lstrip(b"\0")  # padding is allowed
    return b"".join(pieces)


def _too_large(limit: int) -> Refused:
    return Refused(
        413,
        f"The body is larger than {limit // (1024 * 1024)} MB; send fewer fixes in one request.",
    )


def _not_gzip() -> Refused:
    return Refused(400, "The body is not valid gzip, or is cut short; send it again whole.")
