"""Gives every request its actor and shows the database only that actor's organization."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from fleet.accounts import selectors
from fleet.accounts.actors import Actor, ActorKind
from fleet.accounts.models import ApiKey, Membership
from fleet.accounts.requests import FleetRequest
from fleet.accounts.roles import Role
from fleet.accounts.scope import (
    EVERYTHING,
    NOTHING,
    enter_scope,
    leave_scope,
    organization_scope,
    scope_of,
)

SESSION_ORGANIZATION = "organization_id"
API_KEY_SCHEME = "Api-Key "


class ActorMiddleware:
    """Sets `request.actor` (None for a stranger) and `request.memberships`.

    An API key in the Authorization header wins over a session. A user with several memberships
    acts in the one chosen in the session, else in the first by name. A superuser without a
    membership acts for the platform, and under /admin/ always does.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: FleetRequest) -> HttpResponse:
        request.memberships = []
        actor = self._actor(request)
        request.actor = actor
        token = enter_scope(scope_for(actor))
        try:
            return self.get_response(request)
        finally:
            leave_scope(token)

    def _actor(self, request: FleetRequest) -> Actor | None:
        header = request.headers.get("Authorization", "")
        if header.startswith(API_KEY_SCHEME):
            return actor_for_header(header)
        user = request.user
        if not user.is_authenticated:
            return None
        memberships = selectors.memberships_for_user(user_id=user.pk)
        request.memberships = memberships
        platform = user.is_superuser and (not memberships or request.path.startswith("/admin/"))
        if platform:
            return Actor(
                kind=ActorKind.USER, organization_id=None, user_id=user.pk, role=Role.OWNER
            )
        chosen = choose_membership(memberships, request.session.get(SESSION_ORGANIZATION))
        if chosen is None:
            return None
        return selectors.actor_for_user(user_id=user.pk, membership=chosen)


def actor_for_header(header: str) -> Actor | None:
    """The actor of an `Authorization: Api-Key KEY` header, noting that the key was used."""
    key = selectors.api_key_for_text(text=header.removeprefix(API_KEY_SCHEME).strip())
    if key is None:
        return None
    note_key_use(key)
    return selectors.actor_for_api_key(key=key)


def note_key_use(key: ApiKey) -> None:
    """Remember when the key was last used, at most once a minute."""
    now = timezone.now()
    if key.last_used_at and (now - key.last_used_at).total_seconds() < 60:
        return
    with organization_scope(key.organization_id):
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def choose_membership(
    memberships: list[Membership], organization_id: int | None
) -> Membership | None:
    """The membership in this organization, else the first one."""
    for membership in memberships:
        if membership.organization_id == organization_id:
            return membership
    return memberships[0] if memberships else None


def scope_for(actor: Actor | None) -> str:
    """The database scope in which the actor's request runs."""
    if actor is None:
        return NOTHING
    return EVERYTHING if actor.organization_id is None else scope_of([actor.organization_id])
