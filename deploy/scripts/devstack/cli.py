"""One function per target."""

from collections.abc import Callable, Sequence

from devstack import check, commands, run
from devstack.errors import DevStackError

TARGETS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": lambda _arguments: run.run(),
    "test": commands.test,
    "check": check.check,
    "bench": commands.bench,
    "screenshots": commands.screenshots,
    "manage": commands.manage,
    "clean-state": commands.clean_state,
}


def main(arguments: Sequence[str]) -> int:
    """Runs the target named first with the rest as its arguments; returns the exit code."""
    if not arguments or arguments[0] not in TARGETS:
        return commands.fail(f"usage: dev.py {'|'.join(TARGETS)} [arguments]")
    try:
        return TARGETS[arguments[0]](arguments[1:])
    except DevStackError as error:
        return commands.fail(str(error))
