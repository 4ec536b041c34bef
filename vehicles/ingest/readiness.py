"""Whether acknowledged positions reach the database in time."""

from django.conf import settings

from fleet.observability.health import Facts, NotReadyError
from vehicles.ingest.stream import pipeline_lag


def check_pipeline() -> Facts:
    """The oldest acknowledged fix that is not stored yet is younger than READY_MAX_LAG_S."""
    lag_s = round(pipeline_lag(), 3)
    if lag_s > settings.READY_MAX_LAG_S:
        raise NotReadyError(
            "Acknowledged positions wait to be stored. Look whether `run_pipeline` is running.",
            lag_s=lag_s,
        )
    return {"lag_s": lag_s}
