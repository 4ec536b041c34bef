from typing import Any

from django.http import HttpRequest

from fleet.accounts.models import Organization
from fleet.accounts.tenant_admin.access import may_enter


def organizations(request: HttpRequest) -> dict[str, Any]:
    """The page shell's organization name and switch, and whether it links to the admin."""
    memberships = getattr(request, "memberships", [])
    actor = getattr(request, "actor", None)
    mine: list[Organization] = [m.organization for m in memberships]
    current = next((o for o in mine if actor and o.pk == actor.organization_id), None)
    return {
        "organizations": mine,
        "current_organization": current,
        "can_use_admin": may_enter(request),
    }
