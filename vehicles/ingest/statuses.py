"""Reports without a (valid) position, merged into the latest positions of their vehicles."""

from dataclasses import replace

import msgspec
import numpy as np

from vehicles.ingest.columns import UNKNOWN, Columns
from vehicles.ingest.latest import LiveRow
from vehicles.ingest.motion import IDLING, MOVING, STOPPED


def merged_statuses(
    *reports: Columns, live: dict[int, LiveRow]
) -> tuple[list[LiveRow], list[bytes]]:
    """Latest positions after these reports, by vehicle id, and the attributes each report adds.

    A report older than the latest position says nothing about now and is left out, and so is one
    of a vehicle that has no position yet. Ignition turns stopped into idling and back; what moves
    goes on moving until a fix says otherwise.
    """
    rows: dict[int, LiveRow] = {}
    attributes: dict[int, dict[str, msgspec.Raw]] = {}
    for some in reports:
        for i in np.argsort(some.recorded_us, kind="stable").tolist():
            vehicle = int(some.vehicle[i])
            row = rows.get(vehicle) or live.get(vehicle)
            if row is None or some.recorded_us[i] < row.recorded_us:
                continue
            rows[vehicle] = _after_report(
                row,
                recorded_us=int(some.recorded_us[i]),
                received_us=int(some.received_us[i]),
                ignition=int(some.ignition[i]),
            )
            text = some.attributes[i]
            attributes.setdefault(vehicle, {}).update(
                msgspec.json.decode(text, type=dict[str, msgspec.Raw]) if text else {}
            )
    ids = sorted(rows)
    return [rows[i] for i in ids], [msgspec.json.encode(attributes[i]) for i in ids]


def _after_report(row: LiveRow, *, recorded_us: int, received_us: int, ignition: int) -> LiveRow:
    row = replace(row, received_us=max(row.received_us, received_us))
    if ignition == UNKNOWN:
        return row
    row.ignition = bool(ignition)
    if row.motion != MOVING:
        motion = IDLING if ignition else STOPPED
        if motion != row.motion:
            row.motion, row.motion_since_us = motion, recorded_us
    return row
