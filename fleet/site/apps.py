from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "fleet.site"
    label = "site_shell"
