"""NDJSON files: one JSON object per line, in our own batch format or with any column names."""

from collections.abc import Iterator
from typing import Any, BinaryIO

from vehicles.ingest.bad_record import judged, rejected
from vehicles.ingest.files.columns import Table, TableOptions
from vehicles.ingest.fix import Fix, MalformedRequest, Rejected
from vehicles.ingest.formats import batch
from vehicles.ingest.reasons import Reason
from vehicles.ingest.values import decode_json

MAX_LINE_BYTES = 1024 * 1024


def read(stream: BinaryIO, *, options: TableOptions, now_us: int) -> Iterator[Fix | Rejected]:
    """Every line that is not blank, in order.

    A line with `device` and `recorded_at` is read as our batch format; otherwise its keys are
    columns, found as in CSV. Raises `MalformedRequest` when the first line lacks a needed one.
    """
    tables: dict[tuple[str, ...], Table] = {}
    index = 0
    # A bound on the line keeps a file without line ends from filling the memory.
    while line := stream.readline(MAX_LINE_BYTES):
        if line.isspace():
            continue
        yield _read_line(line, tables, options=options, now_us=now_us, index=index)
        index += 1


def _read_line(
    line: bytes,
    tables: dict[tuple[str, ...], Table],
    *,
    options: TableOptions,
    now_us: int,
    index: int,
) -> Fix | Rejected:
    try:
        value = decode_json(line.strip())
    except MalformedRequest as error:
        return rejected(Reason.MALFORMED_JSON, error.detail, raw=line, index=index)
    if not isinstance(value, dict):
        return rejected(
            Reason.INVALID_VALUE, "Each line must be a JSON object.", raw=line, index=index
        )
    if not options.columns and "device" in value and "recorded_at" in value:
        return batch.read_record(line.strip(), now_us=now_us, index=index)
    try:
        table = _table(value, tables, options)
    except MalformedRequest as error:
        if index == 0:
            raise
        return rejected(Reason.MISSING_FIELD, error.detail, raw=line, index=index)
    return judged(table.fix, value, now_us=now_us, index=index, raw=line)


def _table(
    value: dict[str, Any], tables: dict[tuple[str, ...], Table], options: TableOptions
) -> Table:
    keys = tuple(value)
    table = tables.get(keys)
    if table is None:
        table = Table(keys, options)
        if len(tables) < 1_000:  # objects may differ without end
            tables[keys] = table
    return table
