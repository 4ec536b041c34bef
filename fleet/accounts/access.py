"""Who may open a page or a page's data."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse

from fleet.accounts.requests import FleetRequest
from fleet.accounts.roles import Area, may_view

View = Callable[..., HttpResponse]


def page_for(area: Area) -> Callable[[View], View]:
    """A page of this area: strangers go to sign in, roles that may not see it get 403.

    A signed-in user without any organization passes: the page itself tells them what to do.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: FleetRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = request.actor
            if actor is None and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if actor is not None and not may_view(role=actor.role, area=area):
                raise PermissionDenied("Your role has no access to this page.")
            return view(request, *args, **kwargs)

        return guarded

    return decorate
