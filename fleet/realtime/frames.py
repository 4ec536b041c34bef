"""Frames: columns of the newest rows, one row per subject. Pure functions, no Redis, no clock.

Columns are parallel lists; the first column (`KEY`) names the subject and `t` (epoch milliseconds)
orders the rows of one subject. A row replaces an older one whole: the latest wins.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import msgspec

Columns = dict[str, list[Any]]

KEY = "vehicle"
TIME = "t"

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Columns)


@dataclass(slots=True, eq=False)
class Frame:
    """One published frame. `previous` is the sequence number of the frame before it (0: none).

    `payload` is the JSON text of the columns; it is decoded only when a subscription or a slow
    reader needs the rows.
    """

    seq: int
    previous: int
    payload: bytes
    decoded: Columns | None = None

    @property
    def columns(self) -> Columns:
        """The rows, decoded on first use."""
        if self.decoded is None:
            self.decoded = decode_columns(self.payload)
        return self.decoded


def encode_columns(columns: Columns) -> bytes:
    """JSON text of the columns. Raises ValueError when the lists differ in length."""
    if len({len(values) for values in columns.values()}) > 1:
        lengths = {name: len(values) for name, values in columns.items()}
        raise ValueError(f"The columns of a frame must have one length, these have {lengths}.")
    return _encoder.encode(columns)


def decode_columns(payload: bytes) -> Columns:
    """The columns of a payload made by `encode_columns`."""
    return _decoder.decode(payload)


def merge_columns(parts: Iterable[Columns]) -> Columns:
    """One set of columns with the newest row of every subject.

    Of two rows with the same time the later part wins. Rows keep the order of first appearance.
    """
    newest: dict[Any, tuple[Any, ...]] = {}
    names: list[str] = []
    key_at = time_at = 0
    for columns in parts:
        if not names:
            names = list(columns)
            key_at, time_at = names.index(KEY), names.index(TIME)
        for row in zip(*(columns[name] for name in names), strict=True):
            known = newest.get(row[key_at])
            if known is None or row[time_at] >= known[time_at]:
                newest[row[key_at]] = row
    if not newest:
        return {name: [] for name in names}
    return {
        name: list(values)
        for name, values in zip(names, zip(*newest.values(), strict=True), strict=True)
    }


def pick_rows(columns: Columns, indexes: list[int]) -> Columns:
    """The rows at these indexes, in this order."""
    return {name: [values[i] for i in indexes] for name, values in columns.items()}
