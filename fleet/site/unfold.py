"""How the admin looks: name, colours, and the sidebar by subject.

Pages are called in the sidebar as their models call themselves everywhere else in the admin.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

# The accent of static/src/css/tokens.css in ten steps.
_BLUE = {
    "50": "#eff6fd", "100": "#e4eefa", "200": "#c3dcf5", "300": "#94c1ee", "400": "#67b0f7",
    "500": "#2b83dd", "600": "#0a63bf", "700": "#08529f", "800": "#0b447f", "900": "#0d3a69",
    "950": "#092545",
}  # fmt: skip


def _may_see(area: str) -> Callable[[HttpRequest], bool]:
    def permission(request: HttpRequest) -> bool:
        # Late: the settings import this module before any model can be loaded.
        from fleet.accounts.roles import Area
        from fleet.accounts.tenant_admin.access import may_see

        return may_see(request, Area(area))

    return permission


def _page(title: str, icon: str, model: str, area: str) -> dict[str, Any]:
    return {
        "title": title,
        "icon": icon,
        "link": reverse_lazy(f"admin:{model}_changelist"),
        "permission": _may_see(area),
    }


UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "Fleet admin",
    "SITE_HEADER": "Fleet",
    "SITE_SUBHEADER": "Admin",
    "SITE_SYMBOL": "local_shipping",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("src/images/mark.svg"),
        }
    ],
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": _BLUE},
    "SIDEBAR": {
        "show_search": True,
        "navigation": [
            {
                "title": "Fleet",
                "items": [
                    _page("Vehicles", "local_shipping", "vehicles_vehicle", "vehicles"),
                    _page("Vehicle groups", "workspaces", "vehicles_vehiclegroup", "vehicles"),
                    _page("Drivers", "badge", "vehicles_driver", "vehicles"),
                    _page("Assignments", "event_available", "vehicles_assignment", "vehicles"),
                    _page("Meter readings", "speed", "vehicles_meterreading", "vehicles"),
                ],
            },
            {
                "title": "Tracking",
                "items": [
                    _page("Devices", "settings_input_antenna", "vehicles_device", "vehicles"),
                    _page("Latest positions", "location_on", "vehicles_latestposition", "vehicles"),
                    _page("Rejected fixes", "report", "vehicles_rejectedfix", "vehicles"),
                ],
            },
            {
                "title": "Organization",
                "items": [
                    _page("Organizations", "tune", "accounts_organization", "settings"),
                    _page("Memberships", "group", "accounts_membership", "accounts"),
                    _page("Users", "person", "accounts_user", "accounts"),
                    _page("API keys", "key", "accounts_apikey", "accounts"),
                    {
                        "title": "Audit trail",
                        "icon": "history",
                        "link": reverse_lazy("admin:audit"),
                        "permission": _may_see("accounts"),
                    },
                ],
            },
        ],
    },
}
