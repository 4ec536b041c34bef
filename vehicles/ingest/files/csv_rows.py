"""CSV files: one fix per row, columns recognised by name or mapped."""

import csv
import io
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from vehicles.ingest.bad_record import judged, rejected
from vehicles.ingest.files.columns import Table, TableOptions
from vehicles.ingest.fix import Fix, MalformedRequest, Rejected
from vehicles.ingest.reasons import Reason

_DELIMITERS = ",;\t|"


def read(stream: BinaryIO, *, options: TableOptions, now_us: int) -> Iterator[Fix | Rejected]:
    """Every row after the header, in order; blank lines are not rows.

    Columns without a meaning become attributes where they are not empty. Raises
    `MalformedRequest` when the file has no header or lacks a needed column.
    """
    # newline="" is what the csv module asks for: it finds the ends of rows itself.
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="replace", newline="")
    try:
        yield from _read_rows(text, options=options, now_us=now_us)
    finally:
        text.detach()  # the stream is the caller's to close


def _read_rows(
    text: io.TextIOWrapper, *, options: TableOptions, now_us: int
) -> Iterator[Fix | Rejected]:
    first = text.readline()
    if not first.strip():
        raise MalformedRequest("The file is empty; it needs a first line with column names.")
    delimiter = max(_DELIMITERS, key=first.count)
    try:
        header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter))]
    except csv.Error as error:
        raise MalformedRequest(f"The first line is not a CSV header: {error}.") from error
    table = Table([name for name in header if name], options)
    rows = csv.reader(text, delimiter=delimiter)
    index = 0
    while True:
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield rejected(
                Reason.FIELD_TOO_LARGE, f"The row cannot be read: {error}.", raw="", index=index
            )
            index += 1
            continue
        if not row:
            continue
        raw = partial(delimiter.join, row)
        if len(row) > len(header) and any(row[len(header) :]):
            # An unquoted delimiter has moved the cells: none is surely under its own name.
            yield rejected(
                Reason.INVALID_VALUE,
                f"The row has {len(row)} cells under {len(header)} column names; "
                "quote text that holds the delimiter.",
                raw=raw,
                index=index,
            )
        else:
            cells = dict(zip(header, row, strict=False))
            yield judged(table.fix, cells, now_us=now_us, index=index, raw=raw)
        index += 1
