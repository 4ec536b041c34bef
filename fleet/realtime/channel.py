"""One organization in one process: its frames in order, for everybody here who watches."""

import asyncio
import time

import structlog
from django.db import DatabaseError
from redis.asyncio import Redis as AsyncRedis
from redis.exceptions import RedisError

from fleet.realtime import framelog, protocol
from fleet.realtime.authorization import Grant
from fleet.realtime.frames import Frame
from fleet.realtime.members import Audience, Member, Owed, merge_frames
from fleet.realtime.recent import RecentFrames, next_run
from fleet.realtime.snapshots import SnapshotCache
from fleet.realtime.source import LiveSource, Snapshot
from fleet.realtime.stats import GAPS, ChannelStats
from fleet.realtime.subscription import EVERYTHING, Subscription
from fleet.realtime.viewers import CHUNK, Viewers
from fleet.realtime.writers import Wire, Writer

log = structlog.get_logger(__name__)

# More frames waiting than this are dropped and read from the log as one gap.
INBOX_FRAMES = 64
RETRY_AFTER_S = 0.5
# A client takes its clock offset from hello, so a shared hello must be young.
SNAPSHOT_REUSE_S = 0.5


class OrganizationChannel:
    """Receives the organization's frames, repairs their order and hands them to the viewers."""

    def __init__(
        self, *, organization_id: int, redis: AsyncRedis, source: LiveSource, heartbeat_s: int
    ) -> None:
        self.organization_id = organization_id
        self.stats = ChannelStats()
        self.viewers = Viewers(self.stats)
        self.last_seq = 0
        self._epoch = ""
        self._redis = redis
        self._heartbeat_s = heartbeat_s
        self._recent = RecentFrames()
        self._snapshots = SnapshotCache(
            redis=redis,
            source=source,
            organization_id=organization_id,
            reuse_s=SNAPSHOT_REUSE_S,
        )
        self._inbox: list[Frame] = []
        self._doubtful = False
        self._wake = asyncio.Event()

    async def start(self, *, epoch: str) -> None:
        """Begin at the newest frame; whatever is older is in every snapshot."""
        self._epoch = epoch
        self.last_seq = await framelog.current_sequence(
            self._redis, organization_id=self.organization_id
        )

    # --- members ------------------------------------------------------------------------------
    async def join(
        self, *, writer: Writer, grant: Grant, now: float, resume: tuple[str, int] | None
    ) -> Member:
        """Say hello to a new member, with a snapshot unless its view can go on."""
        member = Member(writer, grant, self.viewers.audience(EVERYTHING, {}), now, now)
        self.stats.connections += 1
        try:
            await self.say_hello(member, resume=resume)
        except BaseException:
            self.leave(member)
            raise
        return member

    def leave(self, member: Member) -> None:
        """The socket has gone."""
        self.stats.connections -= 1
        member.closing = True
        self.viewers.take_out(member)

    async def say_hello(self, member: Member, *, resume: tuple[str, int] | None) -> None:
        """Send hello and what the view needs to be complete."""
        if resume is not None and resume[0] == self._epoch:
            frames = await self._frames_after(resume[1])
            if frames is not None:
                facts = await self._snapshots.facts()
                hello = self._hello(seq=resume[1], facts=facts, payload=None)
                self.viewers.place(member, member.audience, seq=resume[1])
                if self.viewers.write(member, hello):
                    self.viewers.bring_up(member, frames, newest=self.last_seq)
                else:
                    self.viewers.fall_behind(member, owed=Owed.HELLO)
                return
        await self._send_snapshot(member, Owed.HELLO)

    async def subscribe(self, member: Member, subscription: Subscription) -> None:
        """Show the member this part of the fleet from now on."""
        snapshot = await self._snapshots.get()
        audience = self.viewers.audience(subscription, snapshot.state.groups)
        self._place_with_snapshot(member, audience, snapshot, Owed.SUBSCRIBED)

    async def catch_up(self) -> None:
        """Bring those up who fell behind and can take something again."""
        for count, member in enumerate(tuple(self.viewers.behind), start=1):
            if count % CHUNK == 0:
                await asyncio.sleep(0)
            if member.closing or member.writer.is_behind():
                continue
            if member.owed is not None:
                await self._send_snapshot(member, member.owed)
                continue
            frames = await self._frames_after(member.seq)
            if frames is None:
                await self._send_snapshot(member, Owed.HELLO)
            elif not member.closing:
                self.viewers.bring_up(member, frames, newest=self.last_seq)

    async def refresh_groups(self) -> None:
        """Look who is in the groups now; viewers of a changed set get a new snapshot."""
        watched = [
            audience
            for subscription, audience in self.viewers.audiences.items()
            if subscription.groups is not None
        ]
        if not watched:
            return
        groups = await self._snapshots.groups()
        for audience in watched:
            if audience.filter.update_groups(groups):
                for member in audience.members:
                    self.viewers.fall_behind(member, owed=member.owed or Owed.SUBSCRIBED)

    # --- frames -------------------------------------------------------------------------------
    def receive(self, frame: Frame) -> None:
        """A frame was announced."""
        if len(self._inbox) >= INBOX_FRAMES:
            self._inbox.clear()
            self._doubtful = True
        self._inbox.append(frame)
        self._wake.set()

    def look_again(self) -> None:
        """Announcements may be missing: compare with the log."""
        self._doubtful = True
        self._wake.set()

    async def run(self) -> None:
        """Deliver what arrives, for as long as the channel is open."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                await self._advance()
            except (RedisError, DatabaseError, OSError) as error:
                log.warning(
                    "live_channel_waits", organization=self.organization_id, error=str(error)
                )
                await asyncio.sleep(RETRY_AFTER_S)
                self.look_again()

    async def start_over(self) -> None:
        """The history broke: everybody gets a new snapshot."""
        self._epoch = await framelog.current_epoch(self._redis)
        self._snapshots.invalidate()
        snapshot = await self._snapshots.get()
        self._recent.clear()
        self.last_seq = snapshot.seq
        for member in self.viewers:
            self.viewers.fall_behind(member, owed=Owed.HELLO)

    async def _advance(self) -> None:
        frames, self._inbox = self._inbox, []
        run = next_run(frames, after=self.last_seq)
        if run is None:
            self.stats.gaps += 1
            GAPS.inc()
        if run is None or self._doubtful:
            self._doubtful = False
            run = await framelog.frames_after(
                self._redis, organization_id=self.organization_id, seq=self.last_seq
            )
        if run is None:
            await self.start_over()
        elif run:
            await self._deliver(run)

    async def _deliver(self, run: list[Frame]) -> None:
        for frame in run:
            self._recent.append(frame)
        # Several wait only when this process is busy; the newest row of each is enough then.
        frame = merge_frames(run)
        self.last_seq = frame.seq
        await self.viewers.write_to_all(frame)
        self.stats.delivered(lag_s=time.time() - frame.seq / 1000)

    async def _frames_after(self, seq: int) -> list[Frame] | None:
        """All frames after `seq`, from memory or the log; None when a snapshot is needed."""
        if seq == self.last_seq:
            return []
        frames = self._recent.after(seq) if seq < self.last_seq else None
        if frames is not None:
            return frames
        return await framelog.frames_after(
            self._redis, organization_id=self.organization_id, seq=seq
        )

    # --- snapshots ----------------------------------------------------------------------------
    async def _send_snapshot(self, member: Member, kind: Owed) -> None:
        snapshot = await self._snapshots.get()
        if not member.closing:
            self._place_with_snapshot(member, member.audience, snapshot, kind)

    def _place_with_snapshot(
        self, member: Member, audience: Audience, snapshot: Snapshot, kind: Owed
    ) -> None:
        self.viewers.place(member, audience, seq=snapshot.seq)
        if not self.viewers.write(member, self._snapshot_wire(member.audience, snapshot, kind)):
            self.viewers.fall_behind(member, owed=kind)
        elif snapshot.seq < self.last_seq:
            frames = self._recent.after(snapshot.seq)
            self.viewers.bring_up(member, frames, newest=self.last_seq)

    def _snapshot_wire(self, audience: Audience, snapshot: Snapshot, kind: Owed) -> Wire:
        if kind is Owed.HELLO and audience.subscription.is_everything:
            return self._snapshots.shared(
                snapshot,
                lambda: self._hello(
                    seq=snapshot.seq, facts=snapshot.state.facts, payload=snapshot.payload
                ),
            )
        payload = audience.snapshot_payload(snapshot)
        if kind is Owed.HELLO:
            return self._hello(seq=snapshot.seq, facts=snapshot.state.facts, payload=payload)
        return Wire(protocol.subscribed_message(seq=snapshot.seq, payload=payload))

    def _hello(self, *, seq: int, facts: dict[str, object], payload: bytes | None) -> Wire:
        return Wire(
            protocol.hello_message(
                epoch=self._epoch,
                seq=seq,
                server_time_ms=time.time_ns() // 1_000_000,
                heartbeat_s=self._heartbeat_s,
                facts=facts,
                payload=payload,
            )
        )
