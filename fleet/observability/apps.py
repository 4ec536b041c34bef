from django.apps import AppConfig


class ObservabilityConfig(AppConfig):
    name = "fleet.observability"
    label = "observability"

    def ready(self) -> None:
        from fleet.observability.health import register_own_checks

        register_own_checks()
