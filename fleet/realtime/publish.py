"""How the rest of the system announces new positions to everybody who is looking.

The frame is written to the organization's log first and then announced on the channel layer, so
a hub that misses the announcement finds the frame in the log.
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any

import structlog
from channels.layers import get_channel_layer
from redis import Redis
from redis.exceptions import RedisError

from fleet.realtime.framelog import (
    APPEND_LUA,
    LOG_IDLE_MS,
    frames_to_keep,
    log_key,
    sequence_key,
)
from fleet.realtime.frames import Columns, encode_columns

log = structlog.get_logger(__name__)

ANNOUNCE_TIMEOUT_S = 5.0


def group_name(organization_id: int) -> str:
    """The channel-layer group of the organization's frames."""
    return f"live.{organization_id}"


def publish_columns(redis: Redis, *, organization_id: int, columns: Columns) -> int:
    """Publish one frame of the organization; returns its sequence number.

    `columns` are parallel lists (fleet/realtime/frames.py), one row per subject. Call it after the
    rows are committed, at most once per organization and tick; any number of processes may. Raises
    redis.RedisError when the frame was not written. When only the announcement fails the frame is
    safe in the log, and hubs find it there within a second.
    """
    payload = encode_columns(columns)
    append = redis.register_script(APPEND_LUA)
    reply: Any = append(
        keys=[sequence_key(organization_id), log_key(organization_id)],
        args=[payload, frames_to_keep(len(payload)), LOG_IDLE_MS],
    )
    seq, previous = int(reply[0]), int(reply[1])
    message = {
        "type": "live.frame",
        "organization": organization_id,
        "seq": seq,
        "previous": previous,
        "payload": payload,
    }
    try:
        _announcer().run(_announce(group_name(organization_id), message))
    except (RedisError, OSError, TimeoutError) as error:
        log.warning("live_announcement_failed", organization=organization_id, error=str(error))
    return seq


async def _announce(group: str, message: dict[str, Any]) -> None:
    layer = get_channel_layer()
    if layer is None:
        raise RuntimeError("CHANNEL_LAYERS needs a `default` layer to publish live positions.")
    await layer.group_send(group, message)


class _Announcer:
    """An event loop in a daemon thread that keeps the channel layer's connection open.

    `async_to_sync` would start a loop, and the layer a new connection, for every frame.
    """

    def __init__(self) -> None:
        self.pid = os.getpid()
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="live-announcer", daemon=True).start()

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(ANNOUNCE_TIMEOUT_S)


_lock = threading.Lock()
_running: _Announcer | None = None


def _announcer() -> _Announcer:
    global _running
    with _lock:
        # A forked child has the object but not the thread.
        if _running is None or _running.pid != os.getpid():
            _running = _Announcer()
        return _running
