"""Real recordings replay with exact reconciliation against an independent count.

The counts are taken from the files by a few lines that share nothing with the readers: one fix
for one (vehicle, time), the first stays.
"""

import csv
import gzip
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F

from fleet.accounts.scope import platform_scope
from tests.cast import Cast
from tests.vehicles.commands.conftest import Run, real_file
from vehicles.models import Position, Quality

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("stream_redis")]

AUSTIN = ("2015-03-07", "2015-06-07", "2015-09-06", "2016-02-07", "2016-12-16")


def keys_of(path: Path, vehicle: str, time: str) -> list[tuple[str, str]]:
    with gzip.open(path, "rt", newline="") as file:
        return [(row[vehicle], row[time]) for row in csv.DictReader(file)]


def check(result: dict[str, Any], keys: list[tuple[str, str]]) -> None:
    assert result["read"] == len(keys)
    assert result["stored"] == len(set(keys))
    assert result["read"] == (
        result["stored"] + result["duplicates"] + sum(result["rejected"].values())
    )
    with platform_scope():
        assert Position.objects.count() == result["stored"]


@pytest.mark.realdata
@pytest.mark.parametrize("day", AUSTIN)
def test_a_day_of_austin_buses(acme: Cast, run: Run, day: str) -> None:
    path = real_file(f"austin_buses_{day}.csv.gz")
    result = run("replay_positions", path, organization="acme")
    check(result, keys_of(path, "vehicle_id", "timestamp"))
    with platform_scope():
        flagged = [q for q in Position.objects.values_list("quality", flat=True) if q]
    # The feed is not sorted by time, so there are late fixes, and hardly any impossible jump.
    assert any(q & Quality.LATE for q in flagged)
    assert sum(1 for q in flagged if q & Quality.JUMP) < 30


def test_the_recording_with_only_a_header(acme: Cast, run: Run) -> None:
    path = real_file("austin_buses_2017-03-17_header_only.csv")
    assert run("replay_positions", path, organization="acme")["read"] == 0


def test_an_excerpt_of_the_syracuse_plows(acme: Cast, run: Run, tmp_path: Path) -> None:
    path = real_file("syracuse_plows_2020.csv.gz")
    excerpt = tmp_path / "plows.csv.gz"
    with gzip.open(path, "rt") as source, gzip.open(excerpt, "wt") as target:
        target.writelines(islice(source, 20_001))
    result = run("replay_positions", excerpt, organization="acme", odometer_unit="mi")
    check(result, keys_of(excerpt, "vehicle", "time_utc"))


@pytest.mark.realdata
def test_the_year_of_syracuse_plows(acme: Cast, run: Run) -> None:
    path = real_file("syracuse_plows_2020.csv.gz")
    result = run("replay_positions", path, organization="acme", odometer_unit="mi")
    check(result, keys_of(path, "vehicle", "time_utc"))
    with platform_scope():
        jumps = Position.objects.alias(jump=F("quality").bitand(1)).filter(jump=1).count()
        made_up = Position.objects.filter(speed_mps__isnull=False).count()
    assert jumps > 0
    assert made_up > 250_000  # the file has no speed: it is derived
