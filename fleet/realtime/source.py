"""What an app gives to the hub: the present state of one organization."""

from dataclasses import dataclass, field
from typing import Any, Protocol

from fleet.realtime.frames import Columns
from fleet.realtime.subscription import Groups


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Everything a new viewer of the organization sees.

    `columns`: one row per subject; `groups`: the subjects of each group; `facts`: keys that the
    app adds to the hello message.
    """

    columns: Columns
    groups: Groups = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A state, complete up to the frame `seq`."""

    seq: int
    state: State
    payload: bytes


class LiveSource(Protocol):
    """Reads the database. Called in a thread, never in the event loop.

    `state_of` is asked for after the sequence number was read, so that it holds every row that a
    frame up to that number announced.
    """

    def state_of(self, *, organization_id: int) -> State:
        """The organization's rows, groups and facts."""

    def groups_of(self, *, organization_id: int) -> Groups:
        """Which subjects each group has now."""
