"""Plays records at a multiple of real time, in the order in which they were recorded."""

import time
from collections.abc import Callable, Iterable, Iterator

from vehicles.ingest.fix import Fix, Rejected
from vehicles.replay.run import CHUNK_RECORDS

TICK_S = 0.5


def paced(
    records: Iterable[Fix | Rejected],
    *,
    speed: float,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[list[Fix | Rejected]]:
    """Chunks of the records, each when its time has come; `speed` is times real time.

    The recorded times stay as they are. Files are seldom sorted, so all records are read first.
    Rejected records have no time and come at the beginning.
    """
    fixes: list[Fix] = []
    bad: list[Fix | Rejected] = []
    for record in records:
        (fixes if isinstance(record, Fix) else bad).append(record)  # type: ignore[arg-type]
    for start in range(0, len(bad), CHUNK_RECORDS):
        yield bad[start : start + CHUNK_RECORDS]
    fixes.sort(key=lambda fix: fix.recorded_at_us)
    begin, sent = clock(), 0
    while sent < len(fixes):
        played_us = (clock() - begin) * speed * 1e6
        due = sent
        first_us = fixes[0].recorded_at_us
        while due < len(fixes) and fixes[due].recorded_at_us - first_us <= played_us:
            due += 1
        for start in range(sent, due, CHUNK_RECORDS):
            yield list(fixes[start : min(due, start + CHUNK_RECORDS)])
        sent = due
        if sent < len(fixes):
            left_s = (fixes[sent].recorded_at_us - first_us) / 1e6 / speed - (clock() - begin)
            sleep(min(max(left_s, TICK_S), 60.0))
