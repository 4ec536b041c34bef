import datetime as dt
import json
from typing import Any

import redis
from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from fleet.accounts.actors import system_actor
from fleet.accounts.audit_context import command_context
from fleet.accounts.scope import organization_scope
from vehicles.ingest import stream
from vehicles.ingest.reasons import REASONS
from vehicles.management.arguments import organization_by_slug
from vehicles.management.progress import Progress
from vehicles.models import RejectedFix
from vehicles.requeue import BATCH, FILE_FORMATS, Requeued, requeue_rejected


def since_argument(text: str) -> dt.datetime:
    """Parse a date or a time; without a zone it is UTC."""
    try:
        moment = parse_datetime(text)
        if moment is None and (day := parse_date(text)):
            moment = dt.datetime.combine(day, dt.time(), dt.UTC)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"--since {text} is not a time; write it as 2026-01-31 or with T08:15Z.")
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


class Command(BaseCommand):
    help = (
        "Try rejected fixes again and send those that pass to the pipeline. What still cannot be"
        " stored stays where it is; what was sent is marked and kept. The last line is JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument("--reason", choices=sorted(REASONS))
        parser.add_argument("--since", help="Received since then, such as 2026-01-31.")
        parser.add_argument("--limit", type=int, metavar="N", help="The oldest N only.")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = organization_by_slug(options["organization"])
        client = stream.connect()
        progress = Progress(self.stderr, what="rejected fixes")
        result = Requeued()
        with (
            organization_scope(organization.pk),
            command_context("requeue_rejected", organization_id=organization.pk),
        ):
            ids = self._ids(organization.pk, options)
            for start in range(0, len(ids), BATCH):
                try:
                    part = requeue_rejected(
                        actor=system_actor(organization_id=organization.pk),
                        ids=ids[start : start + BATCH],
                        client=client,
                    )
                except redis.RedisError as error:
                    raise CommandError(
                        f"Redis cannot be reached ({error}); {result.sent:,} were sent. Run the"
                        " same command again for the rest."
                    ) from error
                result.sent += part.sent
                result.still_rejected += part.still_rejected
                progress.show(start + BATCH, min(1.0, (start + BATCH) / len(ids)))
        progress.close()
        client.close()
        self.stdout.write(
            json.dumps(
                {
                    "tried": len(ids),
                    "sent": result.sent,
                    "still_rejected": dict(sorted(result.still_rejected.items())),
                }
            )
        )

    def _ids(self, organization_id: int, options: dict[str, Any]) -> list[int]:
        rows = RejectedFix.objects.filter(
            organization_id=organization_id, requeued_at=None, received_at__lte=timezone.now()
        ).exclude(format__in=FILE_FORMATS)
        if options["reason"]:
            rows = rows.filter(reason=options["reason"])
        if options["since"]:
            rows = rows.filter(received_at__gte=since_argument(options["since"]))
        ids = rows.order_by("received_at", "pk").values_list("pk", flat=True)
        return list(ids[: options["limit"]] if options["limit"] else ids)
