"""What it costs to have Redis write accepted fixes through to the disk before it answers."""

import redis

from tests.load.figures import Report, compared
from tests.load.fleet import make_fleet
from tests.load.ingest import QUICK, SHARDS, Sender, Size
from tests.load.stack import Stack

PART = "fsync"


def run(stack: Stack, report: Report, *, quick: bool) -> None:
    """Batches and single requests with appendfsync always, beside everysec."""
    size = QUICK if quick else Size(rounds=2, batches=1_000, singles=15_000)
    fleet = make_fleet(slug="fsync", vehicles=size.vehicles)
    client = redis.Redis.from_url(stack.redis.url())
    before = str(client.config_get("appendfsync")["appendfsync"])
    batches: dict[str, list[float]] = {"always": [], "everysec": []}
    singles: dict[str, list[float]] = {"always": [], "everysec": []}
    try:
        with stack.pipelines(*SHARDS) as pipelines, stack.asgi("gateway") as gateway:
            sender = Sender(stack, fleet, gateway=gateway, pipelines=pipelines)
            sender.batches(max(10, size.batches // 20))
            for _ in range(size.rounds):
                for policy in ("everysec", "always"):
                    client.config_set("appendfsync", policy)
                    batches[policy].append(sender.batches(size.batches).positions_per_s)
                    singles[policy].append(sender.singles(size.singles).requests_per_s)
    finally:
        client.config_set("appendfsync", before)
        client.close()
    report.add(
        compared(
            part=PART, name="batches of 100, appendfsync always", values=batches["always"],
            unit="positions/s", peer_name="with everysec", peers=batches["everysec"],
        ),
        compared(
            part=PART, name="single requests, appendfsync always", values=singles["always"],
            unit="requests/s", peer_name="with everysec", peers=singles["everysec"],
            note="Acknowledged requests. `always` survives a power cut without losing what was "
            "acknowledged; with `everysec` a power cut, or a kill of Redis while the disk is "
            "slow, can lose the last seconds.",
        ),
    )  # fmt: skip
