"""The recent frames of each organization in Redis, from which gaps are filled and views resume.

Every frame carries the sequence number of the one before it, so a reader sees by itself whether
something is missing. Sequence numbers are the milliseconds of Redis' clock, pushed up by one where
two frames share a millisecond: they stay increasing when Redis restarts and has lost its last
second of writes, where a plain counter would hand out the same numbers twice.
"""

import secrets
from typing import Any

from redis.asyncio import Redis as AsyncRedis

from fleet.realtime.frames import Frame

EPOCH_KEY = "fleet:live:epoch"
# A reader that was away for longer takes a new snapshot instead.
LOG_FRAMES = 600
# Large frames are kept for a shorter time, so that one organization's log stays near this size.
LOG_BYTES = 16_000_000
LOG_FRAMES_AT_LEAST = 20
LOG_IDLE_MS = 15 * 60_000

# KEYS: sequence, log. ARGV: payload, frames to keep, milliseconds until an idle log goes.
APPEND_LUA = """
local previous = tonumber(redis.call('GET', KEYS[1]) or '0')
local now = redis.call('TIME')
local seq = math.max(previous + 1, now[1] * 1000 + math.floor(now[2] / 1000))
local text = string.format('%.0f', seq)
redis.call('SET', KEYS[1], text)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[2], text .. '-0',
           'p', string.format('%.0f', previous), 'f', ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
return {seq, previous}
"""


def sequence_key(organization_id: int) -> str:
    """Holds the sequence number of the organization's newest frame."""
    return f"fleet:live:seq:{organization_id}"


def log_key(organization_id: int) -> str:
    """The stream with the organization's recent frames; entry id `<seq>-0`."""
    return f"fleet:live:log:{organization_id}"


def frames_to_keep(payload_bytes: int) -> int:
    """How many frames of this size the log holds."""
    return max(LOG_FRAMES_AT_LEAST, min(LOG_FRAMES, LOG_BYTES // max(1, payload_bytes)))


async def current_epoch(redis: AsyncRedis) -> str:
    """The name of this Redis' history; a Redis that lost everything gets a new one."""
    await redis.set(EPOCH_KEY, secrets.token_hex(6), nx=True)
    epoch = await redis.get(EPOCH_KEY)
    return "" if epoch is None else _text(epoch)


async def current_sequence(redis: AsyncRedis, *, organization_id: int) -> int:
    """The sequence number of the newest frame; 0 before the first."""
    return int(await redis.get(sequence_key(organization_id)) or 0)


async def frames_after(redis: AsyncRedis, *, organization_id: int, seq: int) -> list[Frame] | None:
    """The unbroken run of frames after `seq`, oldest first.

    Empty when `seq` is the newest; None when the log no longer reaches back to `seq` or does not
    know it, so that the reader needs a snapshot.
    """
    entries: Any = await redis.xrange(log_key(organization_id), min=f"({seq}-0")
    frames = [_frame(entry_id, fields) for entry_id, fields in entries]
    if not frames:
        newest = await current_sequence(redis, organization_id=organization_id)
        return [] if newest == seq else None
    expected = seq
    for frame in frames:
        if frame.previous != expected:
            return None
        expected = frame.seq
    return frames


def _frame(entry_id: bytes | str, fields: dict[Any, Any]) -> Frame:
    seq = int(_text(entry_id).partition("-")[0])
    return Frame(seq=seq, previous=int(fields[b"p"]), payload=fields[b"f"])


def _text(value: bytes | str) -> str:
    return value.decode() if isinstance(value, bytes) else value
