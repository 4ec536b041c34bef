from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from fleet.accounts import database_roles


class Command(BaseCommand):
    help = (
        "Make the database ready: the application role, migrations, its rights and"
        " the position partitions. Safe to run again at every start and every upgrade."
    )
    # The checks ask the database questions that only have answers afterwards.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DATABASE_AS_OWNER:
            raise CommandError(
                "prepare_database needs the owner of the schema. Run it through manage.py, which"
                " connects with DATABASE_OWNER_URL."
            )
        database_roles.ensure_application_role(role=settings.DATABASE_APP_ROLE)
        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        database_roles.grant_application_role(role=settings.DATABASE_APP_ROLE)
        call_command("manage_partitions", "create", verbosity=options["verbosity"])
        # The new partitions exist now; close them to direct access as well.
        database_roles.grant_application_role(role=settings.DATABASE_APP_ROLE)
