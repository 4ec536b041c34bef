"""`/live/stats.json`: what the hubs do, for members and operators."""

import time
from typing import Any

import pytest
from django.conf import settings
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from fleet.accounts.models import User
from fleet.accounts.roles import Role
from fleet.realtime import stats
from tests.cast import Cast

pytestmark = pytest.mark.urls("fleet.realtime.urls")
URL = "/live/stats.json"


def summary(
    redis: Redis, hub: str, organizations: dict[int, dict[str, Any]], *, age_s: float = 0.0
) -> None:
    """What a hub wrote `age_s` seconds ago."""
    text = stats.encode_summary(
        at=time.time() - age_s,
        organizations={
            str(key): stats.ChannelStats(**value) for key, value in organizations.items()
        },
    )
    redis.hset(stats.STATS_KEY, hub, text)


def test_a_member_sees_the_sum_over_processes_for_the_own_organization(
    client: Any, redis: Redis, acme: Cast, rival: Cast
) -> None:
    summary(redis, "a", {acme.id: {"connections": 2, "messages": 10, "hub_lag_ms": 4.0}})
    summary(
        redis,
        "b",
        {
            acme.id: {"connections": 3, "messages": 5, "hub_lag_ms": 9.0},
            rival.id: {"connections": 7},
        },
    )
    client.force_login(acme.owner)
    answer = client.get(URL).json()

    assert answer["processes"] == 2
    assert list(answer["organizations"]) == [str(acme.id)]
    own = answer["organizations"][str(acme.id)]
    assert (own["connections"], own["messages"], own["hub_lag_ms"]) == (5, 15, 9.0)


def test_an_operator_sees_every_organization(
    client: Any, redis: Redis, acme: Cast, rival: Cast
) -> None:
    summary(redis, "a", {acme.id: {}, rival.id: {}})
    client.force_login(User.objects.create_superuser("operator@platform.test", "x"))

    assert len(client.get(URL).json()["organizations"]) == 2


def test_a_killed_process_is_forgotten(client: Any, redis: Redis, acme: Cast) -> None:
    summary(redis, "dead", {acme.id: {"connections": 9}}, age_s=stats.EXPIRE_S + 1)

    answer = client.get(URL, headers={"Authorization": f"Api-Key {acme.key}"}).json()

    assert answer == {"processes": 0, "organizations": {}}
    assert redis.hlen(stats.STATS_KEY) == 0


def test_strangers_and_drivers_see_nothing(client: Any, acme: Cast) -> None:
    assert client.get(URL).status_code == 401

    client.force_login(acme.add_member("driver@acme.test", Role.DRIVER))
    assert client.get(URL).status_code == 403


async def test_a_hub_tells_its_rates(redis: Redis) -> None:
    earlier, now = stats.ChannelStats(messages=100, bytes=1000), stats.ChannelStats()
    now.messages, now.bytes = 300, 5000
    async with AsyncRedis.from_url(settings.REDIS_URL) as client:
        await stats.write_summary(
            client, hub_id="a", organizations={1: now.since(earlier, seconds=2)}
        )

    told = stats.read_summaries(redis)["organizations"]["1"]
    assert (told["messages_per_s"], told["bytes_per_s"]) == (100, 2000)
