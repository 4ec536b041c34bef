from django.apps import AppConfig


class ObservabilityConfig(AppConfig):
    name = "fleet.observability"
    label = "observability"
