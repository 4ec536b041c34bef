import datetime as dt
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from vehicles import partitions


def month_argument(text: str) -> dt.date:
    """Parse YYYY-MM."""
    return dt.datetime.strptime(text, "%Y-%m").replace(tzinfo=dt.UTC).date()


class Command(BaseCommand):
    help = "Create, list or detach the monthly partitions of the positions table."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser(
            "create", help="Make the months that are missing; by default those around today."
        )
        create.add_argument("--from", dest="first", type=month_argument, metavar="YYYY-MM")
        create.add_argument("--to", dest="last", type=month_argument, metavar="YYYY-MM")
        actions.add_parser("list", help="Show every attached month with its size.")
        detach = actions.add_parser(
            "detach", help="Take a month out of use; its data stays in a table of its own."
        )
        detach.add_argument("month", type=month_argument, metavar="YYYY-MM")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, options["action"])(options)

    def create(self, options: dict[str, Any]) -> None:
        today = timezone.now().date()
        back, ahead = settings.POSITION_PARTITIONS_BACK, settings.POSITION_PARTITIONS_AHEAD
        first = options.get("first") or partitions.shift_month(today, -back)
        last = options.get("last") or partitions.shift_month(today, ahead)
        if first > last:
            raise CommandError(f"--from {first:%Y-%m} is after --to {last:%Y-%m}; swap them.")
        made = partitions.create_partitions(partitions.months_between(first, last))
        names = ", ".join(f"{m:%Y-%m}" for m in made)
        if options["verbosity"] > 0:
            self.stdout.write(f"Made {len(made)} partitions{': ' + names if made else ''}.")

    def list(self, options: dict[str, Any]) -> None:
        for partition in partitions.list_partitions():
            self.stdout.write(
                f"{partition.month:%Y-%m}  {partition.name}  about {partition.rows_estimate:,}"
                f" positions  {partition.size_bytes / 1e6:,.1f} MB"
            )

    def detach(self, options: dict[str, Any]) -> None:
        try:
            name = partitions.detach_partition(options["month"])
        except LookupError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"] > 0:
            self.stdout.write(
                f"Detached. The data is in table {name}; archive it, then drop the table."
            )
