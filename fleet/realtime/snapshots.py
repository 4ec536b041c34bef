"""Snapshots of one organization, read once for everybody who asks at about the same time."""

import asyncio
from collections.abc import Callable

from channels.db import database_sync_to_async
from redis.asyncio import Redis as AsyncRedis

from fleet.realtime import framelog
from fleet.realtime.frames import encode_columns
from fleet.realtime.source import LiveSource, Snapshot
from fleet.realtime.stats import SNAPSHOTS
from fleet.realtime.subscription import Groups
from fleet.realtime.writers import Wire

# The generation it belongs to, when it was begun (the loop's clock), and what was read.
Reading = tuple[int, float, Snapshot]


class SnapshotCache:
    """Reads at most one snapshot at a time and shares it for `reuse_s` seconds.

    A snapshot that is a little old costs a viewer nothing: the frames after its sequence number
    follow it.
    """

    def __init__(
        self, *, redis: AsyncRedis, source: LiveSource, organization_id: int, reuse_s: float
    ) -> None:
        self._redis = redis
        self._source = source
        self._organization_id = organization_id
        self._reuse_s = reuse_s
        self._generation = 0
        self._loading: asyncio.Task[Reading] | None = None
        self._newest: Reading | None = None
        self._message: tuple[Snapshot, Wire] | None = None

    def invalidate(self) -> None:
        """Hand out only snapshots that are read from now on."""
        self._generation += 1

    async def get(self) -> Snapshot:
        """A snapshot that is at most `reuse_s` old."""
        wanted = self._generation
        if self._newest is not None:
            generation, read_at, snapshot = self._newest
            age = asyncio.get_running_loop().time() - read_at
            if generation >= wanted and age < self._reuse_s:
                return snapshot
        while True:
            if self._loading is None or self._loading.done():
                self._loading = asyncio.ensure_future(self._load())
            # Shielded: a viewer that goes away must not take the snapshot from the others.
            generation, _read_at, snapshot = await asyncio.shield(self._loading)
            if generation >= wanted:
                return snapshot

    async def facts(self) -> dict[str, object]:
        """The app's facts for a hello without a snapshot."""
        if self._newest is not None:
            return self._newest[2].state.facts
        return (await self.get()).state.facts

    async def groups(self) -> Groups:
        """Which subjects each group has now."""
        read = database_sync_to_async(self._source.groups_of, thread_sensitive=False)
        return await read(organization_id=self._organization_id)

    def shared(self, snapshot: Snapshot, make: Callable[[], Wire]) -> Wire:
        """The message around this whole snapshot, made once for all who get it."""
        if self._message is None or self._message[0] is not snapshot:
            self._message = (snapshot, make())
        return self._message[1]

    async def _load(self) -> Reading:
        generation, begun_at = self._generation, asyncio.get_running_loop().time()
        # First the sequence number, then the rows: the snapshot may hold more than it says, never
        # less.
        seq = await framelog.current_sequence(self._redis, organization_id=self._organization_id)
        read = database_sync_to_async(self._source.state_of, thread_sensitive=False)
        state = await read(organization_id=self._organization_id)
        SNAPSHOTS.inc()
        snapshot = Snapshot(seq=seq, state=state, payload=encode_columns(state.columns))
        self._newest = (generation, begun_at, snapshot)
        return self._newest
