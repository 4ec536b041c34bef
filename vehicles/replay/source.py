"""A recorded file: which reader it needs, and how far it is read."""

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from vehicles.ingest.files import csv_rows, gpx, ndjson
from vehicles.ingest.files.columns import TableOptions
from vehicles.ingest.fix import Fix, MalformedRequest, Rejected

KINDS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".gpx": "gpx",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
}
GZIP_MAGIC = b"\x1f\x8b"


def kind_of(path: Path) -> str | None:
    """csv, gpx or ndjson by the file's name, with or without .gz; None when it does not tell."""
    suffixes = [s.lower() for s in path.suffixes if s.lower() != ".gz"]
    return KINDS.get(suffixes[-1]) if suffixes else None


@dataclass(slots=True)
class Source:
    """One file to replay. `records` may be read once."""

    path: Path
    kind: str
    options: TableOptions
    now_us: int
    _raw: BinaryIO | None = None
    _size: int = 0

    def records(self) -> Iterator[Fix | Rejected]:
        """Every record in the order of the file.

        Raises:
            MalformedRequest: the file is not what its name says, lacks a needed column, or
                breaks off.
            OSError: it cannot be read.
        """
        self._size = self.path.stat().st_size
        with self.path.open("rb") as raw:
            self._raw = raw
            zipped = raw.read(2) == GZIP_MAGIC
            raw.seek(0)
            if not zipped:
                yield from self._read(raw)
                return
            with gzip.GzipFile(fileobj=raw) as stream:
                try:
                    yield from self._read(cast(BinaryIO, stream))
                except (EOFError, gzip.BadGzipFile) as error:
                    raise MalformedRequest(
                        f"The compressed file is damaged or was cut short: {error}."
                    ) from error

    def part_read(self) -> float:
        """How much of the file is read, from 0 to 1."""
        if self._raw is None or self._raw.closed or not self._size:
            return 1.0 if self._raw else 0.0
        return min(1.0, self._raw.tell() / self._size)

    def _read(self, stream: BinaryIO) -> Iterator[Fix | Rejected]:
        if self.kind == "gpx":
            return gpx.read(
                stream,
                now_us=self.now_us,
                vehicle=self.options.vehicle,
                zone=self.options.zone,
            )
        reader = csv_rows.read if self.kind == "csv" else ndjson.read
        return reader(stream, options=self.options, now_us=self.now_us)
