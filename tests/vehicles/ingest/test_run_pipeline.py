"""The command that runs a pipeline."""

import pytest
from django.core.management import CommandError, call_command

from tests.cast import at
from tests.vehicles.ingest.stories import fix_at, send, submission
from vehicles.ingest import stream
from vehicles.models import Position

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everything")]


def test_drain_stores_what_waits_and_says_so(acme, stream_redis, capsys):
    truck = acme.add_vehicle("T-1")
    send(stream_redis, submission(acme, truck, fix_at(at(8)), fix_at(at(8)), fix_at(at(9))))
    call_command("run_pipeline", "--drain")
    assert "Stored 2 fixes, 1 were there already, 0 went to quarantine." in capsys.readouterr().out
    assert Position.objects.count() == 2


def test_a_pipeline_can_have_shards_of_its_own(acme, stream_redis):
    vehicles = [acme.add_vehicle(f"T-{i}") for i in range(4)]
    send(stream_redis, *(submission(acme, v, fix_at(at(8))) for v in vehicles))
    mine = stream.shard_of(vehicles[0].pk)
    call_command("run_pipeline", "--drain", "--shards", str(mine))
    assert [p.vehicle_id for p in Position.objects.all()] == [vehicles[0].pk]


def test_an_unknown_shard_is_refused(stream_redis):
    with pytest.raises(CommandError, match="shards 0 to 3"):
        call_command("run_pipeline", "--shards", "2-7")
