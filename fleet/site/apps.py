from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class SiteConfig(AppConfig):
    name = "fleet.site"
    label = "site_shell"
    default = True


class FleetAdminConfig(admin_apps.AdminConfig):
    """django.contrib.admin with our site as `admin.site`."""

    default = False
    default_site = "fleet.site.admin.FleetAdminSite"
