"""A fix that the database refuses is quarantined alone; everything around it is stored."""

import uuid

import pytest
from django.db import DataError, OperationalError

from tests.cast import at
from tests.vehicles.ingest.stories import fix_at, process, send, submission
from vehicles.ingest import poison, receipts, stream
from vehicles.ingest.pipeline import Pipeline
from vehicles.models import Position, RejectedFix

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everything")]

BAD_JSON = b'{"a": "\\u0000"}'  # jsonb has no NUL


def test_one_refused_fix_among_many_goes_to_quarantine_alone(acme, stream_redis):
    truck, van = acme.add_vehicle("T-1"), acme.add_vehicle("T-2")
    run = uuid.uuid4().hex
    fixes = [fix_at(at(8, i)) for i in range(11)]
    fixes[6].attributes = BAD_JSON
    send(
        stream_redis,
        submission(acme, truck, *fixes, run=run),
        submission(acme, van, fix_at(at(8)), fix_at(at(9)), run=run),
    )
    done = process()
    assert done.stored == 12
    rejected = RejectedFix.objects.get()
    assert (rejected.reason, rejected.format) == ("not_storable", "positions")
    assert "T08:06:00" in rejected.raw
    counts = receipts.counts_of_run(organization_id=acme.id, run=run)
    assert (counts.stored, dict(counts.rejected), counts.total) == (12, {"not_storable": 1}, 13)
    assert stream.backlog(stream_redis).entries == 0


def test_a_poisoned_entry_processed_twice_counts_once(acme, stream_redis, monkeypatch):
    truck = acme.add_vehicle("T-1")
    run = uuid.uuid4().hex
    fixes = [fix_at(at(8, i)) for i in range(5)]
    fixes[1].attributes = BAD_JSON
    send(stream_redis, submission(acme, truck, *fixes, run=run))
    dying = Pipeline()
    monkeypatch.setattr(dying.reader, "acknowledge", lambda batch: None)
    dying.reader.ensure_groups()
    assert dying.step() == 5
    monkeypatch.setattr("django.conf.settings.PIPELINE_CLAIM_IDLE_MS", 0)
    process()
    counts = receipts.counts_of_run(organization_id=acme.id, run=run)
    assert (counts.stored, counts.duplicates, dict(counts.rejected)) == (4, 0, {"not_storable": 1})
    assert (Position.objects.count(), RejectedFix.objects.count()) == (4, 1)
    dying.client.close()


def test_trouble_of_the_server_is_not_taken_for_a_bad_fix():
    def store(_submissions):
        raise OperationalError("the database system is shutting down")

    with pytest.raises(OperationalError):
        poison.store_surely(store, [])


def test_any_other_error_is_narrowed_down_to_one_fix(acme):
    truck = acme.add_vehicle("T-1")
    whole = submission(acme, truck, *(fix_at(at(8, i)) for i in range(4)))
    kept = []

    def store(submissions):
        for some in submissions:
            if any(row.fix.recorded_at_us == whole.rows[2].fix.recorded_at_us for row in some.rows):
                raise DataError("no")
        kept.extend(submissions)
        return len(submissions)

    poison.store_surely(store, [whole])
    assert sum(len(some.rows) for some in kept) == 3
    assert [r.reason for some in kept for r in some.rejected] == ["not_storable"]
    assert len({some.id for some in kept}) == len(kept)
