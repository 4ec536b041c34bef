from fleet.realtime.recent import RecentFrames, next_run
from tests.fleet.realtime.columns import frame_of

A, B, C = frame_of(10, 0), frame_of(11, 10), frame_of(15, 11)


def seqs(frames: list | None) -> list[int] | None:
    return None if frames is None else [frame.seq for frame in frames]


def recent_of(*frames, **bounds) -> RecentFrames:
    recent = RecentFrames(**bounds)
    for frame in frames:
        recent.append(frame)
    return recent


def test_frames_after_a_known_number_are_found() -> None:
    recent = recent_of(A, B, C)

    assert seqs(recent.after(10)) == [11, 15]
    assert seqs(recent.after(0)) == [10, 11, 15]
    assert seqs(recent.after(15)) == []


def test_a_number_from_before_the_memory_is_not_found() -> None:
    assert recent_of(B, C).after(0) is None
    assert recent_of().after(10) is None


def test_the_memory_is_bounded_by_number_and_by_size() -> None:
    assert recent_of(A, B, C, most_frames=2).after(0) is None
    assert recent_of(A, B, C, most_bytes=len(C.payload)).after(10) is None


def test_frames_that_arrive_in_disorder_are_put_in_order() -> None:
    assert seqs(next_run([C, A, B], after=0)) == [10, 11, 15]


def test_a_missing_frame_is_noticed() -> None:
    assert next_run([A, C], after=0) is None
    assert next_run([C], after=10) is None


def test_frames_that_are_known_already_are_ignored() -> None:
    assert seqs(next_run([A, B, B], after=10)) == [11]
    assert seqs(next_run([A], after=15)) == []
