"""Who may watch: the grant a socket is opened with, and whether it still holds.

Synchronous, for a thread: it reads sessions, users, memberships and keys.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, get_user
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from fleet.accounts import selectors
from fleet.accounts.actors import Actor
from fleet.accounts.middleware import (
    SESSION_ORGANIZATION,
    actor_for_header,
    choose_membership,
)
from fleet.accounts.models import ApiKey, Membership, User
from fleet.accounts.roles import Area, may_view
from fleet.accounts.scope import platform_scope
from fleet.realtime.protocol import Close


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the caller may not watch: `code` closes the socket, `reason` tells a person."""

    code: Close
    reason: str


class RefusedError(Exception):
    """The caller may not watch."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.reason)
        self.refusal = refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a handshake carries. At most one of the two is used; the key wins."""

    session_key: str = ""
    api_key: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """The right to watch one organization, and on what it rests: a session, or a key's prefix."""

    organization_id: int
    subject: str  # whose connections are counted together
    user_id: int = 0
    session_key: str = ""
    session_hash: str = ""
    api_key_prefix: str = ""


NOT_SIGNED_IN = Refusal(Close.NOT_SIGNED_IN, "Please sign in again.")
BAD_KEY = Refusal(Close.NOT_SIGNED_IN, "The API key is unknown, expired or revoked.")
NO_RIGHT = Refusal(Close.NO_RIGHT, "Your role does not show the whole fleet. Ask the owner.")
NO_READ_SCOPE = Refusal(Close.NO_RIGHT, "The API key needs the scope read.")


def grant_for(credentials: Credentials) -> Grant:
    """The grant of these credentials. Raises RefusedError."""
    if credentials.api_key:
        return _grant_for_key(credentials.api_key)
    if credentials.session_key:
        return _grant_for_session(credentials.session_key)
    raise RefusedError(NOT_SIGNED_IN)


def _grant_for_key(text: str) -> Grant:
    actor = actor_for_header(f"Api-Key {text}")
    if actor is None or actor.organization_id is None:
        raise RefusedError(BAD_KEY)
    if not _may_watch(actor):
        raise RefusedError(NO_READ_SCOPE)
    prefix = text.split("_")[1]
    return Grant(
        organization_id=actor.organization_id, subject=f"key:{prefix}", api_key_prefix=prefix
    )


def _grant_for_session(session_key: str) -> Grant:
    session = SessionStore(session_key)
    request: Any = SimpleNamespace(session=session)
    user = get_user(request)
    if not user.is_authenticated or user.pk is None:
        raise RefusedError(NOT_SIGNED_IN)
    memberships = selectors.memberships_for_user(user_id=user.pk)
    chosen = choose_membership(memberships, session.get(SESSION_ORGANIZATION))
    if chosen is None:
        raise RefusedError(NO_RIGHT)
    if not _may_watch(selectors.actor_for_user(user_id=user.pk, membership=chosen)):
        raise RefusedError(NO_RIGHT)
    return Grant(
        organization_id=chosen.organization_id,
        subject=f"user:{user.pk}",
        user_id=user.pk,
        session_key=session_key,
        session_hash=session.get(HASH_SESSION_KEY, ""),
    )


def _may_watch(actor: Actor) -> bool:
    return may_view(role=actor.role, area=Area.VEHICLES)


def withdrawn_grants(grants: Iterable[Grant]) -> dict[Grant, Refusal]:
    """Those of the grants that no longer hold, with the reason. Four queries at most."""
    grants = set(grants)
    by_session = {grant for grant in grants if grant.session_key}
    return _withdrawn_sessions(by_session) | _withdrawn_keys(grants - by_session)


def _withdrawn_sessions(grants: set[Grant]) -> dict[Grant, Refusal]:
    if not grants:
        return {}
    users = {grant.user_id for grant in grants}
    with platform_scope():
        open_sessions = set(
            Session.objects.filter(
                session_key__in={grant.session_key for grant in grants},
                expire_date__gt=timezone.now(),
            ).values_list("session_key", flat=True)
        )
        hashes = {
            user.pk: user.get_session_auth_hash()
            for user in User.objects.filter(pk__in=users, is_active=True).only("password")
        }
        roles = {
            (user_id, organization_id): role
            for user_id, organization_id, role in Membership.objects.filter(
                user_id__in=users,
                organization_id__in={grant.organization_id for grant in grants},
            ).values_list("user_id", "organization_id", "role")
        }
    withdrawn = {}
    for grant in grants:
        signed_in = grant.session_key in open_sessions
        if not signed_in or hashes.get(grant.user_id) != grant.session_hash:
            withdrawn[grant] = NOT_SIGNED_IN
        elif not may_view(
            role=roles.get((grant.user_id, grant.organization_id)), area=Area.VEHICLES
        ):
            withdrawn[grant] = NO_RIGHT
    return withdrawn


def _withdrawn_keys(grants: set[Grant]) -> dict[Grant, Refusal]:
    if not grants:
        return {}
    with platform_scope():
        keys = {
            key.prefix: key
            for key in ApiKey.objects.filter(prefix__in={grant.api_key_prefix for grant in grants})
        }
    now = timezone.now()
    withdrawn = {}
    for grant in grants:
        key = keys.get(grant.api_key_prefix)
        if key is None or not key.is_usable(now=now):
            withdrawn[grant] = BAD_KEY
        elif not _may_watch(selectors.actor_for_api_key(key=key)):
            withdrawn[grant] = NO_READ_SCOPE
    return withdrawn
