"""Numbers about the live sockets, for people who run them."""

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from redis import Redis

from fleet.accounts.requests import FleetRequest
from fleet.accounts.roles import Area, may_view
from fleet.api.problems import problem_response
from fleet.realtime.stats import read_summaries


@require_GET
def live_stats(request: FleetRequest) -> HttpResponse:
    """`/live/stats.json`: connections, messages and bytes a second, slow readers, hub lag.

    Members and keys see their own organization, operators of the platform all of them.
    """
    actor = request.actor
    if actor is None:
        return problem_response(status=401, detail="Sign in, or send Authorization: Api-Key KEY.")
    if not may_view(role=actor.role, area=Area.VEHICLES):
        return problem_response(status=403, detail="Your role does not show the whole fleet.")
    with Redis.from_url(settings.REDIS_URL) as redis:
        return JsonResponse(read_summaries(redis, organization_id=actor.organization_id))
