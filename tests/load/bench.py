"""`make bench`: measures, prints a table, writes build/bench.json.

usage: python -m tests.load.bench [memory] [ingest] [fsync] [latency] [fanout] [--quick] [--profile]
"""

import argparse
import datetime as dt
import importlib
import os
import pstats
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from importlib.metadata import version

from devstack.errors import DevStackError
from devstack.postgres import DATABASE
from tests.load import figures
from tests.load.figures import Report
from tests.load.stack import BUILD, Stack, private_stack

PARTS = ("memory", "ingest", "fsync", "latency", "fanout")
RESULT = BUILD / "bench.json"
QUICK_RESULT = BUILD / "bench-quick.json"
PACKAGES = ("django", "channels", "channels-redis", "uvicorn", "uvloop", "psycopg", "msgspec",
            "numpy", "redis")  # fmt: skip
HOT_SPOTS = 25


def main(arguments: Sequence[str]) -> int:
    """Runs the parts; returns 1 when one could not be measured. A missed aim is no failure."""
    options = _options(arguments)
    parts = options.parts or PARTS
    # Leaving by an exception stops the servers.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    report = Report(machine=figures.machine(), quick=options.quick or options.profile)
    with private_stack(profile=options.profile) as stack:
        report.machine |= _versions(stack)
        for name in parts:
            _measure(name, stack, report, quick=options.quick)
    report.machine["seconds"] = round(time.monotonic() - began)
    report.machine["parts"] = list(parts)
    result = QUICK_RESULT if options.quick or options.profile else RESULT
    report.write(result)
    _show(report)
    print(f"\nWritten to {result}.")
    if options.profile:
        _show_profiles()
    return 1 if report.failures else 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures, with peers.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--quick", action="store_true", help="little load, to see that it works")
    parser.add_argument(
        "--profile", action="store_true", help="gateway and pipeline under cProfile: hot spots"
    )
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.parts) - set(PARTS))
    if unknown:
        parser.error(f"{', '.join(unknown)}: choose of {', '.join(PARTS)}")
    return options


def _measure(name: str, stack: Stack, report: Report, *, quick: bool) -> None:
    print(f"--- {name}", flush=True)
    began = time.monotonic()
    run: Callable[..., None] = importlib.import_module(f"tests.load.{name}").run
    try:
        run(stack, report, quick=quick)
    except Exception as error:  # noqa: BLE001  the other parts are worth having all the same
        traceback.print_exc()
        report.failures[name] = f"{type(error).__name__}: {error}"
        print(f"  FAILED: {report.failures[name]}", flush=True)
    print(f"  ({time.monotonic() - began:.0f} s)", flush=True)


def _versions(stack: Stack) -> dict[str, object]:
    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "versions": {
            "python": sys.version.split()[0],
            "postgresql": stack.postgres.query("SHOW server_version"),
            "postgis": stack.postgres.query("SELECT postgis_lib_version()", database=DATABASE),
            **{name: version(name) for name in PACKAGES},
        },
        "postgresql_settings": dict(stack.postgres.settings),
    }


def _show(report: Report) -> None:
    facts = report.machine
    print(
        f"\n{facts['date']}  {facts['processor']}, {facts['processors']} processors, "
        f"{facts['memory_gb']} GB; load by others at the start {facts['load_before']}; "
        f"took {facts['seconds']} s\n\n{report.table()}"
    )
    if facts["load_before"] > 1:
        print("\nOther work was running on this machine: compare the ratios, not the values.")


def _show_profiles() -> None:
    for path in sorted(BUILD.glob("profile-*.prof")):
        print(f"\n=== {path.name}: most time of their own")
        pstats.Stats(str(path)).strip_dirs().sort_stats("tottime").print_stats(HOT_SPOTS)


if __name__ == "__main__":
    os.chdir(BUILD.parent)
    try:
        sys.exit(main(sys.argv[1:]))
    except DevStackError as error:
        sys.exit(str(error))
