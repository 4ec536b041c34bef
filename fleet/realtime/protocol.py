"""The live protocol, version 1: JSON text messages over one WebSocket.

**Opening.** A browser is known by its session cookie; its Origin must be the host it asks (or one
of CSRF_TRUSTED_ORIGINS), else the handshake is refused with 403. A program sends
`Authorization: Api-Key KEY`, or `?key=KEY` where it cannot set headers; the key needs the scope
`read`. `?epoch=E&seq=N`, both from an earlier connection, ask to go on from there. The server
accepts and then says hello, or closes with a code below.

**Server to client**

    {"type":"hello","protocol":1,"epoch":"3f…","seq":N,"server_time":MS,"heartbeat_s":15,
     "offline":{"moving_s":14400,"parked_s":86400},"snapshot":COLUMNS}
        the whole state as of `seq`. With "resumed":true there is no snapshot: what the client
        has is still good, and one frame with everything since follows.
    {"type":"frame","seq":N,"columns":COLUMNS}
        rows that changed. The view is now complete up to `seq`; sequence numbers grow but are
        not consecutive. A client that reads slowly gets fewer frames, each with the newest rows.
    {"type":"subscribed","seq":N,"snapshot":COLUMNS}
        the answer to `subscribe`: the state of what was subscribed to; it replaces the view.
    {"type":"ping","t":MS,"seq":N}    answer with a pong; `seq` is what the view is complete up to
    {"type":"pong","t":MS}            the answer to the client's ping, with its `t`
    {"type":"error","code":CODE,"detail":"what to send instead"}
        codes: bad_message, too_large, too_fast. The connection stays open.

**Client to server**

    {"type":"subscribe","vehicles":[ids]|null,"groups":[ids]|null,"viewport":[W,S,E,N]|null}
        `vehicles` and `groups` together name a set (either may be left out); `viewport`, degrees,
        W > E when it crosses the antimeridian, keeps only what is inside. A vehicle that leaves
        the viewport is sent once more with its new place; after a change of the groups'
        vehicles the server sends `subscribed` again. All null: everything.
    {"type":"resume","epoch":E,"seq":N}   as at opening; answered by a hello
    {"type":"ping","t":MS} and {"type":"pong","t":MS}

**COLUMNS** are parallel lists: `vehicle` (id), `t` (when it was measured, epoch ms), `r` (when it
reached us, epoch ms), `lon`, `lat` (WGS 84, six decimals), `speed` (m/s, one decimal, or null),
`heading` (whole degrees or null), `motion` (0 stopped, 1 idling, 2 moving), `ignition` (true,
false or null). Per vehicle the row with the largest `t` wins. Snapshot and later frames together
always equal a fresh snapshot. A vehicle is offline when now - r exceeds `offline.moving_s`
(motion 2) or `offline.parked_s`; no message announces it.

**Silence.** The server pings every `heartbeat_s`; whoever says nothing for three of them is closed
with 4408. A client should reconnect when it hears nothing for as long.

**Close codes**: 4401 not signed in (or signed out since), 4403 no right to see the fleet (or it was
taken away), 4408 silent too long, 4429 too many connections of this user or key, 1008 kept sending
too fast, 1013 try again (the server cannot reach its database or Redis). The rest means: reconnect.
"""

from enum import IntEnum
from typing import Annotated, Any

import msgspec

VERSION = 1
SILENT_HEARTBEATS = 3
MAX_MESSAGE_BYTES = 256 * 1024
MAX_IDS = 10_000


class Close(IntEnum):
    """Close codes of the protocol; 1008 and 1013 are WebSocket's own."""

    POLICY = 1008
    TRY_AGAIN = 1013
    NOT_SIGNED_IN = 4401
    NO_RIGHT = 4403
    SILENT = 4408
    TOO_MANY = 4429


class BadMessageError(Exception):
    """A client message that cannot be used. `code` and `detail` go back to the client."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


Ids = Annotated[list[int], msgspec.Meta(max_length=MAX_IDS)]


class Subscribe(msgspec.Struct, tag="subscribe", frozen=True):
    """Narrow the view; every part left out does not narrow."""

    vehicles: Ids | None = None
    groups: Ids | None = None
    viewport: tuple[float, float, float, float] | None = None


class Resume(msgspec.Struct, tag="resume", frozen=True):
    """Go on from this point of this history."""

    epoch: Annotated[str, msgspec.Meta(max_length=64)]
    seq: Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class Ping(msgspec.Struct, tag="ping", frozen=True):
    """Are you there?"""

    t: float | None = None


class Pong(msgspec.Struct, tag="pong", frozen=True):
    """The answer to the server's ping."""

    t: float | None = None


ClientMessage = Subscribe | Resume | Ping | Pong

_decoder = msgspec.json.Decoder(ClientMessage)
_encoder = msgspec.json.Encoder()


def decode_client_message(text: str | bytes) -> ClientMessage:
    """The message a client sent. Raises BadMessageError with a sentence that helps to repair it."""
    if len(text) > MAX_MESSAGE_BYTES:
        raise BadMessageError(
            "too_large",
            f"The message is longer than {MAX_MESSAGE_BYTES} bytes. Subscribe by group or "
            "viewport instead of naming so many vehicles.",
        )
    try:
        message: ClientMessage = _decoder.decode(text)
    except msgspec.ValidationError as error:
        raise BadMessageError(
            "bad_message",
            f"{error}. Send subscribe, resume, ping or pong as the live protocol says.",
        ) from error
    except (msgspec.DecodeError, UnicodeError) as error:
        raise BadMessageError(
            "bad_message", f"The message is not JSON ({error}). Send one JSON object as text."
        ) from error
    if isinstance(message, Subscribe) and message.viewport is not None:
        _check_viewport(*message.viewport)
    return message


def _check_viewport(west: float, south: float, east: float, north: float) -> None:
    sane = -180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90
    if not sane:
        raise BadMessageError(
            "bad_message",
            "viewport is [west, south, east, north] in degrees: longitudes within ±180 (west may "
            "be larger than east across the antimeridian), south not above north.",
        )


def encode(message: dict[str, Any]) -> bytes:
    """JSON text of one server message."""
    return _encoder.encode(message)


def frame_message(*, seq: int, payload: bytes) -> bytes:
    """A `frame` around columns that are JSON text already."""
    return b'{"type":"frame","seq":%d,"columns":%b}' % (seq, payload)


def subscribed_message(*, seq: int, payload: bytes) -> bytes:
    """The answer to `subscribe`, around columns that are JSON text already."""
    return b'{"type":"subscribed","seq":%d,"snapshot":%b}' % (seq, payload)


def hello_message(
    *,
    epoch: str,
    seq: int,
    server_time_ms: int,
    heartbeat_s: int,
    facts: dict[str, Any],
    payload: bytes | None,
) -> bytes:
    """The first message. `facts` are the app's own keys; without `payload` the view is resumed."""
    head = encode(
        {
            "type": "hello",
            "protocol": VERSION,
            "epoch": epoch,
            "seq": seq,
            "server_time": server_time_ms,
            "heartbeat_s": heartbeat_s,
            **facts,
        }
    )
    if payload is None:
        return head[:-1] + b',"resumed":true}'
    return b'%b,"snapshot":%b}' % (head[:-1], payload)
