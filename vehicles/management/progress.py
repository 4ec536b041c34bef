"""Progress of long commands on stderr: one line that is rewritten on a terminal, else a line now
and then, so that a log stays readable."""

import time
from typing import Any

TERMINAL_EVERY_S = 0.25
LOG_EVERY_S = 10.0


class Progress:
    """Says how far a piece of work is, how fast it goes and how long it still takes."""

    def __init__(self, out: Any, *, what: str) -> None:
        """`out` is a stream such as `self.stderr` of a command; `what` is counted, such as
        "positions"."""
        self._out = out
        self._what = what
        self._is_terminal = bool(out.isatty())
        self._begin = time.monotonic()
        self._shown = self._begin if not self._is_terminal else 0.0
        self._is_open = False

    def show(self, done: int, part: float | None = None) -> None:
        """`done` pieces so far; `part` of the whole work (0 to 1) when that is known."""
        now = time.monotonic()
        if now - self._shown < (TERMINAL_EVERY_S if self._is_terminal else LOG_EVERY_S):
            return
        self._shown = now
        passed = max(now - self._begin, 1e-6)
        text = f"{done:,} {self._what}, {done / passed:,.0f}/s"
        if part:
            text += f", {part:.0%}"
            if passed > 2 and part < 1:
                text += f", about {_duration(passed * (1 - part) / part)} left"
        self._write(text)

    def say(self, sentence: str) -> None:
        """A sentence on a line of its own."""
        self.close()
        self._out.write(f"{sentence}\n", ending="")
        self._out.flush()

    def close(self) -> None:
        """End the line that is being rewritten."""
        if self._is_open:
            self._out.write("\n", ending="")
            self._is_open = False

    def _write(self, text: str) -> None:
        if self._is_terminal:
            self._out.write(f"\r\x1b[K{text}", ending="")
            self._is_open = True
        else:
            self._out.write(f"{text}\n", ending="")
        self._out.flush()


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
