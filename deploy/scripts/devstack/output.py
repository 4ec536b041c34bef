"""Lines on the screen: ours, and those of the children with their name before them."""

import os
import subprocess
import sys
import threading
from typing import IO

COLOURS = (36, 33, 32, 35, 34, 96, 93, 92)
_lock = threading.Lock()


def _is_coloured() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def say(text: str) -> None:
    """Prints a line of our own."""
    with _lock:
        print(text, flush=True)


def label(*, name: str, width: int, number: int) -> str:
    """The text before each line of a child."""
    text = f"{name:<{width}} | "
    return f"\033[{COLOURS[number % len(COLOURS)]}m{text}\033[0m" if _is_coloured() else text


def box(lines: list[str]) -> str:
    """The lines in a frame."""
    width = max(map(len, lines))
    middle = [f"|  {line:<{width}}  |" for line in lines]
    edge = f"+{'-' * (width + 4)}+"
    return "\n".join([edge, *middle, edge])


def forward(
    *, process: subprocess.Popen[bytes], prefix: str, keep: list[str] | None = None
) -> threading.Thread:
    """Prints each line that the process writes with `prefix`, from a thread, until it ends.

    The bare lines are added to `keep` as well.
    """

    def pump(source: IO[bytes]) -> None:
        with source:
            for raw in source:
                line = raw.decode(errors="replace").rstrip("\n")
                if keep is not None:
                    keep.append(line)
                say(prefix + line)

    if process.stdout is None:
        raise ValueError("the process was started without a pipe for its output")
    thread = threading.Thread(target=pump, args=[process.stdout], daemon=True)
    thread.start()
    return thread
