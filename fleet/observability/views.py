"""Doors for load balancers, orchestrators and Prometheus. They show no tenant's data."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from fleet.observability.health import readiness
from fleet.observability.metrics import metrics_text


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """`/health/live`: the process answers. Restart it when this fails, and only then."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """`/health/ready`: 200 when every check passes, else 503; JSON for each check."""
    is_ready, checks = readiness()
    body = {"status": "ok" if is_ready else "not ready", "checks": checks}
    return JsonResponse(body, status=200 if is_ready else 503)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """`/metrics`: Prometheus text."""
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)
