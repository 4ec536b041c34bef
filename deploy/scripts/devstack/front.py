"""A command in the foreground: it has the terminal, we see to its end."""

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import FrameType

from devstack import guard, processes


def run_in_front(command: Sequence[str], *, env: Mapping[str, str], cwd: Path, mark: str) -> int:
    """Runs `command` with our terminal and returns its exit code (128 + signal number).

    Signals that we get are passed on; what the command leaves running is ended.
    """
    old = {}
    process: subprocess.Popen[bytes] | None = None

    def pass_on(number: int, _frame: FrameType | None) -> None:
        # The terminal sends Ctrl-C to the command itself as well.
        if process and not (number == signal.SIGINT and sys.stdin and sys.stdin.isatty()):
            processes.send(process.pid, signal.Signals(number))

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        old[number] = signal.signal(number, pass_on)
    processes.follow_parent()
    try:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig=TERM", "--", *command],
            cwd=cwd,
            env={**env, processes.MARKER: mark},
        )
        code = process.wait()
        return code if code >= 0 else 128 - code
    finally:
        guard.end_marked(mark)
        for number, handler in old.items():
            signal.signal(number, handler)
