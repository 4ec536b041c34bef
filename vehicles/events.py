"""What `vehicles` tells the apps above: batches of positions that are stored.

Upper apps read the stream `POSITION_BATCHES_KEY`, each with a consumer group of its own. A batch
is announced after its commit, at least once: after a crash it may be announced again, so a
consumer reads the positions themselves and works idempotently.
"""

import uuid
from collections.abc import Iterable
from typing import Any

import msgspec

POSITION_BATCHES_KEY = "fleet:events:positions"
BATCHES_KEPT = 100_000
"""Old announcements are trimmed near this length; a reader that was away for longer catches up
from the positions table."""
FIELD = b"batch"


class PositionBatch(msgspec.Struct):
    """Positions of some vehicles of one organization were stored."""

    organization_id: int
    vehicle_ids: list[int]
    first_recorded_at_us: int
    last_recorded_at_us: int
    """Every fix of the batch was recorded between these two, microseconds since the epoch."""
    id: str = msgspec.field(default_factory=lambda: uuid.uuid4().hex)


def queue_position_batches(pipe: Any, batches: Iterable[PositionBatch]) -> None:
    """Put the commands that announce these batches on a Redis pipeline."""
    for batch in batches:
        pipe.xadd(
            POSITION_BATCHES_KEY,
            {FIELD: msgspec.json.encode(batch)},
            maxlen=BATCHES_KEPT,
            approximate=True,
        )


def decode_position_batch(fields: dict[bytes, bytes]) -> PositionBatch:
    """The batch of one stream entry. Raises `msgspec.DecodeError`."""
    return msgspec.json.decode(fields[FIELD], type=PositionBatch)
