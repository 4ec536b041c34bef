import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.realtime.frames import decode_columns, encode_columns, merge_columns, pick_rows
from fleet.realtime.members import merge_frames
from tests.fleet.realtime.columns import columns_of, frame_of

ROWS = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 20), st.just(0.0), st.integers(0, 100)),
    max_size=12,
)


def test_merged_columns_hold_the_newest_row_of_each_vehicle() -> None:
    merged = merge_columns(
        [columns_of((1, 10, 1.0, 1.0), (2, 10, 2.0, 2.0)), columns_of((1, 11, 1.5, 1.5))]
    )

    assert merged == columns_of((1, 11, 1.5, 1.5), (2, 10, 2.0, 2.0))


def test_a_late_row_does_not_replace_a_newer_one() -> None:
    merged = merge_columns([columns_of((1, 10, 1.0, 1.0)), columns_of((1, 9, 9.0, 9.0))])

    assert merged == columns_of((1, 10, 1.0, 1.0))


@given(st.lists(ROWS, max_size=4))
def test_merging_in_steps_gives_what_merging_at_once_gives(parts: list) -> None:
    columns = [columns_of(*part) for part in parts]
    stepwise = columns_of()
    for part in columns:
        stepwise = merge_columns([stepwise, part])

    assert stepwise == merge_columns([columns_of(), *columns])


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        encode_columns({"vehicle": [1, 2], "t": [1]})


def test_columns_survive_the_wire() -> None:
    columns = columns_of((1, 10, -97.123456, 30.5))

    assert decode_columns(encode_columns(columns)) == columns


def test_rows_are_picked_in_the_order_asked_for() -> None:
    columns = columns_of((1, 10, 0, 0), (2, 10, 0, 0), (3, 10, 0, 0))

    assert pick_rows(columns, [2, 0])["vehicle"] == [3, 1]


def test_a_merged_frame_spans_the_frames_it_is_made_of() -> None:
    frame = merge_frames([frame_of(10, 5, (1, 1, 0, 0)), frame_of(11, 10, (1, 2, 0, 0))])

    assert (frame.previous, frame.seq, frame.columns["t"]) == (5, 11, [2])
