"""Base of every model whose rows belong to one organization: the first wall."""

from typing import Any, Self

from django.db import models

from fleet.accounts.actors import Actor


class TenantQuerySet(models.QuerySet[Any]):
    """Rows that belong to organizations; `for_actor` is the only way pages and APIs read them."""

    def for_actor(self, actor: Actor | None) -> Self:
        """Rows of the actor's organization; every row for the platform; none for a stranger."""
        if actor is None:
            return self.none()
        if actor.is_platform:
            return self.all()
        return self.filter(organization_id=actor.organization_id)


class TenantModel(models.Model):
    """One row of one organization."""

    organization = models.ForeignKey(
        "accounts.Organization", on_delete=models.CASCADE, related_name="+", editable=False
    )

    objects = TenantQuerySet.as_manager()

    class Meta:
        abstract = True
