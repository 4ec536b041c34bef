"""The process-local hub: one receiver on the channel layer, however many sockets are open.

There is one hub per event loop and source while sockets are open, none otherwise. It opens one
channel per organization that somebody here watches.
"""

import asyncio
import secrets
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from redis.asyncio import BlockingConnectionPool
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from fleet.realtime import framelog, stats
from fleet.realtime.authorization import Grant
from fleet.realtime.channel import OrganizationChannel
from fleet.realtime.entrance import GrantCache
from fleet.realtime.frames import Frame
from fleet.realtime.limits import ConnectionLimit
from fleet.realtime.members import Member
from fleet.realtime.publish import group_name
from fleet.realtime.source import LiveSource
from fleet.realtime.upkeep import COUNT_LIFETIME_S, Upkeep
from fleet.realtime.writers import Writer

log = structlog.get_logger(__name__)

# The hub's Redis commands are few and short; sockets that open at once wait for one of these.
REDIS_CONNECTIONS = 8


class Hub:
    """Use `Hub.enter(source)` and, when the socket has gone, `await hub.exit()`."""

    _running: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[LiveSource, "Hub"]] = (
        WeakKeyDictionary()
    )

    def __init__(self, source: LiveSource) -> None:
        self.id = secrets.token_hex(6)
        self.grants = GrantCache()
        self._heartbeat_s = settings.LIVE_HEARTBEAT_S
        self._source = source
        self._visitors = 0
        self._redis = AsyncRedis.from_pool(
            BlockingConnectionPool.from_url(
                settings.REDIS_URL, max_connections=REDIS_CONNECTIONS, timeout=10
            )
        )
        self.limit = ConnectionLimit(
            self._redis,
            hub_id=self.id,
            most=settings.LIVE_MAX_CONNECTIONS_PER_USER,
            lifetime_s=COUNT_LIFETIME_S,
        )
        self._layer: Any = get_channel_layer()
        self._channel_name = ""
        self._channels: dict[int, OrganizationChannel] = {}
        self._opening = asyncio.Lock()
        self._starting: asyncio.Task[Upkeep] | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._runners: dict[int, asyncio.Task[None]] = {}

    # --- life ---------------------------------------------------------------------------------
    @classmethod
    def enter(cls, source: LiveSource) -> "Hub":
        """The hub of the running event loop, with one more socket that needs it."""
        hubs = cls._running.setdefault(asyncio.get_running_loop(), {})
        hub = hubs.get(source)
        if hub is None:
            hub = hubs[source] = cls(source)
        hub._visitors += 1
        return hub

    async def exit(self) -> None:
        """One socket needs it no more; with the last one the hub ends."""
        self._visitors -= 1
        if self._visitors:
            return
        del self._running[asyncio.get_running_loop()][self._source]
        for task in (*self._tasks, *self._runners.values()):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._runners.values(), return_exceptions=True)
        try:
            await stats.remove_summary(self._redis, hub_id=self.id)
        except (RedisError, OSError) as error:
            log.info("live_hub_summary_left_to_expire", error=str(error))
        stats.CONNECTIONS.set(0)
        await self._redis.aclose()

    async def _start(self) -> Upkeep:
        if self._starting is None or _failed(self._starting):
            self._starting = asyncio.ensure_future(self._open())
        # Shielded: the first socket may go away while others wait for the same start.
        return await asyncio.shield(self._starting)

    async def _open(self) -> Upkeep:
        if self._layer is None:
            raise RuntimeError("CHANNEL_LAYERS needs a `default` layer for live positions.")
        epoch = await framelog.current_epoch(self._redis)
        self._channel_name = await self._layer.new_channel("live.")
        upkeep = Upkeep(
            hub_id=self.id,
            redis=self._redis,
            channels=self._channels,
            limit=self.limit,
            heartbeat_s=self._heartbeat_s,
            epoch=epoch,
        )
        self._tasks = [*upkeep.start(), asyncio.ensure_future(self._receive())]
        return upkeep

    async def _receive(self) -> None:
        while True:
            message: dict[str, Any] = await self._layer.receive(self._channel_name)
            channel = self._channels.get(message["organization"])
            if channel is not None:
                channel.receive(
                    Frame(
                        seq=message["seq"],
                        previous=message["previous"],
                        payload=message["payload"],
                    )
                )

    # --- members ------------------------------------------------------------------------------
    async def join(
        self, *, writer: Writer, grant: Grant, resume: tuple[str, int] | None
    ) -> tuple[OrganizationChannel, Member]:
        """Say hello to a new socket and keep it up to date until `leave`.

        Raises RedisError, OSError or DatabaseError when Redis or the database cannot be reached.
        """
        upkeep = await self._start()
        channel = await self._channel(grant.organization_id, epoch=upkeep.epoch)
        now = asyncio.get_running_loop().time()
        try:
            return channel, await channel.join(writer=writer, grant=grant, now=now, resume=resume)
        except BaseException:
            await self._close_if_empty(channel)
            raise

    async def leave(self, channel: OrganizationChannel, member: Member) -> None:
        """The socket has gone; with the last one of an organization its channel closes."""
        channel.leave(member)
        await self._close_if_empty(channel)

    async def _channel(self, organization_id: int, *, epoch: str) -> OrganizationChannel:
        async with self._opening:
            channel = self._channels.get(organization_id)
            if channel is None:
                channel = OrganizationChannel(
                    organization_id=organization_id,
                    redis=self._redis,
                    source=self._source,
                    heartbeat_s=self._heartbeat_s,
                )
                # Announcements first, then the newest number: nothing falls between.
                await self._layer.group_add(group_name(organization_id), self._channel_name)
                await channel.start(epoch=epoch)
                self._channels[organization_id] = channel
                self._runners[organization_id] = asyncio.ensure_future(channel.run())
            return channel

    async def _close_if_empty(self, channel: OrganizationChannel) -> None:
        async with self._opening:
            organization_id = channel.organization_id
            if channel.stats.connections or self._channels.get(organization_id) is not channel:
                return
            del self._channels[organization_id]
            self._runners.pop(organization_id).cancel()
            try:
                await self._layer.group_discard(group_name(organization_id), self._channel_name)
            except (RedisError, OSError) as error:
                # What still arrives for an organization without a channel is ignored.
                log.info("live_group_not_left", organization=organization_id, error=str(error))


def _failed(task: asyncio.Task[Upkeep]) -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
