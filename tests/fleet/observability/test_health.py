"""`/health/live` and `/health/ready`."""

from typing import Any

import pytest
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError

from fleet.observability import health

pytestmark = [pytest.mark.urls("fleet.observability.urls"), pytest.mark.django_db]


@pytest.fixture(autouse=True)
def own_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks of this app alone; domain apps test theirs."""
    monkeypatch.setattr(health, "_checks", {})
    health.register_own_checks()


def fail(error: Exception) -> Any:
    def check() -> health.Facts:
        raise error

    return check


def test_a_process_that_answers_is_alive_whatever_else_is_wrong(client: Any) -> None:
    health.register_check("database", fail(OperationalError("down")))

    answer = client.get("/health/live")

    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_an_installation_that_can_work_is_ready(client: Any) -> None:
    answer = client.get("/health/ready")

    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {
            "database": {"ok": True},
            "redis": {"ok": True, "appendonly": True},
            "migrations": {"ok": True},
        },
    }


def test_a_database_that_is_down_makes_it_unready_and_is_not_asked_twice(client: Any) -> None:
    health.register_check("database", fail(OperationalError("password of fleet_app at db1")))

    answer = client.get("/health/ready")
    checks = answer.json()["checks"]

    assert answer.status_code == 503
    assert answer.json()["status"] == "not ready"
    assert checks["redis"]["ok"] is True
    assert checks["database"] == {"ok": False, "detail": "database does not answer."}
    assert checks["migrations"]["detail"] == "Not checked, because database is not ready."


def test_a_redis_that_is_down_makes_it_unready(client: Any) -> None:
    health.register_check("redis", fail(RedisConnectionError("refused")))

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["redis"]["detail"] == "redis does not answer."


@pytest.mark.parametrize(
    ("persistence", "words"),
    [
        ({"aof_enabled": 0}, "appendonly yes"),
        ({"aof_enabled": 1, "aof_last_write_status": "err"}, "disk"),
    ],
)
def test_a_redis_that_may_lose_positions_makes_it_unready(
    client: Any, monkeypatch: pytest.MonkeyPatch, persistence: dict[str, Any], words: str
) -> None:
    monkeypatch.setattr("redis.Redis.info", lambda *_: persistence)

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert words in answer.json()["checks"]["redis"]["detail"]


def test_missing_migrations_make_it_unready(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Migration:
        app_label, name = "vehicles", "0099_later"

    monkeypatch.setattr(
        "django.db.migrations.executor.MigrationExecutor.migration_plan",
        lambda *_: [(Migration(), False)],
    )
    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["migrations"]["missing"] == ["vehicles.0099_later"]


def test_an_app_adds_its_own_check_with_facts(client: Any) -> None:
    health.register_check("pipeline", fail(health.NotReadyError("It lags.", lag_s=90)))

    answer = client.get("/health/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["pipeline"] == {"ok": False, "detail": "It lags.", "lag_s": 90}


def test_nobody_may_keep_an_old_answer(client: Any) -> None:
    assert "no-store" in client.get("/health/ready").headers["Cache-Control"]
