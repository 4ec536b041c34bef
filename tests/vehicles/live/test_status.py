import pytest

from vehicles.models import Motion
from vehicles.status import Status, derived_status

HOUR = 3600


@pytest.mark.parametrize(
    ("motion", "silent_s", "status"),
    [
        (Motion.MOVING, 0, Status.MOVING),
        (Motion.IDLING, 0, Status.IDLING),
        (Motion.STOPPED, 0, Status.STOPPED),
        (Motion.MOVING, 4 * HOUR, Status.MOVING),
        (Motion.MOVING, 4 * HOUR + 1, Status.OFFLINE),
        (Motion.STOPPED, 4 * HOUR + 1, Status.STOPPED),
        (Motion.IDLING, 24 * HOUR, Status.IDLING),
        (Motion.STOPPED, 24 * HOUR + 1, Status.OFFLINE),
        (None, 0, Status.OFFLINE),
        (Motion.MOVING, -5, Status.MOVING),  # a clock that is a little ahead
    ],
)
def test_status_is_derived_from_motion_and_silence(
    motion: int | None, silent_s: float, status: Status
) -> None:
    assert status == derived_status(
        motion=motion,
        silent_s=silent_s,
        offline_after_moving_s=4 * HOUR,
        offline_after_parked_s=24 * HOUR,
    )
