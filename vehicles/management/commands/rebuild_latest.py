from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser

from fleet.accounts.scope import organization_scope, platform_scope
from vehicles.management.arguments import organization_by_slug
from vehicles.management.progress import Progress
from vehicles.models import Vehicle
from vehicles.rebuild import BATCH, rebuild_latest


class Command(BaseCommand):
    help = (
        "Recompute latest positions from the stored positions. Safe while the pipeline runs."
        " Live views show the result after their next connection."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", metavar="SLUG", help="Default: all organizations.")
        parser.add_argument("--vehicle", metavar="NUMBER", help="One vehicle of --organization.")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, number = options["organization"], options["vehicle"]
        if number and not slug:
            raise CommandError("Numbers repeat across organizations; add --organization SLUG.")
        scope = organization_scope(organization_by_slug(slug).pk) if slug else platform_scope()
        progress = Progress(self.stderr, what="vehicles")
        with scope:
            vehicles = Vehicle.objects.filter(number=number) if number else Vehicle.objects.all()
            ids = list(vehicles.order_by("pk").values_list("pk", flat=True))
            if number and not ids:
                raise CommandError(f"{slug} has no vehicle with the number {number}.")
            rebuilt = 0
            for start in range(0, len(ids), BATCH):
                rebuilt += rebuild_latest(vehicle_ids=ids[start : start + BATCH])
                done = min(len(ids), start + BATCH)
                progress.show(done, done / len(ids))
        progress.close()
        kept = len(ids) - rebuilt
        self.stdout.write(
            f"Recomputed {rebuilt:,} latest positions; {kept:,} vehicles have no stored positions."
        )
