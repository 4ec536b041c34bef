"""What one viewer wants to see, and which rows of a frame that is. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from fleet.realtime.frames import KEY, Columns

Groups = Mapping[int, frozenset[int]]
Viewport = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A set of subjects (`subjects` and the members of `groups` together) and a viewport.

    `viewport` is west, south, east, north in degrees; west > east crosses the antimeridian.
    """

    subjects: frozenset[int] | None = None
    groups: frozenset[int] | None = None
    viewport: Viewport | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left out."""
        return self.subjects is None and self.groups is None and self.viewport is None

    def wanted(self, groups: Groups) -> frozenset[int] | None:
        """The subjects of the set with today's `groups`; None when every subject is in it."""
        if self.subjects is None and self.groups is None:
            return None
        members = (groups.get(group, frozenset()) for group in self.groups or ())
        return (self.subjects or frozenset()).union(*members)


EVERYTHING = Subscription()


def rows_in_set(columns: Columns, wanted: frozenset[int] | None) -> list[int]:
    """Indexes of the rows whose subject is wanted."""
    subjects = columns[KEY]
    if wanted is None:
        return list(range(len(subjects)))
    return [i for i, subject in enumerate(subjects) if subject in wanted]


def inside_viewport(lon: float, lat: float, viewport: Viewport) -> bool:
    """Whether the point lies in the viewport, edges included."""
    west, south, east, north = viewport
    if not south <= lat <= north:
        return False
    return west <= lon <= east if west <= east else (lon >= west or lon <= east)


class RowFilter:
    """Picks one subscription's rows from frame after frame.

    Remembers who was inside the viewport, so that the row with which a subject leaves is
    delivered too; without it the viewer would keep a ghost at the edge.
    """

    def __init__(self, subscription: Subscription, groups: Groups) -> None:
        self.subscription = subscription
        self.wanted = subscription.wanted(groups)
        self._inside: set[int] = set()

    def update_groups(self, groups: Groups) -> bool:
        """Take over the groups' members; True when the set of subjects changed."""
        wanted = self.subscription.wanted(groups)
        changed = wanted != self.wanted
        self.wanted = wanted
        return changed

    def rows_of_snapshot(self, columns: Columns) -> list[int]:
        """Indexes of the rows that belong to the view now."""
        rows = rows_in_set(columns, self.wanted)
        viewport = self.subscription.viewport
        if viewport is None:
            return rows
        lon, lat, subjects = columns["lon"], columns["lat"], columns[KEY]
        rows = [i for i in rows if inside_viewport(lon[i], lat[i], viewport)]
        self._inside.update(subjects[i] for i in rows)
        return rows

    def rows_of_frame(self, columns: Columns) -> list[int]:
        """Indexes of the rows to deliver: what is in the view, and what has just left it."""
        rows = rows_in_set(columns, self.wanted)
        viewport = self.subscription.viewport
        if viewport is None:
            return rows
        lon, lat, subjects = columns["lon"], columns["lat"], columns[KEY]
        picked = []
        for i in rows:
            subject = subjects[i]
            if inside_viewport(lon[i], lat[i], viewport):
                self._inside.add(subject)
                picked.append(i)
            elif subject in self._inside:
                self._inside.discard(subject)
                picked.append(i)
        return picked

    def rows_of_backlog(self, columns: Columns) -> list[int]:
        """Indexes of the rows for a viewer that missed some frames.

        Not cut by the viewport: who left it meanwhile is no longer known per viewer, and a row
        too many outside does no harm.
        """
        rows = rows_in_set(columns, self.wanted)
        viewport = self.subscription.viewport
        if viewport is not None:
            lon, lat, subjects = columns["lon"], columns["lat"], columns[KEY]
            self._inside.update(
                subjects[i] for i in rows if inside_viewport(lon[i], lat[i], viewport)
            )
        return rows
