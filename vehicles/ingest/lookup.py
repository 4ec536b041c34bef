"""Look-ups of credentials and devices for the gateway, by whole batches of misses."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from fleet.accounts import keys
from fleet.accounts.models import ApiKey, ApiKeyScope, Organization
from fleet.accounts.scope import organization_scope, platform_scope
from vehicles.ingest.units import SPEED_UNITS
from vehicles.models import Device, DeviceStatus

log = structlog.get_logger(__name__)

MAX_PENDING_DEVICES = 1_000
"""Unknown devices are registered only while fewer than this wait for approval, so that a sender
with a key cannot fill the table."""
LAST_USED_EVERY = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class DeviceRef:
    """What the gateway needs to know of a device."""

    id: int
    unique_id: str
    vehicle_id: int | None
    status: str
    speed_mps_per_unit: float | None
    """Of the device's own speed unit; None when the format's own holds."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a credential allows."""

    organization_id: int
    may_ingest: bool
    register_unknown: bool = False
    device: DeviceRef | None = None
    """The one device of a device token."""


@dataclass(slots=True)
class Wanted:
    """What a batch of misses asks for."""

    credentials: set[str] = field(default_factory=set)
    devices: dict[int, set[str]] = field(default_factory=dict)
    registering: set[int] = field(default_factory=set)
    """Organizations that register unknown devices."""

    def want_devices(self, grant: Grant, identities: Iterable[str]) -> None:
        """Ask for devices of the grant's organization."""
        self.devices.setdefault(grant.organization_id, set()).update(identities)
        if grant.register_unknown:
            self.registering.add(grant.organization_id)


@dataclass(slots=True)
class Found:
    """The answers; what is missing is unknown."""

    grants: dict[str, Grant] = field(default_factory=dict)
    devices: dict[tuple[int, str], DeviceRef] = field(default_factory=dict)


def is_credential(text: str) -> bool:
    """Whether the text looks like a key or token at all; others never reach the database."""
    return len(text) < 100 and any(
        keys.split_key(text, kind=kind) for kind in (keys.API_KEY, keys.DEVICE_TOKEN)
    )


def look_up(wanted: Wanted) -> Found:
    """Answer a batch; outside a transaction it gives the connection back.

    Raises:
        django.db.Error: PostgreSQL could not be asked.
    """
    found = Found()
    try:
        if wanted.credentials:
            # The organization is found by the credential, so no narrower scope is known yet.
            with platform_scope():
                found.grants = _grants(wanted.credentials)
        for organization_id, identities in wanted.devices.items():
            with organization_scope(organization_id):
                devices = _devices(organization_id, identities)
                if organization_id in wanted.registering and len(devices) < len(identities):
                    _register(organization_id, identities - devices.keys())
                    devices = _devices(organization_id, identities)
            found.devices |= {(organization_id, key): device for key, device in devices.items()}
    finally:
        if not connection.in_atomic_block:
            connection.close()
    return found


def _grants(texts: Iterable[str]) -> dict[str, Grant]:
    return _api_key_grants(_by_prefix(texts, keys.API_KEY)) | _token_grants(
        _by_prefix(texts, keys.DEVICE_TOKEN)
    )


def _by_prefix(texts: Iterable[str], kind: str) -> dict[str, list[tuple[str, str]]]:
    """(text, secret) by prefix, for the credentials of one kind."""
    found: dict[str, list[tuple[str, str]]] = {}
    for text in texts:
        parts = keys.split_key(text, kind=kind)
        if parts:
            found.setdefault(parts[0], []).append((text, parts[1]))
    return found


def _api_key_grants(by_prefix: dict[str, list[tuple[str, str]]]) -> dict[str, Grant]:
    if not by_prefix:
        return {}
    now = timezone.now()
    grants: dict[str, Grant] = {}
    used = []
    for key in ApiKey.objects.filter(prefix__in=by_prefix).select_related("organization"):
        for text, secret in by_prefix[key.prefix]:
            if key.is_usable(now=now) and keys.secret_matches(secret, key.key_hash):
                used.append(key.pk)
                grants[text] = Grant(
                    organization_id=key.organization_id,
                    may_ingest=ApiKeyScope.INGEST in key.scopes,
                    register_unknown=key.organization.register_unknown_devices,
                )
    ApiKey.objects.filter(
        Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_EVERY), pk__in=used
    ).update(last_used_at=now)
    return grants


def _token_grants(by_prefix: dict[str, list[tuple[str, str]]]) -> dict[str, Grant]:
    if not by_prefix:
        return {}
    return {
        text: Grant(
            organization_id=device.organization_id, may_ingest=True, device=_reference(device)
        )
        for device in Device.objects.filter(token_prefix__in=by_prefix).exclude(
            status=DeviceStatus.DISABLED
        )
        for text, secret in by_prefix[device.token_prefix or ""]
        if keys.secret_matches(secret, device.token_hash)
    }


def _devices(organization_id: int, identities: Iterable[str]) -> dict[str, DeviceRef]:
    devices = Device.objects.filter(
        organization_id=organization_id, unique_id__in=[i for i in identities if i]
    )
    return {device.unique_id: _reference(device) for device in devices}


def _reference(device: Device) -> DeviceRef:
    return DeviceRef(
        id=device.pk,
        unique_id=device.unique_id,
        vehicle_id=device.vehicle_id,
        status=device.status,
        speed_mps_per_unit=SPEED_UNITS.get(device.speed_unit),
    )


def _register(organization_id: int, identities: Iterable[str]) -> None:
    """Register unknown devices of an organization that allows it, to be approved by a person."""
    # Asked again: what the gateway remembers of the organization may be some seconds old.
    if not Organization.objects.filter(pk=organization_id, register_unknown_devices=True).exists():
        return
    waiting = Device.objects.filter(
        organization_id=organization_id, status=DeviceStatus.PENDING
    ).count()
    new = sorted(i for i in identities if i)[: max(0, MAX_PENDING_DEVICES - waiting)]
    if not new:
        return
    Device.objects.bulk_create(
        [
            Device(organization_id=organization_id, unique_id=identity, status=DeviceStatus.PENDING)
            for identity in new
        ],
        ignore_conflicts=True,
    )
    log.info("unknown_devices_registered", organization=organization_id, count=len(new))
