"""Why a fix was not stored: the codes that quarantine, metrics and replies share."""

from enum import StrEnum


class Reason(StrEnum):
    """One cause of rejection. The text is stored and shown, so a code is never renamed."""

    LATITUDE_OUT_OF_RANGE = "latitude_out_of_range"
    LONGITUDE_OUT_OF_RANGE = "longitude_out_of_range"
    NULL_ISLAND = "null_island"
    CLOCK_AHEAD = "clock_ahead"
    INVALID_VALUE = "invalid_value"
    MISSING_FIELD = "missing_field"
    FIELD_TOO_LARGE = "field_too_large"
    MALFORMED_JSON = "malformed_json"
    OUTSIDE_PARTITIONS = "outside_partitions"
    UNKNOWN_DEVICE = "unknown_device"
    DEVICE_UNASSIGNED = "device_unassigned"
    DEVICE_PENDING = "device_pending"
    UNKNOWN_VEHICLE = "unknown_vehicle"
    NOT_STORABLE = "not_storable"


REASONS: frozenset[str] = frozenset(reason.value for reason in Reason)
