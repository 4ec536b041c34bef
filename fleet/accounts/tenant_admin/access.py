"""Rights of the person behind an admin request."""

from django.http import HttpRequest

from fleet.accounts.actors import Actor
from fleet.accounts.roles import Area, may_change, may_view


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a request that the admin site has let in."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        raise PermissionError("An admin page was reached without signing in.")
    return actor


def may_enter(request: HttpRequest) -> bool:
    """Whether the signed-in person has anything to see in the admin.

    API keys never do: the admin is for people, and an API key has its own doors.
    """
    actor: Actor | None = getattr(request, "actor", None)
    user = request.user
    if actor is None or actor.user_id is None or not user.is_active:
        return False
    return actor.is_platform or any(may_view(role=actor.role, area=area) for area in Area)


def may_see(request: HttpRequest, area: Area) -> bool:
    """Whether the person may read the records of an area."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not may_enter(request):
        return False
    return actor.is_platform or may_view(role=actor.role, area=area)


def may_edit(request: HttpRequest, area: Area) -> bool:
    """Whether the person may create, change and delete records of an area."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None or not may_enter(request):
        return False
    return actor.is_platform or may_change(role=actor.role, area=area)
