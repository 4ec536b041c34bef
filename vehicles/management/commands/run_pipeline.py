import gc
import signal
import threading
from typing import Any

import structlog
from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connections
from prometheus_client import start_http_server

from vehicles.ingest.pipeline import Pipeline

log = structlog.get_logger(__name__)


def shards_argument(text: str) -> list[int]:
    """Parse `0,2` or `0-3`."""
    first, dash, last = text.partition("-")
    numbers = range(int(first), int(last) + 1) if dash else map(int, text.split(","))
    return list(numbers)


class Command(BaseCommand):
    help = (
        "Store accepted positions: from the stream to the database, then to live views."
        " Runs until SIGTERM or Ctrl-C and finishes the batch in hand."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--shards",
            type=shards_argument,
            metavar="0,1 or 0-3",
            help="Only these shards of the stream. Several pipelines work best on shards of their"
            " own; by default one takes all.",
        )
        parser.add_argument(
            "--drain", action="store_true", help="Stop when nothing is left to store."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        shards = options["shards"]
        if shards is not None and not set(shards) <= set(range(settings.INGEST_SHARDS)):
            raise CommandError(
                f"There are shards 0 to {settings.INGEST_SHARDS - 1} (INGEST_SHARDS); "
                f"--shards asked for {', '.join(map(str, shards))}."
            )
        # One thread with one connection that it keeps: a pool would only delay the return after
        # a restart of PostgreSQL.
        connections.settings["default"].get("OPTIONS", {}).pop("pool", None)
        pipeline = Pipeline(shards=shards)
        if options["drain"]:
            done = pipeline.drain()
            pipeline.close()
            self.stdout.write(
                f"Stored {done.stored:,} fixes, {done.duplicates:,} were there already, "
                f"{done.rejected.total():,} went to quarantine."
            )
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if settings.PIPELINE_METRICS_PORT:
            start_http_server(settings.PIPELINE_METRICS_PORT)
        # A batch makes a hundred thousand short-lived objects and no cycles: looking for garbage
        # each 700 of them, through all that Django has loaded, would take a fifth of the time.
        gc.freeze()
        gc.set_threshold(100_000, 20, 20)
        log.info("pipeline_started", consumer=pipeline.consumer, shards=pipeline.reader.shards)
        pipeline.run(stop)
        log.info("pipeline_stopped", consumer=pipeline.consumer)
