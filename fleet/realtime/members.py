"""Who watches an organization in this process, and what each audience gets of a frame."""

from dataclasses import dataclass, field
from enum import Enum

from fleet.realtime import protocol
from fleet.realtime.authorization import Grant
from fleet.realtime.frames import Frame, encode_columns, merge_columns, pick_rows
from fleet.realtime.source import Snapshot
from fleet.realtime.subscription import RowFilter, Subscription
from fleet.realtime.writers import Wire, Writer


class Owed(Enum):
    """A snapshot that a member still has to get, and in which message."""

    HELLO = "hello"
    SUBSCRIBED = "subscribed"


@dataclass(slots=True, eq=False)
class Member:
    """One socket. `seq`: its view is complete up to here. Times are of the loop's clock.

    A member that is `behind` gets no frames until it has caught up; nothing is queued for it but
    the number it got to.
    """

    writer: Writer
    grant: Grant
    audience: "Audience"
    heard_at: float
    pinged_at: float
    seq: int = 0
    behind: bool = False
    owed: Owed | None = None
    closing: bool = False


@dataclass(slots=True, eq=False)
class Audience:
    """The members with one and the same subscription: rows are picked and encoded once."""

    subscription: Subscription
    filter: RowFilter
    members: set[Member] = field(default_factory=set)
    last_backlog: tuple[int, int, Wire | None] | None = None

    def frame_wire(self, frame: Frame) -> Wire | None:
        """The next frame as these members get it; None when no row of it is theirs."""
        if self.subscription.is_everything:
            return Wire(protocol.frame_message(seq=frame.seq, payload=frame.payload))
        return self._picked(frame, self.filter.rows_of_frame(frame.columns))

    def backlog_wire(self, frames: list[Frame]) -> Wire | None:
        """Frames that somebody missed, as one; None when no row of them is theirs.

        Slow readers often miss the same ones, so the last answer is kept.
        """
        known, first, last = self.last_backlog, frames[0].previous, frames[-1].seq
        if known is not None and known[:2] == (first, last):
            return known[2]
        frame = merge_frames(frames)
        if self.subscription.is_everything:
            wire: Wire | None = Wire(protocol.frame_message(seq=frame.seq, payload=frame.payload))
        else:
            wire = self._picked(frame, self.filter.rows_of_backlog(frame.columns))
        self.last_backlog = (first, last, wire)
        return wire

    def snapshot_payload(self, snapshot: Snapshot) -> bytes:
        """JSON text of the columns of the snapshot that these members see."""
        if self.subscription.is_everything:
            return snapshot.payload
        columns = snapshot.state.columns
        return encode_columns(pick_rows(columns, self.filter.rows_of_snapshot(columns)))

    def _picked(self, frame: Frame, rows: list[int]) -> Wire | None:
        if not rows:
            return None
        payload = encode_columns(pick_rows(frame.columns, rows))
        return Wire(protocol.frame_message(seq=frame.seq, payload=payload))


def merge_frames(frames: list[Frame]) -> Frame:
    """One frame with the newest row of every subject; it ends where the last frame ends."""
    if len(frames) == 1:
        return frames[0]
    columns = merge_columns(frame.columns for frame in frames)
    return Frame(
        seq=frames[-1].seq,
        previous=frames[0].previous,
        payload=encode_columns(columns),
        decoded=columns,
    )
