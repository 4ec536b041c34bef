"""Reads across accounts. The look-ups that must find the organization first run in the platform
scope; they are the only ones, and each returns one caller's own rows."""

from django.utils import timezone

from fleet.accounts import keys
from fleet.accounts.actors import Actor, ActorKind
from fleet.accounts.models import ApiKey, Membership
from fleet.accounts.roles import Role
from fleet.accounts.scope import platform_scope


def memberships_for_user(*, user_id: int) -> list[Membership]:
    """The user's memberships with their organizations, by organization name."""
    with platform_scope():
        return list(
            Membership.objects.filter(user_id=user_id)
            .select_related("organization")
            .order_by("organization__name", "organization_id")
        )


def api_key_for_text(*, text: str) -> ApiKey | None:
    """The usable API key with this text, or None (unknown, wrong, expired or revoked)."""
    parts = keys.split_key(text, kind=keys.API_KEY)
    if parts is None:
        return None
    prefix, secret = parts
    with platform_scope():
        key = ApiKey.objects.filter(prefix=prefix).first()
    if key is None or not keys.secret_matches(secret, key.key_hash):
        return None
    return key if key.is_usable(now=timezone.now()) else None


def actor_for_api_key(*, key: ApiKey) -> Actor:
    """The key acting for its organization; `write` keys act as a manager, others as a viewer."""
    role = Role.MANAGER if "write" in key.scopes else Role.VIEWER
    return Actor(
        kind=ActorKind.API_KEY,
        organization_id=key.organization_id,
        role=role if {"read", "write"} & set(key.scopes) else None,
        scopes=frozenset(key.scopes),
    )


def actor_for_user(*, user_id: int, membership: Membership) -> Actor:
    """The user acting in the organization of this membership."""
    return Actor(
        kind=ActorKind.USER,
        organization_id=membership.organization_id,
        user_id=user_id,
        role=Role(membership.role),
    )
