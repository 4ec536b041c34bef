"""Scheduled work. The schedule itself is in the settings."""

from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import OperationalError
from django.utils import timezone

from vehicles import partitions


@shared_task(
    bind=True,
    time_limit=300,
    soft_time_limit=240,
    autoretry_for=(OperationalError,),
    retry_backoff=30,
    max_retries=5,
)
def make_partitions(self: Any) -> list[str]:
    """Make the monthly partitions of positions that are missing around today.

    Returns the months made, as YYYY-MM. Safe to run at any time and twice.
    """
    today = timezone.now().date()
    months = partitions.months_between(
        partitions.shift_month(today, -settings.POSITION_PARTITIONS_BACK),
        partitions.shift_month(today, settings.POSITION_PARTITIONS_AHEAD),
    )
    return [f"{month:%Y-%m}" for month in partitions.create_partitions(months)]
