"""A demo fleet that has been under way for a while, and the people who look at it."""

import datetime as dt
import os
import random
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from devstack.places import CHECKOUT
from tests.e2e.processes import Program, WebServer, manage

Login = tuple[str, str]
"""E-mail and password."""
People = dict[str, Login | None]
"""Who there is to look at pages; a stranger has no login."""

DEMO: Login = ("demo@fleet.local", "drive-the-demo")
LOGS = CHECKOUT / "build/screenshots"
# Before the pictures the fleet has driven for so long, told in a moment.
DRIVEN_S = 45 * 60
STEP_S = 4.0
THEN_LIVE_S = 20


@contextmanager
def running_demo() -> Iterator[tuple[str, People]]:
    """Web server, pipeline and simulator for the block; yields the address and the people."""
    # As in production: otherwise Django shows pages for developers in the place of ours.
    environment = {**os.environ, "DEBUG": "0", "LOG_LEVEL": "WARNING", "LOG_JSON": "1"}
    os.environ.update(environment)
    for words in (["prepare_database", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run(manage(*words), cwd=CHECKOUT, env=environment, check=True)
    web = WebServer(environment=environment, log=LOGS / "web.log")
    programs = {
        name: Program(manage(*words), environment=environment, log=LOGS / f"{name}.log")
        for name, words in {
            "pipeline": ["run_pipeline"],
            "simulator": ["simulate", "--url", web.url],
        }.items()
    }
    try:
        programs["pipeline"].start()
        web.start()
        people = _people()
        _drive_until_now(url=web.url)
        web.wait_until_ready()
        programs["simulator"].start()
        time.sleep(THEN_LIVE_S)
        yield web.url, people
    finally:
        for program in (programs["simulator"], web, programs["pipeline"]):
            program.stop()


def _people() -> People:
    """The demo's owner, the owner of an organization without vehicles, and a driver."""
    import django

    django.setup()
    from django.conf import settings

    from fleet.accounts import services
    from fleet.accounts.actors import system_actor
    from fleet.accounts.roles import Role
    from fleet.accounts.scope import organization_scope
    from vehicles.demo.services import create_demo

    demo = create_demo(state_file=settings.STATE_DIR / "demo.json")
    mark = secrets.token_hex(3)
    newcomer = services.create_organization(
        name="Newcomer Logistics", slug=f"newcomer-{mark}", owner_email=f"owner-{mark}@fleet.local"
    )
    driver, password = f"driver-{mark}@fleet.local", secrets.token_urlsafe(12)
    organization = demo.organization
    with organization_scope(organization.pk):
        user = services.add_member(
            actor=system_actor(organization_id=organization.pk),
            organization_id=organization.pk,
            email=driver,
            role=Role.DRIVER,
        ).user
    user.set_password(password)
    user.save(update_fields=["password"])
    return {
        "stranger": None,
        "demo": DEMO,
        "newcomer": (newcomer.owner.email, newcomer.owner_password or ""),
        "driver": (driver, password),
    }


def _drive_until_now(*, url: str) -> None:
    """Report the drive of the last while through the ingest door, from where vehicles stand."""
    from django.conf import settings
    from django.db.models import Max

    from fleet.accounts.models import Organization
    from fleet.accounts.scope import organization_scope, platform_scope
    from vehicles.demo.services import SLUG, ingest_key_for
    from vehicles.models import Device, LatestPosition, VehicleClass
    from vehicles.simulation.fleet import SimulatedFleet, Start
    from vehicles.simulation.network import build_network
    from vehicles.simulation.sender import Sender

    with platform_scope():
        organization = Organization.objects.get(slug=SLUG)
    key = ingest_key_for(organization=organization, state_file=settings.STATE_DIR / "demo.json")
    now = time.time()
    begin = now - DRIVEN_S
    starts = []
    with organization_scope(organization.pk):
        last: dt.datetime | None = LatestPosition.objects.aggregate(at=Max("recorded_at"))["at"]
        devices = Device.objects.exclude(vehicle__vehicle_class=VehicleClass.TRAILER)
        for device in devices.filter(vehicle__isnull=False).select_related("vehicle__latest"):
            latest = getattr(device.vehicle, "latest", None)
            starts.append(
                Start(
                    device=device.unique_id,
                    kind=device.vehicle.vehicle_class,  # type: ignore[union-attr]
                    lon=latest.point.x if latest else None,
                    lat=latest.point.y if latest else None,
                    odometer_m=latest.odometer_m if latest else None,
                    fuel_l=latest.fuel_l if latest else None,
                )
            )
    if last:  # pictures were taken here before: go on from there
        begin = max(begin, last.timestamp() + STEP_S)
    rng = random.Random(1)
    fleet = SimulatedFleet(build_network(seed=1), starts, rng=rng, silent_share=0)
    sender = Sender(url, key, rng)
    while begin < now:
        sender.add(fleet.advance(STEP_S, now_s=begin))
        begin += STEP_S
    while wait_s := sender.send():
        time.sleep(wait_s)
    sender.close()
