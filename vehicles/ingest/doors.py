"""The ingest doors: which format speaks at which path, and what its clients expect to hear.

A 2xx makes a client delete its record, and a bad record stays bad however often it is sent: it is
safe in quarantine, so it is answered 200. A device that is not registered is answered with an
error, for somebody will register it and the client's records should come then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from vehicles.ingest import replies
from vehicles.ingest.fix import Parsed, Rejected
from vehicles.ingest.formats import batch, osmand, owntracks, traccar
from vehicles.ingest.reasons import Reason
from vehicles.ingest.replies import Reply

PREFIX = "/ingest/"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request's records."""

    accepted: int
    rejected: Sequence[Rejected]
    parsed: Parsed

    @property
    def is_refused(self) -> bool:
        """Whether it brought nothing but fixes of devices that are not registered."""
        return (
            not self.accepted
            and bool(self.rejected)
            and all(record.reason == Reason.UNKNOWN_DEVICE for record in self.rejected)
        )


@dataclass(frozen=True, slots=True)
class Door:
    """One path below `PREFIX`."""

    format: str
    parse: Callable[..., Parsed]
    answer: Callable[[Outcome], Reply]
    methods: frozenset[str] = frozenset({"POST"})
    content_types: tuple[str, ...] = ()
    """Accepted types; empty for all, since many trackers name a wrong one."""


def _answer_osmand(outcome: Outcome) -> Reply:
    if outcome.is_refused:
        # The query form knows 400 for an unknown device, the JSON form 404.
        is_query = outcome.parsed.assumed_speed_unit is not None
        return replies.unknown_device(400 if is_query else 404, outcome.rejected[0])
    return replies.EMPTY


def _answer_owntracks(outcome: Outcome) -> Reply:
    # Anything but 2xx keeps the message queued in the app and blocks all later ones.
    return replies.EMPTY_LIST


def _answer_traccar(outcome: Outcome) -> Reply:
    if outcome.is_refused:
        return replies.unknown_device(404, outcome.rejected[0])
    return replies.EMPTY


def _answer_positions(outcome: Outcome) -> Reply:
    return replies.counts(outcome.accepted, outcome.rejected)


DOORS = {
    door.format: door
    for door in (
        Door("osmand", osmand.parse, _answer_osmand, frozenset({"GET", "POST"})),
        Door("owntracks", owntracks.parse, _answer_owntracks),
        Door("traccar", traccar.parse, _answer_traccar),
        Door(
            "positions",
            batch.parse,
            _answer_positions,
            content_types=(
                "application/json",
                "application/x-ndjson",
                "application/ndjson",
                "application/jsonl",
                "application/octet-stream",
                "text/plain",
                # What `curl -d` says of JSON unless it is told otherwise.
                "application/x-www-form-urlencoded",
            ),
        ),
    )
}
