"""Tells the rest of the system what a batch changed: live frames, and batches for upper apps."""

import time
from collections.abc import Iterable

import redis
from django.conf import settings

from fleet.realtime.publish import publish_columns
from vehicles.events import PositionBatch, queue_position_batches
from vehicles.ingest.latest import LiveRow
from vehicles.live_columns import live_columns

ROWS_PER_S = 5_000
"""A large fleet's frames come less often, so that each viewer gets about this many rows a second
at most. A phone on the road takes that."""
LONGEST_TICK_S = 1.0


class Announcer:
    """Collects changed rows and publishes one frame per organization and tick at most.

    A tick is LIVE_TICK_MS long, and up to a second after a frame of many rows.

    The first change after a quiet tick goes out at once; what comes within the tick goes out
    together at its end, the newest row of each vehicle only.
    """

    def __init__(self, client: redis.Redis) -> None:
        self.client = client
        self._changed: dict[int, dict[int, LiveRow]] = {}
        self._due_at: dict[int, float] = {}

    def add(self, rows: Iterable[LiveRow]) -> None:
        """Rows to be published with the next frame of their organization."""
        for row in rows:
            self._changed.setdefault(row.organization_id, {})[row.vehicle_id] = row

    def due_in_ms(self, *, at_most: int) -> int:
        """Milliseconds until the next frame is due, 0 when one is."""
        now = time.monotonic()
        waits = [self._due_at.get(i, now) - now for i in self._changed]
        return min([at_most, *(max(0, int(wait * 1000) + 1 if wait > 0 else 0) for wait in waits)])

    def publish_due(self, *, everything: bool = False) -> None:
        """Publish the frames that are due.

        Raises:
            redis.RedisError: some were not published; they stay for the next call.
        """
        now = time.monotonic()
        for organization_id in list(self._changed):
            if everything or now >= self._due_at.get(organization_id, now):
                rows = list(self._changed[organization_id].values())
                publish_columns(
                    self.client, organization_id=organization_id, columns=_columns(rows)
                )
                del self._changed[organization_id]
                self._due_at[organization_id] = now + _tick_s(len(rows))

    def announce(self, batches: Iterable[PositionBatch]) -> None:
        """Append batches to the stream that upper apps read. Raises `redis.RedisError`."""
        with self.client.pipeline(transaction=False) as pipe:
            queue_position_batches(pipe, batches)
            pipe.execute()


def _tick_s(rows: int) -> float:
    return max(settings.LIVE_TICK_MS / 1000, min(LONGEST_TICK_S, rows / ROWS_PER_S))


def _columns(rows: list[LiveRow]) -> dict[str, list[object]]:
    return live_columns(
        vehicle=[row.vehicle_id for row in rows],
        recorded_at_us=[row.recorded_us for row in rows],
        received_at_us=[row.received_us for row in rows],
        lon=[row.lon for row in rows],
        lat=[row.lat for row in rows],
        speed_mps=[row.speed_mps for row in rows],
        heading_deg=[row.heading_deg for row in rows],
        motion=[row.motion for row in rows],
        ignition=[row.ignition for row in rows],
    )
