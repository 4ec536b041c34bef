"""What a hub does by the clock: one timer each for all of its sockets."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator

import structlog
from channels.db import database_sync_to_async
from django.db import DatabaseError
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from fleet.realtime import framelog, protocol, stats
from fleet.realtime.authorization import withdrawn_grants
from fleet.realtime.channel import OrganizationChannel
from fleet.realtime.limits import ConnectionLimit
from fleet.realtime.members import Member
from fleet.realtime.writers import Wire

log = structlog.get_logger(__name__)

LOOK_FOR_MISSED_S = 1.0
CATCH_UP_S = 0.1
CHECK_RIGHTS_S = 30.0
REFRESH_GROUPS_S = 30.0
COUNT_LIFETIME_S = 60.0


class Upkeep:
    """Heartbeats, missed frames, slow readers, withdrawn rights, counts and statistics."""

    def __init__(
        self,
        *,
        hub_id: str,
        redis: AsyncRedis,
        channels: dict[int, OrganizationChannel],
        limit: ConnectionLimit,
        heartbeat_s: int,
        epoch: str,
    ) -> None:
        self.epoch = epoch
        self._hub_id = hub_id
        self._redis = redis
        self._channels = channels
        self._limit = limit
        self._heartbeat_s = heartbeat_s
        self._written: dict[int, stats.ChannelStats] = {}

    def start(self) -> list[asyncio.Task[None]]:
        """Start the timers; they run until they are cancelled."""
        timers: list[tuple[float, Callable[[], Awaitable[None]]]] = [
            (min(1.0, self._heartbeat_s / 4), self.beat),
            (CATCH_UP_S, self.catch_up),
            (LOOK_FOR_MISSED_S, self.look_for_missed),
            (CHECK_RIGHTS_S, self.check_rights),
            (REFRESH_GROUPS_S, self.refresh_groups),
            (COUNT_LIFETIME_S / 3, self._limit.renew),
            (stats.WRITE_EVERY_S, self.write_stats),
        ]
        return [asyncio.ensure_future(_every(seconds, work)) for seconds, work in timers]

    async def beat(self) -> None:
        """Ping who was not pinged for a heartbeat; close who was silent for three."""
        now = asyncio.get_running_loop().time()
        clock_ms = time.time_ns() // 1_000_000
        for channel in self._open_channels():
            wires: dict[int, Wire] = {}
            for member in channel.viewers:
                if now - member.heard_at > protocol.SILENT_HEARTBEATS * self._heartbeat_s:
                    end(member, protocol.Close.SILENT, "Nothing was heard from you.")
                elif now - member.pinged_at >= self._heartbeat_s:
                    member.pinged_at = now
                    wire = wires.get(member.seq)
                    if wire is None:
                        ping = {"type": "ping", "t": clock_ms, "seq": member.seq}
                        wire = wires[member.seq] = Wire(protocol.encode(ping))
                    channel.viewers.write(member, wire)

    async def catch_up(self) -> None:
        """Give slow readers what they missed."""
        for channel in self._open_channels():
            if channel.viewers.behind:
                await channel.catch_up()

    async def look_for_missed(self) -> None:
        """Notice frames whose announcement was lost, and a Redis that lost everything."""
        channels = self._open_channels()
        if not channels:
            return
        epoch = await framelog.current_epoch(self._redis)
        if epoch != self.epoch:
            for channel in channels:
                await channel.start_over()
            self.epoch = epoch
            return
        newest = await self._redis.mget(
            [framelog.sequence_key(channel.organization_id) for channel in channels]
        )
        for channel, seq in zip(channels, newest, strict=True):
            if int(seq or 0) > channel.last_seq:
                channel.look_again()

    async def check_rights(self) -> None:
        """Close sockets whose session ended, or whose membership or key was withdrawn."""
        grants = {member.grant for member in self._members()}
        if not grants:
            return
        check = database_sync_to_async(withdrawn_grants, thread_sensitive=False)
        withdrawn = await check(grants)
        for member in self._members():
            refusal = withdrawn.get(member.grant)
            if refusal is not None:
                end(member, refusal.code, refusal.reason)

    async def refresh_groups(self) -> None:
        """Follow changes of the groups that somebody subscribed to."""
        for channel in self._open_channels():
            await channel.refresh_groups()

    async def write_stats(self) -> None:
        """Show this hub's counters to `/live/stats.json` and `/metrics`."""
        now: dict[int, stats.ChannelStats] = {}
        for channel in self._open_channels():
            channel.stats.lagging = len(channel.viewers.behind)
            earlier = self._written.get(channel.organization_id, stats.ChannelStats())
            now[channel.organization_id] = channel.stats.since(earlier, seconds=stats.WRITE_EVERY_S)
            channel.stats.hub_lag_max_ms = 0.0
        self._written = now
        stats.CONNECTIONS.set(sum(channel.connections for channel in now.values()))
        await stats.write_summary(self._redis, hub_id=self._hub_id, organizations=now)

    def _open_channels(self) -> list[OrganizationChannel]:
        return list(self._channels.values())

    def _members(self) -> Iterator[Member]:
        for channel in self._open_channels():
            yield from channel.viewers


def end(member: Member, code: protocol.Close, reason: str) -> None:
    """Close one socket; it leaves the hub when its disconnect arrives."""
    if not member.closing:
        member.closing = True
        stats.REFUSALS.labels(code=str(int(code))).inc()
        member.writer.close(code, reason)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except (RedisError, DatabaseError, OSError) as error:
            # The next round tries again; a server that restarts is no reason to end.
            log.warning("live_upkeep_failed", work=work.__qualname__, error=str(error))
