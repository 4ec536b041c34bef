"""After a batch: frames for live views, at most one a tick, and batches for the apps above."""

import msgspec
import pytest

from fleet.realtime.framelog import log_key
from tests.cast import at
from tests.vehicles.ingest.stories import fix_at, process, send, submission
from vehicles import events
from vehicles.ingest.pipeline import Pipeline
from vehicles.models import LatestPosition, Motion

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("everything")]


def frames(client, cast):
    return [
        msgspec.json.decode(fields[b"f"]) for _, fields in client.xrange(log_key(cast.id))
    ]  # fmt: skip


def batches(client):
    return [
        events.decode_position_batch(fields)
        for _, fields in client.xrange(events.POSITION_BATCHES_KEY)
    ]


def test_a_frame_says_what_the_latest_position_says(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    fix = fix_at(at(8), lon=13.1234567, speed_mps=12.34, heading_deg=359.6, ignition=True)
    send(stream_redis, submission(acme, truck, fix))
    process()
    (frame,) = frames(stream_redis, acme)
    latest = LatestPosition.objects.get()
    assert frame == {
        "vehicle": [truck.pk], "t": [int(at(8).timestamp() * 1000)],
        "r": [int(latest.received_at.timestamp() * 1_000_000) // 1000],
        "lon": [13.123457], "lat": [52.5], "speed": [12.3], "heading": [0],
        "motion": [Motion.MOVING], "ignition": [True],
    }  # fmt: skip


def test_late_fixes_and_resends_make_no_frame(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    process()
    send(stream_redis, submission(acme, truck, fix_at(at(8)), fix_at(at(7))))
    process()
    assert len(frames(stream_redis, acme)) == 1


def test_a_status_report_makes_a_frame(acme, stream_redis):
    truck = acme.add_vehicle("T-1")
    send(stream_redis, submission(acme, truck, fix_at(at(8))))
    process()
    send(stream_redis, submission(acme, truck, fix_at(at(9), lon=None, lat=None, ignition=True)))
    process()
    frame = frames(stream_redis, acme)[-1]
    assert (frame["ignition"], frame["motion"]) == ([True], [Motion.IDLING])


def test_within_a_tick_only_the_newest_row_of_a_vehicle_goes_out(acme, stream_redis, settings):
    settings.LIVE_TICK_MS = 60_000
    truck, van = acme.add_vehicle("T-1"), acme.add_vehicle("T-2")
    pipeline = Pipeline()
    pipeline.reader.ensure_groups()
    for minute in range(4):
        send(
            stream_redis,
            submission(acme, truck, fix_at(at(8, minute))),
            submission(acme, van, fix_at(at(8, minute))),
        )
        pipeline.step()
    assert len(frames(stream_redis, acme)) == 1
    pipeline.announcer.publish_due(everything=True)
    pipeline.close()
    _, second = frames(stream_redis, acme)
    assert sorted(second["vehicle"]) == [truck.pk, van.pk]
    assert second["t"] == [int(at(8, 3).timestamp() * 1000)] * 2


def test_organizations_get_frames_of_their_own_vehicles_only(acme, rival, stream_redis):
    mine, theirs = acme.add_vehicle("A"), rival.add_vehicle("B")
    send(stream_redis, submission(acme, mine, fix_at(at(8))))
    send(stream_redis, submission(rival, theirs, fix_at(at(8))))
    process()
    assert [f["vehicle"] for f in frames(stream_redis, acme)] == [[mine.pk]]
    assert [f["vehicle"] for f in frames(stream_redis, rival)] == [[theirs.pk]]


def test_each_batch_is_announced_per_organization_with_its_span(acme, rival, stream_redis):
    mine, theirs = acme.add_vehicle("A"), rival.add_vehicle("B")
    send(stream_redis, submission(acme, mine, fix_at(at(9)), fix_at(at(8))))
    send(stream_redis, submission(rival, theirs, fix_at(at(10))))
    process()
    found = {batch.organization_id: batch for batch in batches(stream_redis)}
    assert found[acme.id].vehicle_ids == [mine.pk]
    assert found[acme.id].first_recorded_at_us == at(8).timestamp() * 1_000_000
    assert found[acme.id].last_recorded_at_us == at(9).timestamp() * 1_000_000
    assert found[rival.id].vehicle_ids == [theirs.pk]
