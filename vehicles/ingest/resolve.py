"""From the identities that a request names to vehicles; pure but for what it is given."""

from collections.abc import Mapping

from vehicles.ingest.fix import Fix, Parsed, Rejected
from vehicles.ingest.lookup import DeviceRef
from vehicles.ingest.quarantine import rejected_fix
from vehicles.ingest.reasons import Reason
from vehicles.ingest.stream import Row
from vehicles.ingest.units import SPEED_UNITS
from vehicles.ingest.vet import LIMITS
from vehicles.models import DeviceStatus

_MAX_SPEED_MPS = LIMITS["speed_mps"][1]


def resolve(
    parsed: Parsed, *, devices: Mapping[str, DeviceRef | None], sender: DeviceRef | None = None
) -> tuple[list[Row], list[Rejected]]:
    """Rows of the fixes whose device is known and has a vehicle, and every rejected record.

    `sender` is the device of a device token; it decides, whatever identity the records carry.
    """
    assumed = parsed.assumed_speed_unit
    assumed_mps = SPEED_UNITS[assumed] if assumed else None
    rows: list[Row] = []
    refused: list[tuple[int, Fix, tuple[Reason, str]]] = []
    for position, fix in enumerate(parsed.fixes):
        device = sender or devices.get(fix.device)
        if device is None or device.vehicle_id is None or device.status != DeviceStatus.ACTIVE:
            refused.append((position, fix, _refusal(fix, device)))
            continue
        if assumed_mps and device.speed_mps_per_unit and fix.speed_mps is not None:
            speed_mps = fix.speed_mps * device.speed_mps_per_unit / assumed_mps
            fix.speed_mps = speed_mps if speed_mps <= _MAX_SPEED_MPS else None
        if sender:
            fix.device = sender.unique_id
        rows.append(Row(device.vehicle_id, device.id, fix))
    if not refused:
        return rows, parsed.rejected
    # Which record of the request each fix was: the formats number the records they reject.
    taken = {record.index for record in parsed.rejected}
    index_of = [i for i in range(len(parsed.fixes) + len(taken)) if i not in taken]
    rejected = parsed.rejected + [
        rejected_fix(fix, reason=reason, detail=detail, index=index_of[position])
        for position, fix, (reason, detail) in refused
    ]
    return rows, sorted(rejected, key=lambda record: record.index)


def _refusal(fix: Fix, device: DeviceRef | None) -> tuple[Reason, str]:
    if device is None and not fix.device:
        return (
            Reason.UNKNOWN_DEVICE,
            "The record names no device; send the device's identity, or use a device token.",
        )
    if device is None or device.status == DeviceStatus.DISABLED:
        return (
            Reason.UNKNOWN_DEVICE,
            f"No device “{fix.device}” is registered; add it under Devices with this identifier.",
        )
    if device.status == DeviceStatus.PENDING:
        return (
            Reason.DEVICE_PENDING,
            f"Device “{device.unique_id}” waits for approval; approve it, then try this again.",
        )
    return (
        Reason.DEVICE_UNASSIGNED,
        f"Device “{device.unique_id}” has no vehicle; choose one for it, then try this again.",
    )
