from fleet.realtime.frames import pick_rows
from fleet.realtime.subscription import EVERYTHING, RowFilter, Subscription, inside_viewport
from tests.fleet.realtime.columns import columns_of

GROUPS = {7: frozenset({1, 2}), 8: frozenset({3})}
TEXAS = (-107.0, 25.0, -93.0, 37.0)


def vehicles(columns: dict, rows: list[int]) -> list[int]:
    return pick_rows(columns, rows)["vehicle"]


def test_vehicles_and_groups_name_one_set_together() -> None:
    subscription = Subscription(subjects=frozenset({9}), groups=frozenset({7}))
    columns = columns_of(*((i, 1, 0.0, 0.0) for i in (1, 2, 3, 9)))

    assert vehicles(columns, RowFilter(subscription, GROUPS).rows_of_frame(columns)) == [1, 2, 9]


def test_an_unknown_group_is_empty() -> None:
    row_filter = RowFilter(Subscription(groups=frozenset({99})), GROUPS)

    assert row_filter.rows_of_frame(columns_of((1, 1, 0.0, 0.0))) == []


def test_without_any_part_everything_is_seen() -> None:
    columns = columns_of((1, 1, 0.0, 0.0), (9, 1, 0.0, 0.0))

    assert EVERYTHING.is_everything
    assert RowFilter(EVERYTHING, {}).rows_of_frame(columns) == [0, 1]


def test_a_vehicle_that_leaves_the_viewport_is_sent_once_more() -> None:
    row_filter = RowFilter(Subscription(viewport=TEXAS), {})
    inside, outside = columns_of((1, 1, -97.0, 30.0)), columns_of((1, 2, -80.0, 30.0))

    assert row_filter.rows_of_frame(inside) == [0]
    assert row_filter.rows_of_frame(outside) == [0]
    assert row_filter.rows_of_frame(outside) == []


def test_a_vehicle_of_the_snapshot_is_sent_when_it_leaves_the_viewport() -> None:
    row_filter = RowFilter(Subscription(viewport=TEXAS), {})

    assert row_filter.rows_of_snapshot(columns_of((1, 1, -97.0, 30.0))) == [0]
    assert row_filter.rows_of_frame(columns_of((1, 2, -80.0, 30.0))) == [0]


def test_a_vehicle_that_entered_during_a_backlog_is_sent_when_it_leaves() -> None:
    row_filter = RowFilter(Subscription(viewport=TEXAS), {})

    assert row_filter.rows_of_backlog(columns_of((1, 1, -97.0, 30.0))) == [0]
    assert row_filter.rows_of_frame(columns_of((1, 2, -80.0, 30.0))) == [0]


def test_a_viewport_may_cross_the_antimeridian() -> None:
    fiji = (170.0, -25.0, -170.0, -10.0)

    assert inside_viewport(178.0, -18.0, fiji)
    assert inside_viewport(-179.0, -18.0, fiji)
    assert not inside_viewport(0.0, -18.0, fiji)


def test_a_change_of_the_groups_is_noticed() -> None:
    row_filter = RowFilter(Subscription(groups=frozenset({7})), GROUPS)

    assert not row_filter.update_groups({**GROUPS, 8: frozenset()})
    assert row_filter.update_groups({7: frozenset({1})})
    assert row_filter.wanted == {1}
