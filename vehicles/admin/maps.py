"""A read-only map below a record's form."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.admin.utils import unquote
from django.http import HttpRequest, HttpResponse


class MapMixin:
    """Shows a map on the change page of records for which `map_config` gives one."""

    change_form_outer_after_template = "admin/vehicles/map.html"
    map_title: ClassVar[str] = "Position"

    def map_config(self, request: HttpRequest, obj: Any) -> dict[str, Any] | None:
        """What `static/src/admin/map.js` shall draw, or None for no map."""
        raise NotImplementedError

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        admin: Any = self
        obj = admin.get_object(request, unquote(object_id))
        config = self.map_config(request, obj) if obj is not None else None
        if config is not None:
            extra_context = (extra_context or {}) | {
                "map_title": self.map_title,
                "map_config": config
                | {
                    "mapStyleUrl": settings.MAP_STYLE_URL or None,
                    "pmtilesUrl": settings.MAP_PMTILES_URL or None,
                    "units": obj.organization.distance_unit,
                },
            }
        return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[misc]
