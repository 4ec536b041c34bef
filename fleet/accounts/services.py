"""Writes of accounts: organizations with their first owner, members, API keys."""

import datetime as dt
import secrets
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from fleet.accounts import keys
from fleet.accounts.actors import Actor
from fleet.accounts.models import ApiKey, ApiKeyScope, Membership, Organization, User
from fleet.accounts.roles import Role
from fleet.accounts.scope import organization_scope, platform_scope


@dataclass(frozen=True, slots=True)
class NewOrganization:
    """A fresh organization with the two secrets that are shown once."""

    organization: Organization
    owner: User
    owner_password: str | None
    api_key: str


def create_organization(
    *,
    name: str,
    slug: str,
    owner_email: str,
    owner_password: str | None = None,
    time_zone: str = "UTC",
    distance_unit: str = "km",
) -> NewOrganization:
    """Create an organization with an owner and an API key, ready for its first tracker.

    An existing user with this e-mail becomes the owner and keeps their password
    (`owner_password` of the result is then None).

    Raises:
        ValidationError: the slug is taken or not a slug, or the zone, unit or address is wrong.
    """
    with platform_scope(), transaction.atomic(durable=True):
        organization = Organization(
            name=name, slug=slug, time_zone=time_zone, distance_unit=distance_unit
        )
        organization.full_clean()
        organization.save()
        owner = User.objects.filter(email__iexact=owner_email).first()
        password = None
        if owner is None:
            password = owner_password or secrets.token_urlsafe(12)
            owner = User(email=owner_email.strip().lower())
            owner.set_password(password)
            owner.full_clean()
            owner.save()
        Membership.objects.create(organization=organization, user=owner, role=Role.OWNER)
        _, key_text = _new_api_key(
            organization_id=organization.pk,
            name="First key",
            scopes=list(ApiKeyScope.values),
            created_by_id=owner.pk,
        )
    return NewOrganization(organization, owner, password, key_text)


def create_api_key(
    *,
    actor: Actor,
    name: str,
    scopes: list[str],
    expires_at: dt.datetime | None = None,
    organization_id: int | None = None,
) -> tuple[ApiKey, str]:
    """Create a key for the actor's organization and return it with its text, shown once.

    `organization_id` is for actors of the platform, who have none of their own.

    Raises:
        ValidationError: a scope is unknown, or the expiry is in the past.
    """
    target = actor.organization_id or organization_id
    if target is None:
        raise ValidationError("Choose the organization that the key is for.")
    # Not durable: the admin calls this inside its own transaction.
    with organization_scope(target), transaction.atomic():
        return _new_api_key(
            organization_id=target,
            name=name,
            scopes=scopes,
            created_by_id=actor.user_id,
            expires_at=expires_at,
        )


def revoke_api_key(*, actor: Actor, key_id: int) -> None:
    """Close a key for good. Doors that remember keys notice within INGEST_REGISTRY_TTL_S."""
    ApiKey.objects.for_actor(actor).filter(pk=key_id, revoked_at=None).update(
        revoked_at=timezone.now()
    )


def add_member(
    *, actor: Actor, organization_id: int, email: str, role: str, name: str = ""
) -> Membership:
    """Let a person into the organization; a new person sets a password by password reset.

    Raises:
        ValidationError: the role or the address is wrong, or the person is a member already.
    """
    Organization.objects.for_actor(actor).get(pk=organization_id)
    with transaction.atomic():
        user = User.objects.filter(email__iexact=email.strip()).first()
        if user is None:
            user = User(email=email.strip().lower(), name=name)
            user.set_unusable_password()
            user.full_clean(exclude=["password"])
            user.save()
        membership = Membership(organization_id=organization_id, user=user, role=role)
        membership.full_clean()
        membership.save()
    return membership


def change_member_role(*, actor: Actor, membership_id: int, role: str) -> Membership:
    """Give a member another role.

    Raises:
        Membership.DoesNotExist: not a member of the actor's organization.
        ValidationError: the role is unknown, or nobody would be left as an owner.
    """
    with transaction.atomic():
        membership: Membership = _locked_membership(actor=actor, membership_id=membership_id)
        if role != Role.OWNER:
            _keep_an_owner(membership)
        membership.role = role
        membership.full_clean()
        membership.save(update_fields=["role"])
    return membership


def remove_member(*, actor: Actor, membership_id: int) -> None:
    """Take a person out of the organization; the person and their trail stay.

    Raises:
        Membership.DoesNotExist: not a member of the actor's organization.
        ValidationError: nobody would be left as an owner.
    """
    with transaction.atomic():
        membership = _locked_membership(actor=actor, membership_id=membership_id)
        _keep_an_owner(membership)
        membership.delete()


def is_last_owner(*, membership: Membership) -> bool:
    """Whether the organization would have no owner without this membership."""
    if membership.role != Role.OWNER:
        return False
    others = Membership.objects.filter(
        organization_id=membership.organization_id, role=Role.OWNER
    ).exclude(pk=membership.pk)
    return not others.exists()


def _locked_membership(*, actor: Actor, membership_id: int) -> Membership:
    # The organization's row is the lock: two owners must not remove each other at once.
    membership: Membership = Membership.objects.for_actor(actor).get(pk=membership_id)
    Organization.objects.select_for_update().get(pk=membership.organization_id)
    membership.refresh_from_db()
    return membership


def _keep_an_owner(membership: Membership) -> None:
    if is_last_owner(membership=membership):
        raise ValidationError("An organization needs an owner. Make somebody else an owner first.")


def _new_api_key(
    *,
    organization_id: int,
    name: str,
    scopes: list[str],
    created_by_id: int | None,
    expires_at: dt.datetime | None = None,
) -> tuple[ApiKey, str]:
    if expires_at is not None and expires_at <= timezone.now():
        raise ValidationError({"expires_at": "The expiry is in the past; choose a later time."})
    fresh = keys.new_key(keys.API_KEY)
    key = ApiKey(
        organization_id=organization_id,
        name=name,
        scopes=scopes,
        prefix=fresh.prefix,
        key_hash=fresh.hash,
        created_by_id=created_by_id,
        expires_at=expires_at,
    )
    key.full_clean(exclude=["organization"])
    key.save()
    return key, fresh.text
