"""Ends the children of a supervisor that was killed outright.

The kernel tells the supervisor's own children (processes.start), but not what they started, and a
child may hang. So one small process waits for the supervisor's end, and then makes sure.
"""

import os
import signal
import subprocess
import sys

from devstack import processes

POLITE_S = 12.0
# Handed over in the environment of the guard alone; it must not carry the children's own mark.
GUARDED = "FLEET_DEV_GUARDS"
PROGRAM = "import devstack.guard; devstack.guard.wait_and_end()"


def start(mark: str) -> subprocess.Popen[bytes]:
    """Starts the guard of all processes with `mark`. It ends when its standard input closes."""
    environment = {k: v for k, v in os.environ.items() if k != processes.MARKER}
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM],
        env=environment | {GUARDED: mark, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        stdin=subprocess.PIPE,
        start_new_session=True,
    )


def end_marked(mark: str) -> None:
    """Ends every process with `mark`, politely first."""
    processes.end(
        lambda: processes.marked(mark),
        signals=[(signal.SIGTERM, POLITE_S), (signal.SIGKILL, 5)],
    )


def wait_and_end() -> None:
    """What the guard process does: nothing, until the pipe to the supervisor breaks."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.buffer.read()
    end_marked(os.environ[GUARDED])
