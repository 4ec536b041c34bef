"""Who may watch, and how fast a right that was taken away ends."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from websockets.exceptions import InvalidStatus

from fleet.accounts.models import ApiKey, Membership, User
from fleet.accounts.roles import Role
from fleet.accounts.scope import platform_scope
from tests.cast import Cast
from tests.vehicles.live.reports import Report, aside, report
from tests.vehicles.live.viewer import watching


async def close_code(port: int, **credentials: Any) -> int:
    async with watching(port, hello=False, **credentials) as viewer:
        return await viewer.closed()


async def test_a_viewer_signed_in_by_session_sees_the_fleet(
    port: int, fleet: Cast, sign_in: Callable[[Any], str]
) -> None:
    watcher = await aside(fleet.add_member, "watcher@acme.test", Role.VIEWER)
    await aside(report, fleet, Report(vehicle=fleet.vehicles[0].pk, second=1))

    async with watching(port, session=await aside(sign_in, watcher)) as viewer:
        assert list(viewer.view) == [fleet.vehicles[0].pk]


async def test_strangers_are_told_to_sign_in(port: int, fleet: Cast) -> None:
    assert await close_code(port) == 4401
    assert await close_code(port, session="no-such-session") == 4401
    assert await close_code(port, key="fk_aaaaaaaa_wrong") == 4401
    assert await close_code(port, key="nonsense") == 4401


async def test_a_driver_may_not_see_the_whole_fleet(
    port: int, fleet: Cast, sign_in: Callable[[Any], str]
) -> None:
    driver = await aside(fleet.add_member, "driver@acme.test", Role.DRIVER)

    assert await close_code(port, session=await aside(sign_in, driver)) == 4403


async def test_a_user_of_no_organization_sees_none(
    port: int, fleet: Cast, sign_in: Callable[[Any], str]
) -> None:
    operator = await aside(User.objects.create_superuser, "operator@platform.test", "x")

    assert await close_code(port, session=await aside(sign_in, operator)) == 4403


async def test_a_key_without_the_scope_read_is_refused(port: int, fleet: Cast) -> None:
    await aside(change_key, fleet, scopes=["ingest"])

    assert await close_code(port, key=fleet.key) == 4403


async def test_another_sites_page_cannot_use_a_session(
    port: int, fleet: Cast, sign_in: Callable[[Any], str]
) -> None:
    session = await aside(sign_in, fleet.owner)

    with pytest.raises(InvalidStatus) as refused:
        await close_code(port, session=session, origin="https://evil.test")
    assert refused.value.response.status_code == 403


async def test_a_path_where_no_socket_lives_is_refused(port: int) -> None:
    from websockets.asyncio.client import connect

    with pytest.raises(InvalidStatus) as refused:
        async with connect(f"ws://127.0.0.1:{port}/ws/v2/nothing/"):
            pass
    assert refused.value.response.status_code == 403


async def test_a_key_in_the_query_works_and_stays_out_of_the_log(
    port: int, fleet: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    from websockets.asyncio.client import connect

    caplog.set_level("INFO", "uvicorn.error")
    caplog.clear()
    uri = f"ws://127.0.0.1:{port}/ws/v1/live/?a=1&key={fleet.key}"
    async with connect(uri, compression=None) as socket:
        assert '"hello"' in await socket.recv()

    assert fleet.key not in caplog.text


async def test_two_organizations_never_see_each_others_frames(
    port: int, fleet: Cast, rival: Cast
) -> None:
    theirs = await aside(rival.add_vehicle, "R-1")
    async with (
        watching(port, key=fleet.key) as ours_view,
        watching(port, key=rival.key) as their_view,
    ):
        for second in (1, 2, 3):
            ours = await aside(report, fleet, Report(vehicle=fleet.vehicles[0].pk, second=second))
            rivals = await aside(report, rival, Report(vehicle=theirs.pk, second=second))
        await ours_view.reach(ours)
        await their_view.reach(rivals)

        assert set(ours_view.view) == {fleet.vehicles[0].pk}
        assert set(their_view.view) == {theirs.pk}


@pytest.mark.parametrize("change", ["sign out", "new password", "inactive", "removed", "driver"])
async def test_a_session_that_lost_its_right_is_closed(
    port: int,
    fleet: Cast,
    sign_in: Callable[[Any], str],
    client: Any,
    monkeypatch: pytest.MonkeyPatch,
    change: str,
) -> None:
    monkeypatch.setattr("fleet.realtime.upkeep.CHECK_RIGHTS_S", 0.2)
    watcher = await aside(fleet.add_member, "watcher@acme.test", Role.VIEWER)

    async with (
        watching(port, session=await aside(sign_in, watcher)) as leaving,
        watching(port, key=fleet.key) as staying,
    ):
        await aside(withdraw, change, watcher, client)
        assert await leaving.closed() == (4403 if change in {"removed", "driver"} else 4401)

        seq = await aside(report, fleet, Report(vehicle=fleet.vehicles[0].pk, second=1))
        await staying.reach(seq)


def withdraw(change: str, user: User, client: Any) -> None:
    with platform_scope():
        match change:
            case "sign out":
                client.logout()
            case "new password":
                user.set_password("another")
                user.save()
            case "inactive":
                User.objects.filter(pk=user.pk).update(is_active=False)
            case "removed":
                Membership.objects.filter(user=user).delete()
            case "driver":
                Membership.objects.filter(user=user).update(role=Role.DRIVER)


async def test_a_revoked_key_is_closed(
    port: int, fleet: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fleet.realtime.upkeep.CHECK_RIGHTS_S", 0.2)

    async with watching(port, key=fleet.key) as viewer:
        await aside(change_key, fleet, revoked_at=timezone.now())
        assert await viewer.closed() == 4401


def change_key(cast: Cast, **facts: Any) -> None:
    with platform_scope():
        ApiKey.objects.filter(organization_id=cast.id).update(**facts)
