"""Frames for tests: few columns, the shape of the real ones."""

from fleet.realtime.frames import Columns, Frame, encode_columns


def columns_of(*rows: tuple[int, int, float, float]) -> Columns:
    """Columns of (vehicle, t, lon, lat) rows."""
    names = ("vehicle", "t", "lon", "lat")
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


def frame_of(seq: int, previous: int, *rows: tuple[int, int, float, float]) -> Frame:
    """A frame with these rows; one row when none is given."""
    columns = columns_of(*(rows or ((1, seq, 0.0, 0.0),)))
    return Frame(seq=seq, previous=previous, payload=encode_columns(columns))
