"""The columns of live positions: one shape for snapshots and frames, so that they can be compared.

Pure: no database, no clock.
"""

from collections.abc import Iterable, Sequence
from typing import Any

Columns = dict[str, list[Any]]

COLUMN_NAMES = ("vehicle", "t", "r", "lon", "lat", "speed", "heading", "motion", "ignition")


def live_columns(
    *,
    vehicle: Sequence[int],
    recorded_at_us: Iterable[int],
    received_at_us: Iterable[int],
    lon: Iterable[float],
    lat: Iterable[float],
    speed_mps: Iterable[float | None],
    heading_deg: Iterable[float | None],
    motion: Sequence[int],
    ignition: Sequence[bool | None],
) -> Columns:
    """Columns as the live protocol sends them; every argument has one item per vehicle.

    Times become milliseconds (cut, not rounded), coordinates six decimals (11 cm), speed one
    decimal, heading a whole degree from 0 to 359. Unknown numbers are None, never NaN. Plain
    Python values only: turn NumPy arrays into lists with `tolist()` first.
    """
    return {
        "vehicle": list(vehicle),
        "t": [us // 1000 for us in recorded_at_us],
        "r": [us // 1000 for us in received_at_us],
        "lon": [round(x, 6) for x in lon],
        "lat": [round(y, 6) for y in lat],
        "speed": [None if s is None else round(s, 1) for s in speed_mps],
        "heading": [None if h is None else round(h) % 360 for h in heading_deg],
        "motion": list(motion),
        "ignition": list(ignition),
    }
