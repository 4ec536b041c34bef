"""A batch of fixes as NumPy columns: one array per field, one item per fix."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import msgspec
import numpy as np
from numpy.typing import NDArray

from vehicles.ingest.stream import Row, Submission

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

UNKNOWN = -1
"""In a column of ignition: neither on (1) nor off (0)."""


@dataclass(slots=True)
class Columns:
    """Fixes, one item per fix in every array; NaN where a number is not known."""

    submission: Ints
    """Index of the submission in the batch."""
    ordinal: Ints
    """Index of the fix within its submission."""
    organization: Ints
    vehicle: Ints
    device: Ints
    recorded_us: Ints
    received_us: Ints
    lon: Floats
    lat: Floats
    altitude_m: Floats
    speed_mps: Floats
    heading_deg: Floats
    accuracy_m: Floats
    odometer_m: Floats
    fuel_l: Floats
    fuel_percent: Floats
    ignition: NDArray[np.int8]
    valid: Bools
    attributes: NDArray[np.object_]
    """JSON text as bytes; b"" for none."""
    quality: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.vehicle)

    def take(self, chosen: Any) -> Self:
        """The fixes at these indexes, or where this mask is true."""
        return type(self)(*(getattr(self, f.name)[chosen] for f in fields(self)))

    @property
    def has_point(self) -> Bools:
        """Which of them are fixes; the others are status reports without a position."""
        return ~np.isnan(self.lon)


def columns_of(submissions: Sequence[Submission]) -> Columns:
    """All rows of the submissions, in the order in which they were received."""
    rows: list[Row] = [row for submission in submissions for row in submission.rows]
    counts = [len(submission.rows) for submission in submissions]
    fixes = [row.fix for row in rows]
    count = len(rows)
    (
        _device, recorded, lon, lat, altitude, speed, heading, accuracy, odometer,
        ignition, fuel_l, fuel_percent, valid, attributes,
    ) = zip(*map(msgspec.structs.astuple, fixes), strict=True) if fixes else ((),) * 14  # fmt: skip
    objects = np.empty(count, dtype=object)
    objects[:] = attributes
    return Columns(
        submission=np.repeat(np.arange(len(submissions), dtype=np.int64), counts),
        ordinal=_ints([i for some in counts for i in range(some)]),
        organization=np.repeat(_ints([s.organization_id for s in submissions]), counts),
        vehicle=_ints([row.vehicle_id for row in rows]),
        device=_ints([row.device_id for row in rows]),
        recorded_us=_ints(recorded),
        received_us=np.repeat(_ints([s.received_at_us for s in submissions]), counts),
        lon=_floats(lon),
        lat=_floats(lat),
        altitude_m=_floats(altitude),
        speed_mps=_floats(speed),
        heading_deg=_floats(heading),
        accuracy_m=_floats(accuracy),
        odometer_m=_floats(odometer),
        fuel_l=_floats(fuel_l),
        fuel_percent=_floats(fuel_percent),
        ignition=np.array([UNKNOWN if i is None else i for i in ignition], dtype=np.int8),
        valid=np.array(valid, dtype=np.bool_),
        attributes=objects,
        quality=np.zeros(count, dtype=np.int16),
    )


def _ints(values: Sequence[Any]) -> Ints:
    return np.array(values, dtype=np.int64)


def _floats(values: Sequence[Any]) -> Floats:
    # NumPy turns None into NaN by itself.
    return np.array(values, dtype=np.float64)


def group_starts(keys: Ints) -> Ints:
    """Index of the first item of each run of equal items, for a sorted array."""
    if not len(keys):
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1]))).astype(np.int64)
