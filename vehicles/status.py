"""The status of a vehicle is derived from telemetry, never typed. Pure: `now` is passed in."""

from enum import StrEnum


class Status(StrEnum):
    """What the vehicle is doing, as far as its telemetry says."""

    MOVING = "moving"
    IDLING = "idling"
    STOPPED = "stopped"
    OFFLINE = "offline"


_BY_MOTION = {0: Status.STOPPED, 1: Status.IDLING, 2: Status.MOVING}
_MOVING = 2


def derived_status(
    *,
    motion: int | None,
    silent_s: float,
    offline_after_moving_s: int,
    offline_after_parked_s: int,
) -> Status:
    """The status of a vehicle with this motion (vehicles.models.Motion; None: never reported).

    `silent_s` is how long ago its last report reached us. A vehicle last seen moving counts as
    offline sooner than one that was parked: it should have gone on reporting.
    """
    if motion is None:
        return Status.OFFLINE
    patience_s = offline_after_moving_s if motion == _MOVING else offline_after_parked_s
    return Status.OFFLINE if silent_s > patience_s else _BY_MOTION[motion]
