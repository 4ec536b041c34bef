import json
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError, CommandParser

from fleet.accounts import services
from fleet.accounts.audit_context import command_context
from fleet.accounts.models import DistanceUnit


class Command(BaseCommand):
    help = (
        "Create an organization with an owner and an API key, ready for its first tracker."
        " The password and the key are shown once; only their hashes are kept."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--name", required=True, help="As it is shown, such as “Acme Haulage”.")
        parser.add_argument("--slug", required=True, help="Short and unique, such as acme.")
        parser.add_argument(
            "--owner-email",
            help="The owner's login; default owner@SLUG.local, which receives no mail. Somebody"
            " who has a login already keeps their password.",
        )
        parser.add_argument("--time-zone", default="UTC", help="IANA name; default UTC.")
        parser.add_argument("--units", default="km", choices=DistanceUnit.values)
        parser.add_argument("--json", action="store_true", help="One line of JSON for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with command_context("create_organization"):
                new = services.create_organization(
                    name=options["name"],
                    slug=options["slug"],
                    owner_email=options["owner_email"] or f"owner@{options['slug']}.local",
                    time_zone=options["time_zone"],
                    distance_unit=options["units"],
                )
        except ValidationError as error:
            if any(e.code == "unique" for e in getattr(error, "error_dict", {}).get("slug", [])):
                raise CommandError(
                    f"The slug {options['slug']} is taken; choose another with --slug."
                ) from error
            raise CommandError(sentences(error)) from error
        result = {
            "id": new.organization.pk,
            "name": new.organization.name,
            "slug": new.organization.slug,
            "url": settings.PUBLIC_URL,
            "owner_email": new.owner.email,
            "owner_password": new.owner_password,
            "api_key": new.api_key,
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
            return
        password = new.owner_password or "(as before: this person had a login already)"
        self.stdout.write(
            f"{new.organization.name} is ready.\n"
            f"  Sign in    {settings.PUBLIC_URL}\n"
            f"  E-mail     {new.owner.email}\n"
            f"  Password   {password}\n"
            f"  API key    {new.api_key}\n"
            "Keep the password and the key now; they are not shown again. Programs send the key"
            " as\n  Authorization: Api-Key KEY"
        )


def sentences(error: ValidationError) -> str:
    """The messages of a validation error with the options they are about."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    parts = []
    for field, messages in error.message_dict.items():
        name = {"distance_unit": "units", "email": "owner_email"}.get(field, field)
        label = "" if field == "__all__" else f"--{name.replace('_', '-')}: "
        parts += [f"{label}{message}" for message in messages]
    return " ".join(parts)
