"""A Redis that is killed and comes back while people watch."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import RedisError

from devstack.places import State
from devstack.redis_server import PrivateRedis
from tests.cast import Cast
from tests.vehicles.live.reports import Report, aside, publish, report, state_of, store
from tests.vehicles.live.viewer import rows_of, watching
from vehicles.live_columns import Columns


@pytest.fixture
def private_redis(settings: Any) -> Iterator[PrivateRedis]:
    """A Redis that this test may kill; the settings point to it."""
    folder = Path(tempfile.mkdtemp(prefix="fleet-live-", dir="/tmp"))
    server = PrivateRedis(state=State(folder), fsync="always")
    server.start()
    settings.REDIS_URL = server.url()
    layer = settings.CHANNEL_LAYERS["default"]
    settings.CHANNEL_LAYERS = {
        "default": layer | {"CONFIG": layer["CONFIG"] | {"hosts": [server.url()]}}
    }
    yield server
    server.stop()
    shutil.rmtree(folder)


@pytest.mark.parametrize("loses_everything", [False, True], ids=["keeps its data", "loses it"])
async def test_viewers_stay_connected_and_miss_nothing(
    private_redis: PrivateRedis, port: int, fleet: Cast, loses_everything: bool
) -> None:
    first, second = (vehicle.pk for vehicle in fleet.vehicles[:2])
    async with watching(port, key=fleet.key) as viewer:
        await viewer.reach(await aside(report, fleet, Report(vehicle=first, second=1)))
        await aside(private_redis.kill)
        # The pipeline has stored this, and publishes it as soon as it can.
        columns = await aside(store, fleet, Report(vehicle=first, second=2))
        with pytest.raises(RedisError):
            await aside(publish, fleet, columns)
        if loses_everything:
            shutil.rmtree(private_redis.state.redis)
        await aside(private_redis.start)
        await _publish_when_possible(fleet, columns)
        seq = await aside(report, fleet, Report(vehicle=second, second=2))
        await viewer.reach(seq)

        assert viewer.hellos == 1 + loses_everything
        assert viewer.view == rows_of(await aside(state_of, fleet))

        async with watching(port, key=fleet.key) as newcomer:
            assert newcomer.view == viewer.view


async def _publish_when_possible(cast: Cast, columns: Columns) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                await aside(publish, cast, columns)
            except RedisError:
                await asyncio.sleep(0.1)
            else:
                return
