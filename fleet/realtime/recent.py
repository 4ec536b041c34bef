"""The newest frames of one organization in memory. Pure."""

from collections import deque

from fleet.realtime.frames import Frame


class RecentFrames:
    """An unbroken run of frames, bounded by number and size; older ones are in Redis' log."""

    def __init__(self, *, most_frames: int = 240, most_bytes: int = 4_000_000) -> None:
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._most_frames = most_frames
        self._most_bytes = most_bytes

    def append(self, frame: Frame) -> None:
        """Add the next frame; the oldest make room."""
        self._frames.append(frame)
        self._bytes += len(frame.payload)
        while len(self._frames) > self._most_frames or self._bytes > self._most_bytes:
            self._bytes -= len(self._frames.popleft().payload)

    def clear(self) -> None:
        """Forget everything, after a break."""
        self._frames.clear()
        self._bytes = 0

    def after(self, seq: int) -> list[Frame] | None:
        """All frames after `seq`, oldest first; None when they do not reach back to it."""
        found: list[Frame] = []
        for frame in reversed(self._frames):
            if frame.seq == seq:
                break
            found.append(frame)
            if frame.previous == seq:
                break
        else:
            return None
        found.reverse()
        return found


def next_run(frames: list[Frame], *, after: int) -> list[Frame] | None:
    """The frames in order as far as they are new; None when one between them is missing."""
    run: list[Frame] = []
    expected = after
    for frame in sorted(frames, key=lambda frame: frame.seq):
        if frame.seq <= expected:
            continue  # announced twice, or overtaken by a reading of the log
        if frame.previous != expected:
            return None
        run.append(frame)
        expected = frame.seq
    return run
