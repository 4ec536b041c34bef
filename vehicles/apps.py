from django.apps import AppConfig


class VehiclesConfig(AppConfig):
    name = "vehicles"
    verbose_name = "Fleet"

    def ready(self) -> None:
        from fleet.observability.health import register_check
        from vehicles.ingest.readiness import check_pipeline

        register_check("pipeline", check_pipeline, needs=("redis",))
