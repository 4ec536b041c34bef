import json
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser

from fleet.accounts.audit_context import command_context
from vehicles.demo import services


class Command(BaseCommand):
    help = (
        "Make the demo organization (60 vehicles with drivers, groups and trackers) unless it is"
        " there. Its login is fixed and public, so this works with DEBUG only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="One line of JSON for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "The demo's password is public, so it is only made with DEBUG=1. For real use run"
                " create_organization."
            )
        with command_context("create_demo"):
            demo = services.create_demo(state_file=settings.STATE_DIR / "demo.json")
        result = {
            "organization": demo.organization.slug,
            "created": demo.created,
            "url": settings.PUBLIC_URL,
            "email": services.EMAIL,
            "password": demo.password,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        password = demo.password or "(somebody has changed it)"
        self.stdout.write(
            f"The demo organization is {'ready' if demo.created else 'there'}.\n"
            f"  Sign in    {settings.PUBLIC_URL}\n"
            f"  E-mail     {services.EMAIL}\n"
            f"  Password   {password}"
        )
