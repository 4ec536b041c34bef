from django.http import HttpRequest

from fleet.accounts.actors import Actor
from fleet.accounts.models import Membership


class FleetRequest(HttpRequest):
    """A request after `ActorMiddleware`; only a type, requests stay Django's own."""

    actor: Actor | None
    memberships: list[Membership]
