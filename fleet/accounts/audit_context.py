"""Who did it, noted with every change that the audit trail records.

pghistory's triggers attach the running context to each event. A request notes its user or API
key, a command its name; `audit` reads them back.
"""

from contextlib import AbstractContextManager
from typing import Any

import pghistory
from django.http import HttpRequest
from pghistory.middleware import HistoryMiddleware

from fleet.accounts import keys
from fleet.accounts.actors import Actor, Source

API_KEY_SCHEME = "Api-Key "


class AuditMiddleware(HistoryMiddleware):
    """Notes user, address, organization and source; must come after ActorMiddleware."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request)
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None:
            context |= {"source": actor.source.value, "organization": actor.organization_id}
        header = request.headers.get("Authorization", "")
        if header.startswith(API_KEY_SCHEME):
            parts = keys.split_key(header.removeprefix(API_KEY_SCHEME).strip(), kind=keys.API_KEY)
            context["api_key"] = parts and parts[0]
        return context


def command_context(
    command: str, *, source: Source = Source.SYSTEM, organization_id: int | None = None
) -> AbstractContextManager[Any]:
    """Note a management command as the one who makes the changes inside the `with` block."""
    return pghistory.context(command=command, source=source.value, organization=organization_id)
