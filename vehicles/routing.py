"""WebSocket routes. `websocket_application` is complete: consumers authenticate by themselves."""

from typing import Any

from channels.routing import URLRouter
from django.urls import path, re_path

from fleet.realtime.routing import keep_key_out_of_logs, refuse_unknown_path
from vehicles.consumers import LivePositionsConsumer

websocket_urlpatterns = [path("ws/v1/live/", LivePositionsConsumer.as_asgi())]

# Django's types know views only; URLRouter takes ASGI applications in their place.
_unknown: Any = refuse_unknown_path

websocket_application = keep_key_out_of_logs(
    URLRouter([*websocket_urlpatterns, re_path(r"", _unknown)])
)
