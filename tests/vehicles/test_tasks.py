"""Scheduled tasks."""

import datetime as dt

import pytest

from vehicles import partitions, tasks


@pytest.mark.django_db(transaction=True)
def test_missing_months_are_made_ahead_and_a_second_run_makes_none(settings):
    settings.POSITION_PARTITIONS_AHEAD = 9
    today = dt.datetime.now(dt.UTC).date()
    tasks.make_partitions()
    assert partitions.shift_month(today, 9) in {p.month for p in partitions.list_partitions()}
    assert tasks.make_partitions() == []
