"""The consumer of one live socket: lets it in, then listens; the hub does the sending."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import structlog
from channels.consumer import AsyncConsumer
from django.conf import settings
from django.db import DatabaseError
from redis.exceptions import RedisError

from fleet.realtime import protocol, stats
from fleet.realtime.authorization import Refusal, RefusedError
from fleet.realtime.channel import OrganizationChannel
from fleet.realtime.handshake import Handshake, origin_is_ours, read_handshake
from fleet.realtime.hub import Hub
from fleet.realtime.members import Member
from fleet.realtime.protocol import BadMessageError, Close
from fleet.realtime.source import LiveSource
from fleet.realtime.subscription import Subscription
from fleet.realtime.upkeep import end
from fleet.realtime.writers import Wire, writer_for

log = structlog.get_logger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# A client may send this many messages at once and this many a second in the long run.
MESSAGES_AT_ONCE = 20
MESSAGES_PER_S = 5.0
# Told so many times that it is too fast, a client is closed.
TOO_FAST_AT_MOST = 50

TOO_MANY = Refusal(
    Close.TOO_MANY, "Too many live connections are open for you. Close a window and try again."
)
UNAVAILABLE = Refusal(Close.TRY_AGAIN, "Live positions are not available. Try again.")


class LiveConsumer(AsyncConsumer):
    """Serves `source` to one socket as fleet/realtime/protocol.py says. No ORM here.

    Has no channel of its own on the channel layer, and none of the tasks and thread hops per
    message that AsyncConsumer would spend on one: the hub is the receiver for everybody.
    """

    channel_layer_alias = ""
    source: ClassVar[LiveSource]

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        self.scope = scope
        await receive()  # websocket.connect
        handshake = read_handshake(scope, session_cookie=settings.SESSION_COOKIE_NAME)
        if handshake.credentials.session_key and not _same_origin(handshake):
            stats.REFUSALS.labels(code="403").inc()
            await send({"type": "websocket.close"})  # before accept: the handshake gets a 403
            return
        await send({"type": "websocket.accept"})
        hub = Hub.enter(self.source)
        try:
            await self._serve(hub, handshake, receive, send)
        except RefusedError as error:
            await _turn_away(send, error.refusal)
        except (RedisError, DatabaseError, ConnectionError, TimeoutError) as error:
            log.warning("live_socket_turned_away", error=str(error))
            await _turn_away(send, UNAVAILABLE)
        finally:
            await hub.exit()

    async def _serve(self, hub: Hub, handshake: Handshake, receive: Receive, send: Send) -> None:
        grant = await hub.grants.get(handshake.credentials)
        if not await hub.limit.claim(grant.subject):
            raise RefusedError(TOO_MANY)
        try:
            channel, member = await hub.join(
                writer=writer_for(send), grant=grant, resume=handshake.resume
            )
            try:
                await _listen(channel, member, receive)
            finally:
                await hub.leave(channel, member)
        finally:
            # The count of a hub runs out by itself when Redis cannot be told.
            with contextlib.suppress(RedisError, OSError):
                await hub.limit.release(grant.subject)


async def _listen(channel: OrganizationChannel, member: Member, receive: Receive) -> None:
    loop = asyncio.get_running_loop()
    allowance, refilled_at, warnings = float(MESSAGES_AT_ONCE), loop.time(), 0
    while True:
        event = await receive()
        if event["type"] == "websocket.disconnect":
            return
        now = member.heard_at = loop.time()
        allowance = min(MESSAGES_AT_ONCE, allowance + (now - refilled_at) * MESSAGES_PER_S)
        refilled_at = now
        if allowance < 1:
            warnings += 1
            if warnings > TOO_FAST_AT_MOST:
                end(member, Close.POLICY, "You kept sending too fast.")
            _complain(
                channel,
                member,
                BadMessageError(
                    "too_fast",
                    f"The message was not read. Send at most {MESSAGES_PER_S:g} messages a second.",
                ),
            )
            continue
        allowance -= 1
        try:
            await _handle(channel, member, event.get("text") or event.get("bytes") or "")
        except BadMessageError as bad:
            _complain(channel, member, bad)


async def _handle(channel: OrganizationChannel, member: Member, text: str | bytes) -> None:
    match protocol.decode_client_message(text):
        case protocol.Ping(t=t):
            channel.viewers.write(member, Wire(protocol.encode({"type": "pong", "t": t})))
        case protocol.Subscribe(vehicles=vehicles, groups=groups, viewport=viewport):
            subscription = Subscription(
                subjects=None if vehicles is None else frozenset(vehicles),
                groups=None if groups is None else frozenset(groups),
                viewport=viewport,
            )
            await channel.subscribe(member, subscription)
        case protocol.Resume(epoch=epoch, seq=seq):
            await channel.say_hello(member, resume=(epoch, seq))


def _complain(channel: OrganizationChannel, member: Member, bad: BadMessageError) -> None:
    message = {"type": "error", "code": bad.code, "detail": bad.detail}
    channel.viewers.write(member, Wire(protocol.encode(message)))


def _same_origin(handshake: Handshake) -> bool:
    return origin_is_ours(
        handshake,
        allowed_hosts=settings.ALLOWED_HOSTS,
        trusted_origins=settings.CSRF_TRUSTED_ORIGINS,
    )


async def _turn_away(send: Send, refusal: Refusal) -> None:
    code = int(refusal.code)
    stats.REFUSALS.labels(code=str(code)).inc()
    # OSError, RuntimeError: servers say so when the client has gone first.
    with contextlib.suppress(OSError, RuntimeError):
        await send({"type": "websocket.close", "code": code, "reason": refusal.reason})
