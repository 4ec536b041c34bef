"""The admin site: who may enter, and where they sign in."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.sites import UnfoldAdminSite

from fleet.accounts import audit
from fleet.accounts.roles import Area
from fleet.accounts.tenant_admin.access import actor_of, may_enter, may_see

AUDIT_ENTRIES = 200


class FleetAdminSite(UnfoldAdminSite):
    """Open to operators of the platform and to members whose role may read lists.

    What each of them sees and may change is decided per model (`TenantModelAdmin`).
    """

    def has_permission(self, request: HttpRequest) -> bool:
        return may_enter(request)

    def login(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        """Send strangers to the one login page, where attempts are throttled."""
        target = request.GET.get("next", reverse("admin:index"))
        if self.has_permission(request):
            return HttpResponseRedirect(reverse("admin:index"))
        if request.user.is_authenticated:
            raise PermissionDenied(
                "Your role has no lists to manage. Ask an owner of your organization for another."
            )
        return redirect_to_login(target, settings.LOGIN_URL)

    def extra_urls(self) -> list[URLPattern]:
        return [path("audit/", self.admin_view(self.audit_view), name="audit")]

    def audit_view(self, request: HttpRequest) -> HttpResponse:
        """The newest changes of all records together: the one place that shows deletions."""
        if not may_see(request, Area.ACCOUNTS):
            raise PermissionDenied("Only owners may read the audit trail.")
        models = {model._meta.label_lower: model for model in audit.tracked_models()}
        chosen = models.get(request.GET.get("kind", ""))
        entries = audit.recent_history(
            actor=actor_of(request),
            models_seen=[chosen] if chosen else models.values(),
            limit=AUDIT_ENTRIES,
        )
        context = {
            **self.each_context(request),
            "title": "Audit trail",
            "entries": entries,
            "kinds": sorted((m._meta.verbose_name_plural, label) for label, m in models.items()),
            "chosen": chosen._meta.label_lower if chosen else "",
            "most": AUDIT_ENTRIES,
        }
        request.current_app = self.name
        return TemplateResponse(request, "admin/audit.html", context)
