from typing import Any

from django.http import HttpRequest

from fleet.accounts.models import Organization


def organizations(request: HttpRequest) -> dict[str, Any]:
    """The page shell's organization name and switch."""
    memberships = getattr(request, "memberships", [])
    actor = getattr(request, "actor", None)
    mine: list[Organization] = [m.organization for m in memberships]
    current = next((o for o in mine if actor and o.pk == actor.organization_id), None)
    return {"organizations": mine, "current_organization": current}
