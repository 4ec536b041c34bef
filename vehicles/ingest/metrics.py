"""Prometheus metrics of the gateway and the pipeline."""

import functools

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Counter(
    "vehicles_ingest_requests_total", "Requests at the ingest doors.", ["format", "status"]
)
ACCEPTED = Counter(
    "vehicles_ingest_fixes_accepted_total", "Fixes acknowledged to their sender.", ["format"]
)
REJECTED = Counter("vehicles_ingest_fixes_rejected_total", "Records put in quarantine.", ["reason"])
WAITING = Gauge(
    "vehicles_ingest_fixes_waiting",
    "Fixes in the stream, as last seen here.",
    multiprocess_mode="livemostrecent",
)

LAG_SECONDS = Gauge(
    "vehicles_pipeline_lag_seconds",
    "Age of the oldest acknowledged fix that is not stored.",
    multiprocess_mode="livemax",
)
LAG_ENTRIES = Gauge(
    "vehicles_pipeline_lag_entries",
    "Stream entries that are not stored.",
    multiprocess_mode="livemostrecent",
)
STORED = Counter("vehicles_pipeline_fixes_stored_total", "Fixes stored.")
DUPLICATES = Counter("vehicles_pipeline_fixes_duplicate_total", "Fixes that were there already.")
QUARANTINED = Counter(
    "vehicles_pipeline_fixes_rejected_total", "Fixes the pipeline put in quarantine.", ["reason"]
)
BATCH_FIXES = Histogram(
    "vehicles_pipeline_batch_fixes",
    "Fixes in one batch.",
    buckets=(1, 10, 100, 500, 1_000, 2_500, 5_000, 10_000, 20_000, 50_000),
)
BATCH_SECONDS = Histogram(
    "vehicles_pipeline_batch_seconds",
    "Time to store one batch.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
RETRIES = Counter(
    "vehicles_pipeline_retries_total", "Waits because a server could not be reached.", ["server"]
)


# Finding a label's child costs more than counting; there are few, so they are kept.
@functools.cache
def requests(format_name: str, status: int) -> Counter:
    """The counter of requests of this format that were answered with this status."""
    return REQUESTS.labels(format_name, status)


@functools.cache
def accepted(format_name: str) -> Counter:
    """The counter of accepted fixes of this format."""
    return ACCEPTED.labels(format_name)
