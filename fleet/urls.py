"""Every URL of the project. WebSocket routes and the ingest doors are in fleet/asgi.py."""

from django.contrib import admin
from django.urls import include, path

from fleet.site import views

urlpatterns = [
    path("", views.home, name="home"),
    path("organization/", views.switch_organization, name="switch_organization"),
    path("", include("vehicles.urls")),
    path("", include("fleet.realtime.urls")),
    path("", include("fleet.observability.urls")),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.account.urls")),
]
