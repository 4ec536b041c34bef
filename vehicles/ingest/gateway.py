"""The ingest gateway: a plain ASGI application in front of Django that answers /ingest/*.

A request is acknowledged only when its fixes, and what was rejected of it, are in the stream.
Whatever goes wrong on our side is answered 503, never 2xx and never 500, so that the device keeps
its fixes and sends them again.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import structlog
from django.db import Error as DatabaseTrouble

from vehicles.ingest import metrics, replies
from vehicles.ingest.doors import DOORS, PREFIX, Door, Outcome
from vehicles.ingest.fix import MalformedRequest, Parsed
from vehicles.ingest.lookup import Grant
from vehicles.ingest.outbox import NotDurable, Outbox, Overloaded
from vehicles.ingest.registry import Registry
from vehicles.ingest.replies import Refused, Reply
from vehicles.ingest.request import (
    ClientGone,
    Receive,
    Scope,
    Send,
    credential_of,
    headers_of,
    read_body,
)
from vehicles.ingest.resolve import resolve
from vehicles.ingest.stream import Submission, new_submission_id

log = structlog.get_logger(__name__)

LARGE_BODY_BYTES = 128 * 1024
"""Above this a body is parsed in a thread, so that small requests do not wait for it."""

_CHALLENGE = ((b"www-authenticate", b'Basic realm="fleet ingest", Bearer, Api-Key'),)
_BUSY = replies.try_again("Positions come faster than they are stored; try again in a moment.")
_NOT_DURABLE = replies.try_again("The position could not be put in safe keeping; send it again.")
_NO_REGISTRY = replies.try_again("Devices cannot be looked up right now; send it again.")
_OUR_FAULT = replies.try_again("Something went wrong here; send it again.")


class IngestGateway:
    """Answers the ingest doors and hands everything else to `application`."""

    def __init__(
        self, application: Any, *, make_registry: Callable[[], Registry] = Registry
    ) -> None:
        self.application = application
        self._make_registry = make_registry
        self._outbox: Outbox | None = None
        self._registry: Registry | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self.application(scope, receive, send)

    async def close(self) -> None:
        """Finish writes under way and close connections."""
        if self._outbox:
            await self._outbox.close()
        if self._registry:
            self._registry.close()
        self._outbox = self._registry = None

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, _, credential = scope["path"][len(PREFIX) :].partition("/")
        door = DOORS.get(name)
        try:
            reply = await self._reply(door, credential.strip("/"), scope, receive)
        except Refused as refused:
            reply = refused.reply
        except MalformedRequest as error:
            reply = replies.problem(400, error.detail, pointer=error.pointer)
        except Overloaded:
            reply = _BUSY
        except NotDurable as error:
            log.warning("ingest_not_durable", error=str(error))
            reply = _NOT_DURABLE
        except DatabaseTrouble as error:
            log.warning("ingest_registry_unavailable", error=str(error))
            reply = _NO_REGISTRY
        except ClientGone:
            return
        except Exception:  # the last resort: the device must keep its fixes
            log.exception("ingest_failed", format=name)
            reply = _OUR_FAULT
        metrics.requests(name if door else "unknown", reply.status).inc()
        start, body = reply.messages()
        await send(start)
        await send(body)

    async def _reply(
        self, door: Door | None, path_credential: str, scope: Scope, receive: Receive
    ) -> Reply:
        if door is None:
            doors = ", ".join(PREFIX + name for name in DOORS)
            raise Refused(404, f"There is no such door; use one of {doors}.")
        headers = headers_of(scope)
        self._check_form(door, scope["method"], headers)
        if self._outbox is None or self._registry is None:
            # Here, for the event loop must run by now.
            self._outbox, self._registry = Outbox(), self._make_registry()
        self._outbox.check_room()
        grant = await self._registry.grant_for(credential_of(path_credential, headers))
        if grant is None:
            raise Refused(
                401,
                "Send a valid API key or device token: in the path, as Authorization: Api-Key or "
                "Bearer, or as the Basic password.",
                headers=_CHALLENGE,
            )
        if not grant.may_ingest:
            raise Refused(403, "This API key may not send positions; use one with scope ingest.")
        body = await read_body(receive, headers)
        received_at_us = time.time_ns() // 1000
        parsed = await _parse(
            door, body, query=scope["query_string"].decode("latin-1"), headers=headers,
            now_us=received_at_us,
        )  # fmt: skip
        return await self._accept(door, grant, parsed, received_at_us)

    @staticmethod
    def _check_form(door: Door, method: str, headers: Mapping[str, str]) -> None:
        if method not in door.methods:
            allowed = ", ".join(sorted(door.methods))
            raise Refused(
                405,
                f"Send positions with {allowed}, not {method}.",
                headers=((b"allow", allowed.encode()),),
            )
        content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        if door.content_types and content_type and content_type not in door.content_types:
            raise Refused(
                415,
                f"The content type {content_type} is not known here; send application/json or "
                "application/x-ndjson.",
            )

    async def _accept(self, door: Door, grant: Grant, parsed: Parsed, received_at_us: int) -> Reply:
        assert self._registry is not None  # noqa: S101 - made by the caller
        assert self._outbox is not None  # noqa: S101
        devices = (
            {}
            if grant.device
            else await self._registry.devices_for(grant, {fix.device for fix in parsed.fixes})
        )
        rows, rejected = resolve(parsed, devices=devices, sender=grant.device)
        outcome = Outcome(accepted=len(rows), rejected=rejected, parsed=parsed)
        if rows or rejected:
            submission = Submission(
                id=new_submission_id(),
                organization_id=grant.organization_id,
                received_at_us=received_at_us,
                format=door.format,
                rows=rows,
                rejected=rejected,
            )
            if outcome.is_refused:
                # The client will send this again and again: let it reach quarantine once.
                submission.id = _fingerprint(submission)
            await self._outbox.put(submission)
            metrics.accepted(door.format).inc(len(rows))
            for record in rejected:
                metrics.REJECTED.labels(str(record.reason)).inc()
        return door.answer(outcome)


async def _parse(
    door: Door, body: bytes, *, query: str, headers: Mapping[str, str], now_us: int
) -> Parsed:
    if len(body) <= LARGE_BODY_BYTES:
        return door.parse(body, query=query, headers=headers, now_us=now_us)
    return await asyncio.to_thread(door.parse, body, query=query, headers=headers, now_us=now_us)


def _fingerprint(submission: Submission) -> str:
    """An id that is the same for the same refused records of the same organization."""
    text = msgspec.msgpack.encode(
        (submission.organization_id, submission.format, submission.rejected)
    )
    return "refused-" + hashlib.blake2s(text, digest_size=16).hexdigest()
