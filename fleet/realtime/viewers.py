"""The members of one organization's channel by what they want to see, and writing to them."""

import asyncio
from collections.abc import Iterator

from fleet.realtime.frames import Frame
from fleet.realtime.members import Audience, Member, Owed
from fleet.realtime.stats import ChannelStats
from fleet.realtime.subscription import Groups, RowFilter, Subscription
from fleet.realtime.writers import Wire

# Sockets written to before the event loop may do something else.
CHUNK = 250


class Viewers:
    """Keeps the invariant: a member whose `seq` is older than the newest frame is `behind`.

    (Except within `write_to_all`, for those that it has not come to yet.)
    """

    def __init__(self, stats: ChannelStats) -> None:
        self.behind: set[Member] = set()
        self.audiences: dict[Subscription, Audience] = {}
        self._stats = stats

    def __iter__(self) -> Iterator[Member]:
        for audience in tuple(self.audiences.values()):
            yield from tuple(audience.members)

    def audience(self, subscription: Subscription, groups: Groups) -> Audience:
        """The audience of this subscription, new when it is the first."""
        audience = self.audiences.get(subscription)
        if audience is None:
            audience = Audience(subscription, RowFilter(subscription, groups))
            self.audiences[subscription] = audience
        return audience

    def place(self, member: Member, audience: Audience, *, seq: int) -> None:
        """Put the member into the audience with a view that is complete up to `seq`."""
        self.take_out(member)
        # An audience that lost its last member was forgotten; this brings it back.
        audience = self.audiences.setdefault(audience.subscription, audience)
        audience.members.add(member)
        member.audience = audience
        member.seq = seq
        member.behind = False
        member.owed = None

    def take_out(self, member: Member) -> None:
        """Remove the member from its audience and from those that are behind."""
        self.behind.discard(member)
        audience = member.audience
        audience.members.discard(member)
        if not audience.members and self.audiences.get(audience.subscription) is audience:
            del self.audiences[audience.subscription]

    def fall_behind(self, member: Member, *, owed: Owed | None = None) -> None:
        """Send the member nothing more until it has caught up."""
        member.behind = True
        member.owed = owed
        self.behind.add(member)

    def write(self, member: Member, wire: Wire) -> bool:
        """Write one message to one member, unless it is behind; says whether it was written."""
        written = member.writer.write(wire)
        self._stats.wrote(messages=int(written), size=len(wire.text))
        return written

    def bring_up(self, member: Member, frames: list[Frame] | None, *, newest: int) -> None:
        """Write missed frames as one. None: they are not at hand, so the member stays behind."""
        if frames is None:
            self.fall_behind(member)
            return
        if frames:
            wire = member.audience.backlog_wire(frames)
            if wire is not None and not self.write(member, wire):
                self.fall_behind(member)
                return
            member.seq = frames[-1].seq
        if member.seq < newest:
            self.fall_behind(member)
        else:
            member.behind = False
            self.behind.discard(member)

    async def write_to_all(self, frame: Frame) -> None:
        """Write the next frame to everybody who is not behind."""
        for audience in tuple(self.audiences.values()):
            await self._write_to(audience, frame)

    async def _write_to(self, audience: Audience, frame: Frame) -> None:
        # Also made when all of them are behind: the filter must see every frame.
        wire = audience.frame_wire(frame)
        seq = frame.seq
        written = skipped = 0
        for count, member in enumerate(tuple(audience.members), start=1):
            if count % CHUNK == 0:
                await asyncio.sleep(0)
            if member.behind:
                skipped += 1
            elif member.seq >= seq or member.audience is not audience:
                continue  # joined or moved while others were written to
            elif wire is None:
                member.seq = seq
            elif member.writer.write(wire):
                member.seq = seq
                written += 1
            else:
                self.fall_behind(member)
                skipped += 1
        self._stats.skipped(skipped)
        if wire is not None:
            self._stats.wrote(messages=written, size=len(wire.text))
