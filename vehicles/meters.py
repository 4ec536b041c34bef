"""Meter readings: recorded with checks, voided with a reason, never deleted.

A reading's true total is its value plus every offset up to and including its own: a swapped
instrument cluster starts lower and brings the offset that bridges the gap.
"""

import datetime as dt
from itertools import pairwise
from statistics import median

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone

from fleet.accounts.actors import Actor
from vehicles.models import MeterKind, MeterReading, MeterSource, Vehicle

# A reading this many times above the vehicle's own usual daily use is asked about. Judged only
# after three readings: two intervals are the least from which "usual" can be told.
_OUTLIER_FACTOR = 5
_OUTLIER_AFTER = 3
_DAY_S = 86_400
_COUNTS_UP = {MeterKind.ODOMETER, MeterKind.ENGINE, MeterKind.PTO}


def record_meter_reading(
    *,
    actor: Actor,
    vehicle: Vehicle,
    kind: MeterKind,
    value: float,
    observed_at: dt.datetime,
    source: MeterSource = MeterSource.MANUAL,
    offset: float = 0,
    confirm_outlier: bool = False,
) -> MeterReading:
    """Store what a meter showed; `value` and `offset` in metres, seconds or percent.

    Raises:
        ValidationError: the vehicle is not the actor's, the reading is in the future, runs
            backwards against an earlier or later one (code `backwards`), or is far above the
            vehicle's usual use and was not confirmed (code `outlier`).
    """
    if not Vehicle.objects.for_actor(actor).filter(pk=vehicle.pk).exists():
        raise ValidationError("This vehicle does not exist. Choose one from the list.")
    if observed_at > timezone.now() + dt.timedelta(minutes=5):
        raise ValidationError({"observed_at": "This time is in the future; check the date."})
    reading = MeterReading(
        organization_id=vehicle.organization_id,
        vehicle=vehicle,
        kind=kind,
        value=value,
        offset=offset,
        observed_at=observed_at,
        source=source,
    )
    with transaction.atomic():
        # Two readings at once must not both pass against the same neighbours.
        Vehicle.objects.select_for_update().get(pk=vehicle.pk)
        if kind in _COUNTS_UP:
            _check_order(reading)
            if not confirm_outlier:
                _check_outlier(reading)
        reading.full_clean(exclude=["organization"])
        reading.save()
    return reading


def void_meter_reading(*, actor: Actor, reading_id: int, reason: str) -> MeterReading:
    """Take a wrong reading out of every calculation, keeping it with the reason.

    Raises:
        ValidationError: there is no such reading, it is void already, or the reason is empty.
    """
    if not reason.strip():
        raise ValidationError({"void_reason": "Say why the reading is void."})
    changed = (
        MeterReading.objects.for_actor(actor)
        .filter(pk=reading_id, voided_at=None)
        .update(voided_at=timezone.now(), void_reason=reason.strip())
    )
    if not changed:
        raise ValidationError("There is no such reading, or it is void already.")
    return MeterReading.objects.for_actor(actor).get(pk=reading_id)


def true_total(reading: MeterReading) -> float:
    """The vehicle's total at this reading: its value plus all offsets so far."""
    before = _others(reading).filter(observed_at__lt=reading.observed_at)
    earlier = before.aggregate(total=Sum("offset"))["total"] or 0.0
    return reading.value + reading.offset + float(earlier)


def _others(reading: MeterReading) -> models.QuerySet[MeterReading]:
    return MeterReading.objects.filter(
        vehicle_id=reading.vehicle_id, kind=reading.kind, voided_at=None
    ).exclude(pk=reading.pk)


def _check_order(reading: MeterReading) -> None:
    total = true_total(reading)
    earlier = _others(reading).filter(observed_at__lt=reading.observed_at).first()
    if earlier is not None and total < (floor := true_total(earlier)):
        raise ValidationError(
            f"The meter showed {floor:,.0f} on {earlier.observed_at:%Y-%m-%d} and cannot run"
            " backwards. If the instrument was changed, give the offset; if the earlier reading"
            " is wrong, void it first.",
            code="backwards",
        )
    later = _others(reading).filter(observed_at__gt=reading.observed_at).last()
    # A new reading's own offset also lifts every later one.
    if later is not None and total > (ceiling := true_total(later) + reading.offset):
        raise ValidationError(
            f"The meter shows only {ceiling:,.0f} later, on {later.observed_at:%Y-%m-%d}. Check"
            " the value and the date; if the later reading is wrong, void it first.",
            code="backwards",
        )


def _check_outlier(reading: MeterReading) -> None:
    earlier = list(
        _others(reading).filter(observed_at__lt=reading.observed_at).order_by("-observed_at")[:12]
    )
    if len(earlier) < _OUTLIER_AFTER:
        return
    points = [(r.observed_at, true_total(r)) for r in reversed(earlier)]
    usual = median(_daily(a, b) for a, b in pairwise(points))
    now = _daily(points[-1], (reading.observed_at, true_total(reading)))
    if usual > 0 and now > _OUTLIER_FACTOR * usual:
        raise ValidationError(
            f"That is {now / usual:.0f} times this vehicle's usual daily use. Check the value;"
            " if it is right, confirm it.",
            code="outlier",
        )


def _daily(start: tuple[dt.datetime, float], end: tuple[dt.datetime, float]) -> float:
    """Use per day between two (time, total) points; an hour at least, so no division by zero."""
    seconds = max((end[0] - start[0]).total_seconds(), 3600.0)
    return (end[1] - start[1]) / seconds * _DAY_S
