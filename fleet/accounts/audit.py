"""The audit trail, read: who changed what, when, from what to what.

Events are rows that database triggers write (pghistory), so no path around Django escapes them.
They carry the organization of the record and are filtered by it before anything else is read:
the context (who, from where) is only ever reached through an event the actor may see.
"""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import pghistory.core
from django.db import models

from fleet.accounts.actors import Actor
from fleet.accounts.models import Organization, User

_VERBS = {"insert": "Created", "update": "Changed", "delete": "Deleted"}
_UNINTERESTING = frozenset({"id", "organization", "created_at", "updated_at"})
MAX_ENTRIES = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One field's value before and after, as text for a person; "" stands for nothing."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of the trail."""

    at: dt.datetime
    verb: str
    """Created, Changed or Deleted."""
    kind: str
    """What sort of record, such as "vehicle"."""
    name: str
    """The record's name at that time."""
    who: str
    source: str
    """How it came about: user, import, system, ... (`actors.Source`)."""
    place: str
    """The page's address or the command's name."""
    changes: list[Change] = field(default_factory=list)


def is_tracked(model: type[models.Model]) -> bool:
    """Whether changes of the model are on record."""
    return hasattr(model, "pgh_event_model")


def history_of_record(*, actor: Actor, record: models.Model) -> list[Entry]:
    """Everything that happened to one record, newest first, at most MAX_ENTRIES.

    Empty for a record of another organization.
    """
    model = type(record)
    event_model: Any = model.pgh_event_model  # type: ignore[attr-defined]
    rows = list(
        _visible(event_model, actor)
        .filter(pgh_obj_id=record.pk)
        .order_by("-pgh_id")[: MAX_ENTRIES + 1]
    )
    # The oldest row has none before it: it is the first event there is, or one beyond the most.
    before: list[Any] = [*rows[1:], None]
    entries = [_with_who(row, was) for row, was in zip(rows, before, strict=False)]
    return _named(entries[:MAX_ENTRIES], actor)


def recent_history(
    *, actor: Actor, models_seen: Iterable[type[models.Model]], limit: int = 100
) -> list[Entry]:
    """The newest events of several models together, deletions included, newest first."""
    pairs: list[tuple[Any, Any]] = []
    for model in models_seen:
        event_model: Any = model.pgh_event_model  # type: ignore[attr-defined]
        rows = list(_visible(event_model, actor).order_by("-pgh_id")[:limit])
        earlier = _previous(event_model, actor, rows)
        pairs += [(row, earlier.get(row.pgh_id)) for row in rows]
    pairs.sort(key=lambda pair: (pair[0].pgh_created_at, pair[0].pgh_id), reverse=True)
    return _named([_with_who(row, before) for row, before in pairs[:limit]], actor)


def _visible(event_model: Any, actor: Actor) -> Any:
    rows = event_model.objects.select_related("pgh_context")
    if actor.is_platform:
        return rows
    tracked = event_model.pgh_tracked_model
    if tracked is Organization:
        return rows.filter(id=actor.organization_id)
    if not any(f.name == "organization" for f in tracked._meta.fields):
        return rows.none()  # people belong to no organization; their trail is the platform's
    return rows.filter(organization_id=actor.organization_id)


def _previous(event_model: Any, actor: Actor, rows: list[Any]) -> dict[int, Any]:
    """For each event the one before it of the same record."""
    of_record: dict[Any, list[Any]] = defaultdict(list)
    everything = _visible(event_model, actor).filter(
        pgh_obj_id__in={row.pgh_obj_id for row in rows}
    )
    for row in everything.order_by("pgh_id"):
        of_record[row.pgh_obj_id].append(row)
    return {
        later.pgh_id: earlier
        for chain in of_record.values()
        for earlier, later in itertools.pairwise(chain)
    }


@dataclass(slots=True)
class _Raw:
    row: Any
    changes: list[tuple[Any, Any, Any]]
    context: dict[str, Any]


def _with_who(row: Any, before: Any | None) -> _Raw:
    context = row.pgh_context.metadata if row.pgh_context else {}
    changed = []
    for column in row.pgh_tracked_model._meta.concrete_fields:
        if column.name in _UNINTERESTING or not hasattr(row, column.attname):
            continue
        now = getattr(row, column.attname)
        was = getattr(before, column.attname) if before is not None else None
        if row.pgh_label == "delete":
            was, now = now, None
        if now != was and not (_empty(now) and _empty(was)):
            changed.append((column, was, now))
    return _Raw(row, changed, context)


def _empty(value: Any) -> bool:
    return value is None or value == "" or value == [] or value == {}


def _named(raws: list[_Raw], actor: Actor) -> list[Entry]:
    """Put names in the place of ids, with one query per kind of record."""
    wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
    for raw in raws:
        if user_id := raw.context.get("user"):
            wanted[User].add(user_id)
        for column, *values in raw.changes:
            if column.is_relation:
                wanted[column.related_model].update(v for v in values if v is not None)
    names = {model: _names_of(model, ids, actor) for model, ids in wanted.items()}
    return [_entry(raw, names) for raw in raws]


def _names_of(model: type[models.Model], ids: set[Any], actor: Actor) -> dict[Any, str]:
    rows: Any = model._default_manager.all()
    if hasattr(rows, "for_actor"):
        rows = rows.for_actor(actor)
    return {row.pk: str(row) for row in rows.filter(pk__in=ids)}


def _entry(raw: _Raw, names: dict[type[models.Model], dict[Any, str]]) -> Entry:
    row, context = raw.row, raw.context
    return Entry(
        at=row.pgh_created_at,
        verb=_VERBS.get(row.pgh_label, row.pgh_label),
        kind=str(row.pgh_tracked_model._meta.verbose_name),
        name=_record_name(row),
        who=_who(context, names.get(User, {})),
        source=str(context.get("source", "")),
        place=str(context.get("url") or context.get("command") or ""),
        changes=[
            Change(
                str(column.verbose_name),
                _text(column, was, names),
                _text(column, now, names),
            )
            for column, was, now in raw.changes
        ],
    )


def _record_name(row: Any) -> str:
    for attribute in ("number", "name", "unique_id", "email"):
        if value := getattr(row, attribute, None):
            return str(value)
    return f"#{row.pgh_obj_id}"


def _who(context: dict[str, Any], people: dict[Any, str]) -> str:
    if user_id := context.get("user"):
        return people.get(user_id, f"Former user #{user_id}")
    if prefix := context.get("api_key"):
        return f"API key fk_{prefix}…"
    if command := context.get("command"):
        return f"Command {command}"
    return "System"


def _text(column: Any, value: Any, names: dict[type[models.Model], dict[Any, str]]) -> str:
    if _empty(value):
        return ""
    if column.is_relation:
        return names.get(column.related_model, {}).get(value, f"#{value}")
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dt.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S %Z}"
    if isinstance(value, list):
        return ", ".join(str(v) for v in value)
    return str(value)


def tracked_models() -> list[type[models.Model]]:
    """Every model whose changes are on record."""
    events: list[Any] = list(pghistory.core.event_models())
    return sorted(
        {event_model.pgh_tracked_model for event_model in events},
        key=lambda model: str(model._meta.label),
    )
