"""Arguments that several commands share."""

from typing import Any

from django.core.management import CommandError

from fleet.accounts.models import Organization
from fleet.accounts.scope import platform_scope


def organization_by_slug(slug: str) -> Organization:
    """The organization a staff member named.

    Raises:
        CommandError: there is none with this slug; names those there are.
    """
    with platform_scope():
        found = Organization.objects.filter(slug=slug).first()
        if found is not None:
            return found
        slugs: list[Any] = list(Organization.objects.values_list("slug", flat=True)[:20])
    there = f" There are: {', '.join(slugs)}." if slugs else " There are none yet."
    raise CommandError(f"There is no organization {slug}.{there} Make it with create_organization.")
