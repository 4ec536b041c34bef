"""What the pipeline makes of fixes: positions, latest positions, quarantine, receipts."""

import datetime as dt
import uuid

import pytest

from tests.cast import at
from tests.vehicles.ingest.stories import fix_at, process, send, submission
from vehicles.ingest import receipts, stream
from vehicles.ingest.fix import Rejected
from vehicles.ingest.pipeline import Pipeline
from vehicles.models import Device, LatestPosition, Motion, Position, Quality, RejectedFix

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everything")]


def test_every_field_of_a_fix_is_stored(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    fix = fix_at(
        at(8), lon=13.37774, lat=52.51627, altitude_m=34.5, speed_mps=12.5, heading_deg=271.0,
        accuracy_m=4.0, odometer_m=123_456.0, ignition=True, fuel_l=80.5, fuel_percent=61.0,
        attributes=b'{"battery_percent":87,"note":"\xc3\xa9"}',
    )  # fmt: skip
    send(stream_redis, submission(acme, truck, fix))
    done = process()

    assert (done.stored, done.duplicates, done.rejected.total()) == (1, 0, 0)
    for row in (Position.objects.get(), LatestPosition.objects.get()):
        assert (row.organization_id, row.vehicle_id, row.recorded_at) == (acme.id, truck.pk, at(8))
        assert (row.point.x, row.point.y, row.point.srid) == (13.37774, 52.51627, 4326)
        assert (row.altitude_m, row.speed_mps, row.heading_deg) == (34.5, 12.5, 271.0)
        assert (row.accuracy_m, row.odometer_m, row.ignition) == (4.0, 123_456.0, True)
        assert (row.fuel_l, row.fuel_percent, row.quality) == (80.5, 61.0, Quality.GOOD)
        assert row.attributes == {"battery_percent": 87, "note": "é"}
    latest = LatestPosition.objects.get()
    assert (latest.motion, latest.motion_since) == (Motion.MOVING, at(8))
    assert latest.device_id == acme.devices[0].pk
    device = Device.objects.get()
    assert (device.protocol, device.last_contact_at) == ("positions", latest.received_at)


def test_missing_values_stay_null_beside_rows_that_have_them(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(
        stream_redis,
        submission(
            acme, truck,
            fix_at(at(8), speed_mps=3.0, attributes=b'{"a":1}'),
            fix_at(at(9), altitude_m=1.0, ignition=False),
            fix_at(at(10), fuel_l=2.0, attributes=b'{"b":[2]}'),
        ),
    )  # fmt: skip
    process()
    rows = list(
        Position.objects.values_list(
            "speed_mps", "altitude_m", "ignition", "fuel_l", "attributes", "heading_deg"
        )
    )
    assert rows == [
        (3.0, None, None, None, {"a": 1}, None),
        (None, 1.0, False, None, None, None),
        (None, None, None, 2.0, {"b": [2]}, None),
    ]


def test_a_resend_stores_nothing_twice(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    fixes = [fix_at(at(8, minute)) for minute in range(30)]
    send(stream_redis, submission(acme, truck, *fixes))
    assert process().stored == 30
    send(stream_redis, submission(acme, truck, *fixes), submission(acme, truck, *fixes[:5]))
    again = process()
    assert (again.stored, again.duplicates) == (0, 35)
    assert Position.objects.count() == 30


def test_of_two_fixes_of_one_moment_the_first_received_stays(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(
        stream_redis,
        submission(acme, truck, fix_at(at(8), speed_mps=1.0), fix_at(at(8), speed_mps=2.0)),
    )
    done = process()
    assert (done.stored, done.duplicates) == (1, 1)
    assert Position.objects.get().speed_mps == 1.0


def test_late_fixes_are_stored_flagged_and_never_move_the_latest_back(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(stream_redis, submission(acme, truck, fix_at(at(12))))
    process()
    send(stream_redis, submission(acme, truck, fix_at(at(11)), fix_at(at(10))))
    send(stream_redis, submission(acme, truck, fix_at(at(13)), fix_at(at(12, 30))))
    process()
    flags = dict(Position.objects.values_list("recorded_at", "quality"))
    assert {moment: bool(q & Quality.LATE) for moment, q in flags.items()} == {
        at(10): True, at(11): True, at(12): False, at(12, 30): True, at(13): False,
    }  # fmt: skip
    assert LatestPosition.objects.get().recorded_at == at(13)


def test_a_month_without_a_partition_goes_to_quarantine_whole(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    old = fix_at(dt.datetime(2003, 5, 1, tzinfo=dt.UTC), speed_mps=9.0, attributes=b'{"k":"v"}')
    send(stream_redis, submission(acme, truck, fix_at(at(8)), old))
    done = process()
    assert (done.stored, dict(done.rejected)) == (1, {"outside_partitions": 1})
    rejected = RejectedFix.objects.get()
    assert (rejected.reason, rejected.format) == ("outside_partitions", "positions")
    assert '"recorded_at":"2003-05-01T00:00:00+00:00"' in rejected.raw
    assert '"k":"v"' in rejected.raw


def test_a_deleted_vehicle_and_one_of_another_organization_are_unknown(acme, rival, stream_redis):
    mine, gone, theirs = acme.add_vehicle("A"), acme.add_vehicle("B"), rival.add_vehicle("C")
    first = submission(acme, mine, fix_at(at(8)))
    second = submission(acme, gone, fix_at(at(8)))
    stray = submission(rival, theirs, fix_at(at(8)))
    stray.organization_id = acme.id
    send(stream_redis, first, second, stray)
    gone.delete()
    done = process()
    assert (done.stored, dict(done.rejected)) == (1, {"unknown_vehicle": 2})
    assert {r.organization_id for r in RejectedFix.objects.all()} == {acme.id}


def test_records_rejected_at_the_door_reach_quarantine_once(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    bad = Rejected("null_island", "The position is 0, 0.", '{"lat":0}', device="T-1", index=4)
    one = submission(acme, truck, fix_at(at(8)), rejected=[bad])
    send(stream_redis, one, one)  # as when Redis answered too late and the write was repeated
    process()
    rejected = RejectedFix.objects.get()
    assert (rejected.reason, rejected.raw, rejected.device) == ("null_island", '{"lat":0}', "T-1")
    assert Position.objects.count() == 1


def test_a_status_report_merges_into_the_latest_position(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(
        stream_redis,
        submission(acme, truck, fix_at(at(8), speed_mps=0.0, attributes=b'{"a":1,"b":1}')),
        submission(
            acme, truck,
            fix_at(at(9), lon=None, lat=None, ignition=True, attributes=b'{"b":2,"c":3}'),
        ),
        submission(acme, truck, fix_at(at(7), lon=None, lat=None, attributes=b'{"old":1}')),
    )  # fmt: skip
    assert process().stored == 3
    latest = LatestPosition.objects.get()
    assert latest.attributes == {"a": 1, "b": 2, "c": 3}
    assert (latest.recorded_at, latest.ignition) == (at(8), True)
    assert (latest.motion, latest.motion_since) == (Motion.IDLING, at(9))
    assert Position.objects.count() == 1


def test_receipts_of_a_run_add_up(acme, stream_redis):
    truck, van = acme.add_vehicle("T-1"), acme.add_vehicle("T-2")
    run = uuid.uuid4().hex
    bad = Rejected("clock_ahead", "…", "{}")
    old = fix_at(dt.datetime(2003, 5, 1, tzinfo=dt.UTC))
    send(stream_redis, submission(acme, truck, fix_at(at(8)), run=uuid.uuid4().hex))
    process()
    send(
        stream_redis,
        submission(acme, truck, fix_at(at(8)), fix_at(at(9)), fix_at(at(9)), run=run),
        submission(acme, van, fix_at(at(8)), old, rejected=[bad], run=run),
        submission(acme, van, fix_at(at(9), lon=None, lat=None), run=run),
        submission(acme, van, fix_at(at(20))),
    )
    process()
    counts = receipts.counts_of_run(organization_id=acme.id, run=run)
    assert (counts.stored, counts.duplicates) == (3, 2)
    assert dict(counts.rejected) == {"outside_partitions": 1, "clock_ahead": 1}
    assert counts.total == 7


def test_nothing_waits_when_all_is_stored(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(stream_redis, *(submission(acme, truck, fix_at(at(8, i))) for i in range(10)))
    assert stream.backlog(stream_redis).fixes == 10
    process()
    behind = stream.backlog(stream_redis)
    assert (behind.fixes, behind.entries, behind.seconds) == (0, 0, 0.0)


def test_fixes_of_a_deleted_organization_stop_nobody(acme, rival, stream_redis):
    truck, theirs = acme.add_vehicle("T-1"), rival.add_vehicle("R-1")
    bad = Rejected("null_island", "…", "{}")
    send(
        stream_redis,
        submission(rival, theirs, fix_at(at(8)), rejected=[bad]),
        submission(acme, truck, fix_at(at(8))),
    )
    rival.organization.delete()
    assert process().stored == 1
    assert Position.objects.get().organization_id == acme.id
    assert stream.backlog(stream_redis).fixes == 0


def test_a_detached_partition_sends_its_fixes_to_quarantine(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    pipeline = Pipeline()
    pipeline.reader.ensure_groups()
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    pipeline.step()
    # Known to the pipeline, gone meanwhile.
    pipeline.store._months.add(0)
    send(stream_redis, submission(acme, truck, fix_at(dt.datetime(1970, 1, 5, tzinfo=dt.UTC))))
    pipeline.step()
    pipeline.close()
    assert RejectedFix.objects.get().reason == "outside_partitions"
    assert Position.objects.count() == 1
