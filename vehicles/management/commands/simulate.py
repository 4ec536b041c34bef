import random
import signal
import threading
import time
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from fleet.accounts.actors import system_actor
from fleet.accounts.audit_context import command_context
from fleet.accounts.models import Organization
from fleet.accounts.scope import organization_scope, platform_scope
from vehicles import services
from vehicles.demo.services import ingest_key_for
from vehicles.models import Device, DeviceStatus, VehicleClass
from vehicles.simulation.fleet import SimulatedFleet, Start
from vehicles.simulation.network import build_network
from vehicles.simulation.sender import Sender, SenderError

SILENT_SHARE = 0.03
SAY_EVERY_S = 60.0


class Command(BaseCommand):
    help = (
        "Drive made-up vehicles over made-up roads and report their positions over HTTP, as"
        " trackers would. Vehicles that are missing in the organization are made."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--vehicles", type=int, default=60, metavar="N")
        parser.add_argument("--url", default=settings.PUBLIC_URL, help="Where the server is.")
        parser.add_argument("--organization", default="demo", metavar="SLUG")
        parser.add_argument(
            "--rate", type=float, default=0.5, help="Reports per second of a moving vehicle."
        )
        parser.add_argument("--duration", type=float, metavar="S", help="Stop after S seconds.")
        parser.add_argument("--seed", type=int, default=1, help="The same seed, the same roads.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["vehicles"] < 1 or options["rate"] <= 0:
            raise CommandError("--vehicles and --rate must be more than zero.")
        with platform_scope():
            organization = Organization.objects.filter(slug=options["organization"]).first()
        if organization is None:
            raise CommandError(
                f"There is no organization {options['organization']}. Make it with"
                " create_organization, or run create_demo."
            )
        starts = self._starts(organization, options["vehicles"])
        rng = random.Random(options["seed"])
        fleet = SimulatedFleet(
            build_network(seed=options["seed"]), starts, rng=rng, silent_share=SILENT_SHARE
        )
        key = ingest_key_for(organization=organization, state_file=settings.STATE_DIR / "demo.json")
        sender = Sender(options["url"], key, rng)
        self.stdout.write(f"Driving {len(fleet)} vehicles, reporting to {options['url']}.")
        stop = threading.Event()
        # A supervisor stops us with SIGTERM; finish the step and say the sums as for Ctrl-C.
        before = {
            number: signal.signal(number, lambda _number, _frame: stop.set())
            for number in (signal.SIGTERM, signal.SIGINT)
        }
        try:
            self._drive(
                fleet, sender, stop, step_s=1 / options["rate"], duration=options["duration"]
            )
        finally:
            sender.close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _starts(self, organization: Organization, count: int) -> list[Start]:
        actor = system_actor(organization_id=organization.pk)
        with (
            organization_scope(organization.pk),
            command_context("simulate", organization_id=organization.pk),
        ):
            devices = self._devices(count)
            if len(devices) < count:
                missing = count - len(devices)
                services.add_tracked_vehicles(
                    actor=actor,
                    organization_id=organization.pk,
                    numbers=[f"SIM-{n:05d}" for n in _free_numbers(missing)],
                )
                self.stdout.write(f"Made {missing} vehicles with trackers for the simulation.")
                devices = self._devices(count)
            return [_start(device) for device in devices]

    def _devices(self, count: int) -> list[Device]:
        return list(
            Device.objects.filter(
                status=DeviceStatus.ACTIVE,
                vehicle__isnull=False,
                vehicle__archived_at=None,
            )
            .exclude(vehicle__vehicle_class=VehicleClass.TRAILER)
            .select_related("vehicle__latest")
            .order_by("vehicle_id", "pk")
            .distinct("vehicle_id")[:count]
        )

    def _drive(
        self,
        fleet: SimulatedFleet,
        sender: Sender,
        stop: threading.Event,
        *,
        step_s: float,
        duration: float | None,
    ) -> None:
        begin = tick = said = time.monotonic()
        quiet_until, trouble = 0.0, ""
        while not stop.is_set() and (duration is None or tick - begin < duration):
            sender.add(fleet.advance(step_s, now_s=time.time()))
            if tick >= quiet_until:
                try:
                    quiet_until = tick + sender.send()
                except SenderError as error:
                    raise CommandError(
                        f"{error}\nCheck --url and --organization, then start again."
                    ) from error
                if sender.trouble != trouble:
                    trouble = sender.trouble
                    self.stderr.write(
                        f"Cannot reach the server ({trouble}); positions wait here."
                        if trouble
                        else f"Back in contact; {sender.accepted:,} positions sent so far."
                    )
            if tick - said >= SAY_EVERY_S:
                said = tick
                self.stdout.write(f"{sender.accepted:,} positions accepted.")
            tick += step_s
            # A machine that slept must not live through the night in one burst.
            tick = max(tick, time.monotonic() - step_s)
            stop.wait(max(0.0, tick - time.monotonic()))
        self.stdout.write(
            f"Stopped. {sender.accepted:,} positions accepted, {sender.rejected:,} rejected,"
            f" {len(sender.waiting) + sender.lost:,} not sent."
        )


def _free_numbers(missing: int) -> list[int]:
    taken = set(
        Device.objects.filter(unique_id__startswith="SIM-").values_list("unique_id", flat=True)
    )
    free: list[int] = []
    n = 1
    while len(free) < missing:
        if f"SIM-{n:05d}" not in taken:
            free.append(n)
        n += 1
    return free


def _start(device: Device) -> Start:
    vehicle = device.vehicle
    if vehicle is None:
        raise LookupError("Only devices with a vehicle are asked for.")
    latest = getattr(vehicle, "latest", None)
    return Start(
        device=device.unique_id,
        kind=vehicle.vehicle_class,
        lon=latest.point.x if latest else None,
        lat=latest.point.y if latest else None,
        odometer_m=latest.odometer_m if latest else None,
        fuel_l=latest.fuel_l if latest else None,
    )
