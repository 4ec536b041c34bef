"""Words for tests of the stream and the pipeline."""

import datetime as dt
import time
from typing import Any

import redis

from tests.cast import Cast
from vehicles.ingest import stream
from vehicles.ingest.fix import Fix, Rejected
from vehicles.ingest.pipeline import Pipeline
from vehicles.ingest.store import Stored
from vehicles.ingest.stream import Row, Submission
from vehicles.models import Vehicle

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def us(moment: dt.datetime) -> int:
    """Microseconds since the epoch."""
    return (moment - EPOCH) // dt.timedelta(microseconds=1)


def fix_at(
    moment: dt.datetime, *, lon: float | None = 13.4, lat: float | None = 52.5, **more: Any
) -> Fix:
    """A fix, in Berlin unless said otherwise."""
    return Fix(device="", recorded_at_us=us(moment), lon=lon, lat=lat, **more)


def submission(
    cast: Cast,
    vehicle: Vehicle,
    *fixes: Fix,
    rejected: list[Rejected] | None = None,
    run: str = "",
    id: str = "",  # noqa: A002 - the field's own name
) -> Submission:
    """One request's fixes of one vehicle."""
    device = cast.devices[cast.vehicles.index(vehicle)]
    return Submission(
        id=id or stream.new_submission_id(),
        organization_id=cast.id,
        received_at_us=time.time_ns() // 1000,
        format="positions",
        rows=[Row(vehicle.pk, device.pk, fix) for fix in fixes],
        rejected=rejected or [],
        run=run,
    )


def send(client: redis.Redis, *submissions: Submission) -> None:
    """Append to the stream."""
    stream.append(client, submissions)


def process() -> Stored:
    """Run a pipeline until the stream is empty."""
    pipeline = Pipeline()
    try:
        return pipeline.drain()
    finally:
        pipeline.close()
