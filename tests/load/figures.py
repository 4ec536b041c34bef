"""The figures of a run: collected, printed as a table and written as JSON."""

import json
import math
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value, with what it is compared to.

    `ratio` is value / peer. `aim` says in words what was wanted and `met` whether it was reached;
    None where nothing was aimed at.
    """

    part: str
    name: str
    value: float
    unit: str
    peer_name: str = ""
    peer: float | None = None
    ratio: float | None = None
    aim: str = ""
    met: bool | None = None
    note: str = ""


def compared(
    *, part: str, name: str, values: Sequence[float], unit: str, peer_name: str,
    peers: Sequence[float], at_least: float | None = None, note: str = "",
) -> Figure:  # fmt: skip
    """The median of some rounds beside the median of the peer's, with a ratio to be reached."""
    value, peer = statistics.median(values), statistics.median(peers)
    ratio = value / peer if peer else 0.0
    return Figure(
        part=part, name=name, value=value, unit=unit, peer_name=peer_name, peer=peer, ratio=ratio,
        aim="" if at_least is None else f">= {at_least:g} x peer",
        met=None if at_least is None else ratio >= at_least,
        note=note,
    )  # fmt: skip


def percentile(values: Sequence[float], percent: float) -> float:
    """The value that `percent` of the values do not exceed (nearest rank). Not for no values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


@dataclass
class Report:
    """All figures of a run, and what went wrong with any part."""

    machine: dict[str, Any]
    quick: bool = False
    """Little load: whether an aim is met says nothing then."""
    figures: list[Figure] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, *figures: Figure) -> None:
        """Takes figures in and shows each at once."""
        for figure in figures:
            if self.quick:
                figure = replace(figure, aim="", met=None)
            self.figures.append(figure)
            print("  " + "  ".join(cell for cell in _cells(figure) if cell), flush=True)

    def table(self) -> str:
        """All figures, in aligned columns."""
        rows = [("figure", "value", "peer", "ratio", "aim", ""), *map(_cells, self.figures)]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        lines.insert(1, "-" * max(map(len, lines)))
        notes = [f"{figure.name}: {figure.note}" for figure in self.figures if figure.note]
        failures = [f"{part} FAILED: {why}" for part, why in self.failures.items()]
        return "\n".join([*lines, "", *notes, *failures])

    def write(self, path: Path) -> None:
        """Writes the run as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {
            **self.machine,
            "figures": [asdict(figure) for figure in self.figures],
            "failures": self.failures,
        }
        path.write_text(json.dumps(document, indent=1) + "\n")


def _cells(figure: Figure) -> tuple[str, ...]:
    return (
        figure.name,
        f"{_number(figure.value)} {figure.unit}".strip(),
        "" if figure.peer is None else f"{_number(figure.peer)} {figure.peer_name}",
        "" if figure.ratio is None else f"{figure.ratio:.3g} x",
        figure.aim,
        {True: "met", False: "NOT MET", None: ""}[figure.met],
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def machine() -> dict[str, Any]:
    """What the run is on: processor, memory, load by others at the start."""
    processor = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory_kb = int(Path("/proc/meminfo").read_text().split()[1])
    return {
        "processor": processor,
        "processors": os.cpu_count(),
        "memory_gb": round(memory_kb / 1e6, 1),
        "system": platform.platform(),
        "load_before": round(os.getloadavg()[0], 2),
    }
