"""Pages that belong to no app: home and the organization switch."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from fleet.accounts.middleware import SESSION_ORGANIZATION
from fleet.accounts.requests import FleetRequest


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Everybody starts on the live map."""
    return redirect("live")


@require_POST
@login_required
def switch_organization(request: FleetRequest) -> HttpResponse:
    """Act in another of the user's own organizations from now on; others answer 404."""
    chosen = request.POST.get("organization", "")
    mine = {str(m.organization_id): m for m in request.memberships}
    if chosen not in mine:
        raise Http404("You are not a member of this organization.")
    request.session[SESSION_ORGANIZATION] = mine[chosen].organization_id
    return redirect("home")
