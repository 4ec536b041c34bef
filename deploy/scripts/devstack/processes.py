"""Starting, finding and ending processes, so that none is ever left behind."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

# Every process that `make run` starts carries this, and so do the processes that they start.
MARKER = "FLEET_DEV_CHILD_OF"
PROC = Path("/proc")


def start(
    command: Sequence[str],
    *,
    on_parent_death: signal.Signals,
    cwd: Path,
    env: Mapping[str, str],
    output: IO[bytes] | int | None,
    user: str | None = None,
) -> subprocess.Popen[bytes]:
    """Starts `command` in a session of its own; it gets `on_parent_death` if we are killed.

    `setpriv` asks the kernel for that signal after it has changed the user, which clears it.
    The kernel watches the thread that starts the process: call this from the main thread.
    """
    wrapper = ["setpriv", f"--pdeathsig={on_parent_death.name.removeprefix('SIG')}"]
    if user:
        wrapper += [f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    return subprocess.Popen(
        [*wrapper, "--", *command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        start_new_session=True,
    )


def follow_parent() -> None:
    """Has `make` take us along when it is killed outright: we then stop as after SIGTERM."""
    parent = os.getppid()
    try:
        name = (PROC / str(parent) / "comm").read_text().strip()
    except OSError:
        return
    if name not in {"make", "gmake"}:
        return
    import ctypes

    pr_set_pdeathsig = 1
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, int(signal.SIGTERM))
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)


def command_line(pid: int) -> str:
    """The command of a process as a person would type it; "" when it has gone."""
    try:
        raw = (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return ""
    return raw.replace(b"\0", b" ").decode(errors="replace").strip()


def is_alive(pid: int) -> bool:
    """Whether the process runs; a zombie that waits to be collected does not."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def _pids() -> Iterable[int]:
    me = os.getpid()
    return [pid for name in os.listdir(PROC) if name.isdigit() and (pid := int(name)) != me]


def working_in(folder: Path, *, names: Iterable[str]) -> list[int]:
    """Processes called one of `names` whose working folder is `folder`, lowest pid first.

    PostgreSQL and Redis both work in their data folder; this finds them with no pid file, and
    never mistakes another program that happens to have an old pid.
    """
    wanted = tuple(names)
    found = []
    for pid in _pids():
        try:
            if os.readlink(PROC / str(pid) / "cwd") != str(folder):
                continue
            name = (PROC / str(pid) / "comm").read_text().strip()
        except OSError:
            continue
        if name in wanted:
            found.append(pid)
    return sorted(found)


def marked(mark: str) -> list[int]:
    """Processes that carry `mark`, or `mark` with a part after `#`, however deep below us."""
    needles = [f"{MARKER}={mark}{end}".encode() for end in ("\0", "#")]
    found = []
    for pid in _pids():
        try:
            environment = (PROC / str(pid) / "environ").read_bytes() + b"\0"
        except OSError:
            continue
        if any(needle in environment for needle in needles):
            found.append(pid)
    return sorted(pid for pid in found if is_alive(pid))


def send(pid: int, signal_number: signal.Signals) -> None:
    """Signals one process; one that has gone meanwhile is what we want."""
    try:
        os.kill(pid, signal_number)
    except ProcessLookupError:
        return


def wait_until(condition: Callable[[], bool], *, seconds: float, pause_s: float = 0.05) -> bool:
    """Waits until `condition()` holds, at most `seconds`; returns whether it does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_s)
    return True


def roots(pids: Sequence[int]) -> list[int]:
    """Those of `pids` whose parent is not among them."""
    return [pid for pid in pids if _parent(pid) not in pids]


def _parent(pid: int) -> int:
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return 0
    return int(stat.rpartition(")")[2].split()[1])


def end(find: Callable[[], list[int]], *, signals: Sequence[tuple[signal.Signals, float]]) -> None:
    """Ends what `find` returns: each signal in turn, until nothing is left or its seconds are over.

    A signal goes once to each outermost process, for those end their own; what they leave behind
    is outermost then, and gets it as well. SIGKILL goes to all of them.
    """
    for signal_number, seconds in signals:
        told: set[int] = set()

        def tell_and_look(number: signal.Signals = signal_number, told: set[int] = told) -> bool:
            pids = find()
            for pid in pids if number == signal.SIGKILL else roots(pids):
                if pid not in told:
                    told.add(pid)
                    send(pid, number)
            return not pids

        if wait_until(tell_and_look, seconds=seconds):
            return


def kill(pids: Sequence[int]) -> None:
    """Kills these processes, not those that a supervisor may start in their place meanwhile."""
    for pid in pids:
        send(pid, signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=10)
