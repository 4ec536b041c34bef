"""Counters of the hubs: Prometheus metrics of this process, and a summary across processes.

Each hub writes its summary to Redis every two seconds, because the process that answers
`/live/stats.json` need not be one that holds sockets. A killed process' summary expires.
"""

import time
from typing import Any

import msgspec
from prometheus_client import Counter, Gauge, Histogram
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

STATS_KEY = "fleet:live:stats"
WRITE_EVERY_S = 2.0
EXPIRE_S = 10.0

CONNECTIONS = Gauge("fleet_live_connections", "Open live sockets.", multiprocess_mode="livesum")
MESSAGES = Counter("fleet_live_messages_total", "Messages written to live sockets.")
BYTES = Counter("fleet_live_bytes_total", "Bytes written to live sockets.")
SKIPS = Counter(
    "fleet_live_slow_reader_skips_total", "Frames held back from a reader that was behind."
)
GAPS = Counter("fleet_live_gaps_total", "Frames that had to be read from the log.")
SNAPSHOTS = Counter("fleet_live_snapshots_total", "Snapshots read from the database.")
REFUSALS = Counter("fleet_live_refusals_total", "Refused or ended connections.", ["code"])
HUB_LAG = Histogram(
    "fleet_live_hub_lag_seconds",
    "From publishing a frame to the last write of it.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


class ChannelStats(msgspec.Struct):
    """What one hub did for one organization since it opened the channel."""

    connections: int = 0
    lagging: int = 0
    messages: int = 0
    bytes: int = 0
    skips: int = 0
    gaps: int = 0
    frames: int = 0
    hub_lag_ms: float = 0.0
    hub_lag_max_ms: float = 0.0
    messages_per_s: float = 0.0
    bytes_per_s: float = 0.0

    def wrote(self, *, messages: int, size: int) -> None:
        """Count messages of `size` bytes each."""
        if messages:
            self.messages += messages
            self.bytes += messages * size
            MESSAGES.inc(messages)
            BYTES.inc(messages * size)

    def skipped(self, count: int = 1) -> None:
        """Count frames held back from slow readers."""
        self.skips += count
        SKIPS.inc(count)

    def delivered(self, *, lag_s: float) -> None:
        """Count a frame that went to everybody `lag_s` after it was published."""
        lag_s = max(0.0, lag_s)
        self.frames += 1
        self.hub_lag_ms = round(lag_s * 1000, 1)
        self.hub_lag_max_ms = max(self.hub_lag_max_ms, self.hub_lag_ms)
        HUB_LAG.observe(lag_s)

    def since(self, earlier: "ChannelStats", *, seconds: float) -> "ChannelStats":
        """A copy with the rates since `earlier`."""
        copy = msgspec.structs.replace(self)
        copy.messages_per_s = round((self.messages - earlier.messages) / seconds, 1)
        copy.bytes_per_s = round((self.bytes - earlier.bytes) / seconds, 1)
        return copy


class HubSummary(msgspec.Struct):
    """One hub's channels by organization id; `at` is epoch seconds."""

    at: float
    organizations: dict[str, ChannelStats]


def encode_summary(*, at: float, organizations: dict[str, ChannelStats]) -> str:
    """The text that is stored for one hub; `at` is epoch seconds."""
    return msgspec.json.encode(HubSummary(at=at, organizations=organizations)).decode()


async def write_summary(
    redis: AsyncRedis, *, hub_id: str, organizations: dict[int, ChannelStats]
) -> None:
    """Publish this hub's summary."""
    text = encode_summary(
        at=time.time(), organizations={str(key): value for key, value in organizations.items()}
    )
    await redis.hset(STATS_KEY, hub_id, text)


async def remove_summary(redis: AsyncRedis, *, hub_id: str) -> None:
    """The hub has ended."""
    await redis.hdel(STATS_KEY, hub_id)


def read_summaries(redis: Redis, *, organization_id: int | None = None) -> dict[str, Any]:
    """All hubs together, by organization; only this one when `organization_id` is given.

    `{"processes": n, "organizations": {"<id>": {connections, messages_per_s, ...}}}`. Counts and
    rates are summed, lags are the worst of all hubs.
    """
    stored: Any = redis.hgetall(STATS_KEY)
    now = time.time()
    organizations: dict[str, dict[str, Any]] = {}
    processes = 0
    for hub_id, text in stored.items():
        summary = msgspec.json.decode(text, type=HubSummary)
        if now - summary.at > EXPIRE_S:
            redis.hdel(STATS_KEY, hub_id)
            continue
        processes += 1
        for key, channel in summary.organizations.items():
            if organization_id is not None and key != str(organization_id):
                continue
            total = organizations.setdefault(key, {})
            for name, value in msgspec.structs.asdict(channel).items():
                worst = name.startswith("hub_lag")
                known = total.get(name, 0)
                total[name] = max(known, value) if worst else round(known + value, 1)
    return {"processes": processes, "organizations": organizations}
