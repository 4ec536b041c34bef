"""What processes take: memory and processor time, from /proc."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path


def rss_kb(pid: int) -> int:
    """Resident memory of one process in KiB, shared pages included."""
    return _rollup(pid, "Rss:")


def pss_kb(pid: int) -> int:
    """Resident memory in KiB with shared pages divided among those who share them."""
    return _rollup(pid, "Pss:")


def _rollup(pid: int, name: str) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1])
    raise RuntimeError(f"/proc/{pid}/smaps_rollup has no {name}")


def cpu_s(pid: int) -> float:
    """User and system time that the process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class CpuMeter:
    """Processor time that named groups of processes take from one reading to the next."""

    def __init__(self, groups: Mapping[str, Callable[[], list[int]]]) -> None:
        self._groups = groups
        self._before = self._now()

    def lap(self) -> dict[str, float]:
        """Seconds per group since the last call. What ended meanwhile is not counted."""
        before, self._before = self._before, self._now()
        return {
            name: sum(seconds - before[name].get(pid, 0.0) for pid, seconds in now.items())
            for name, now in self._before.items()
        }

    def _now(self) -> dict[str, dict[int, float]]:
        return {name: {pid: cpu_s(pid) for pid in find()} for name, find in self._groups.items()}


def with_children(pid: int) -> list[int]:
    """The process and all below it."""
    parents: dict[int, list[int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stat = Path(f"/proc/{name}/stat").read_text()
            except OSError:
                continue
            parents.setdefault(int(stat.rpartition(")")[2].split()[1]), []).append(int(name))
    found = [pid]
    for known in found:
        found.extend(parents.get(known, ()))
    return found
