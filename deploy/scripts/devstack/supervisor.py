"""Keeps a set of child processes running until it is told to stop, then ends all of them."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from devstack import guard, output, processes
from devstack.errors import DevStackError

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
# A child that has run this long is well again: its next stop starts with the first pause.
STEADY_S = 30.0
STOP_S = 12.0
GIVE_UP_AFTER = 4
LABEL_WIDTH = 9


@dataclass
class Child:
    """One process to keep running. `vital`: without it the whole makes no sense, so when it cannot
    even start (GIVE_UP_AFTER quick ends in a row) the supervisor gives up instead of going on."""

    name: str
    command: Sequence[str]
    vital: bool = False
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    next_start_at: float = 0.0
    quick_ends: int = 0


@dataclass
class Supervisor:
    """`with Supervisor(...) as s: s.add(...); s.run_until(...); s.run()`, in the main thread.

    SIGINT, SIGTERM and SIGHUP end it. Leaving the block ends every child and whatever they
    started; after a kill -9 the kernel sends them SIGTERM and the guard makes sure.
    """

    mark: str
    cwd: Path
    environment: Mapping[str, str]
    children: list[Child] = field(default_factory=list)
    watch: Callable[[], None] = lambda: None
    stopping: bool = False
    _handlers: dict[signal.Signals, object] = field(default_factory=dict)
    _guard: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            self._handlers[number] = signal.signal(number, self._on_signal)
        processes.follow_parent()
        self.end_leftovers()
        self._guard = guard.start(self._own_mark)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        if self._guard:
            self._guard.communicate()
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if not self.stopping:
            output.say(f"\nStopping ({signal.Signals(number).name}) ...")
        self.stopping = True

    def end_leftovers(self) -> None:
        """Ends children of an earlier supervisor with the same mark that are still there."""
        left = processes.marked(self.mark)
        if left:
            output.say(f"Found {len(left)} processes of an earlier run; stopping them first.")
            guard.end_marked(self.mark)

    @property
    def _own_mark(self) -> str:
        # The guard of a supervisor that was killed a second ago must not end our children.
        return f"{self.mark}#{os.getpid()}"

    def add(self, child: Child) -> None:
        """Starts a child and keeps it running from now on."""
        self.children.append(child)
        self._start(child)

    def run_once(self, name: str, command: Sequence[str]) -> str:
        """Runs a command to its end and returns its standard output, which is shown as well.

        Raises DevStackError when it fails; returns early when told to stop.
        """
        process = processes.start(
            command,
            on_parent_death=signal.SIGTERM,
            cwd=self.cwd,
            env={**self.environment, processes.MARKER: self._own_mark},
            output=subprocess.PIPE,
        )
        lines: list[str] = []
        prefix = output.label(name=name, width=LABEL_WIDTH, number=0)
        reader = output.forward(process=process, prefix=prefix, keep=lines)
        while process.poll() is None and not self.stopping:
            self.tend()
            time.sleep(0.05)
        if self.stopping:
            return ""
        reader.join(timeout=5)
        if process.returncode:
            raise DevStackError(
                f"`{' '.join(command[-2:])}` failed with exit code {process.returncode}. "
                "Its last lines above say why."
            )
        return "\n".join(lines)

    def run_until(self, condition: Callable[[], bool], *, pause_s: float = 0.2) -> bool:
        """Looks after the children until `condition()` or a signal; returns the condition."""
        while not self.stopping:
            self.tend()
            if condition():
                return True
            time.sleep(pause_s)
        return False

    def tend(self) -> None:
        """Starts children again whose pause is over; raises DevStackError to give up."""
        self.watch()
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.next_start_at:
                    self._start(child)
            elif (code := child.process.poll()) is not None:
                self._plan_restart(child, code=code, now=now)

    def stop(self) -> None:
        """Ends all children and everything that they started, politely first."""
        self.stopping = True
        for child in self.children:
            if child.process and child.process.poll() is None:
                processes.send(child.process.pid, signal.SIGTERM)
        processes.wait_until(
            lambda: all(c.process is None or c.process.poll() is not None for c in self.children),
            seconds=STOP_S,
        )
        guard.end_marked(self._own_mark)
        for child in self.children:
            if child.process:
                child.process.wait()

    def _start(self, child: Child) -> None:
        child.process = processes.start(
            child.command,
            on_parent_death=signal.SIGTERM,
            cwd=self.cwd,
            env={**self.environment, processes.MARKER: self._own_mark},
            output=subprocess.PIPE,
        )
        child.started_at = time.monotonic()
        number = self.children.index(child) + 1
        prefix = output.label(name=child.name, width=LABEL_WIDTH, number=number)
        output.forward(process=child.process, prefix=prefix)

    def _plan_restart(self, child: Child, *, code: int, now: float) -> None:
        child.process = None
        lived_s = now - child.started_at
        child.quick_ends = 0 if lived_s > STEADY_S else child.quick_ends + 1
        how = f"with exit code {code}" if code >= 0 else f"by {signal.Signals(-code).name}"
        if child.vital and child.quick_ends >= GIVE_UP_AFTER:
            raise DevStackError(
                f"{child.name} ended {how} {child.quick_ends} times right after its start. "
                "Its last lines above say why."
            )
        pause = min(FIRST_PAUSE_S * 2 ** max(child.quick_ends - 1, 0), LONGEST_PAUSE_S)
        child.next_start_at = now + pause
        output.say(
            f"{child.name} ended {how} after {lived_s:.0f} s; starting it again in {pause:.1f} s."
        )
