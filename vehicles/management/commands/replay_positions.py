import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.management import BaseCommand, CommandError, CommandParser

from fleet.accounts.actors import Source as ChangeSource
from fleet.accounts.actors import system_actor
from fleet.accounts.audit_context import command_context
from vehicles.ingest import stream
from vehicles.ingest.files.columns import KNOWN_HEADERS, TableOptions
from vehicles.ingest.fix import Fix, MalformedRequest, Rejected
from vehicles.ingest.receipts import RunCounts
from vehicles.ingest.units import DISTANCE_UNITS, SPEED_UNITS
from vehicles.management.arguments import organization_by_slug
from vehicles.management.progress import Progress
from vehicles.replay.helping_hand import helping_pipeline
from vehicles.replay.pace import paced
from vehicles.replay.patience import StillAway
from vehicles.replay.run import ReplayRun, chunks
from vehicles.replay.source import Source, kind_of

STUCK_AFTER_S = 180.0


def columns_argument(text: str) -> dict[str, str]:
    """Parse `vehicle=truck,time=when`."""
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not (meaning and sign and column) for meaning, sign, column in pairs):
        raise CommandError(
            "Write --columns as MEANING=COLUMN,... such as vehicle=truck_id,time=gps_time."
            f" Meanings: {', '.join(KNOWN_HEADERS)}."
        )
    return {meaning.strip(): column.strip() for meaning, _, column in pairs}


def speed_argument(text: str) -> float | None:
    """Parse N (times real time) or `max` (None)."""
    if text == "max":
        return None
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise CommandError("--speed is a number of times real time, such as 60, or max.")
    return speed


class Command(BaseCommand):
    help = (
        "Replay a recorded file of positions (CSV, GPX or NDJSON, also .gz) into an organization"
        " through the same stream and pipeline as live trackers. Vehicles that are not there are"
        " made. The last line is JSON: read = stored + duplicates + all rejected."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--organization", required=True, metavar="SLUG")
        parser.add_argument(
            "--speed", default="max", help="Times real time, such as 60; default max. Other than"
            " max reads the whole file first, to play it in the order of time.",
        )  # fmt: skip
        parser.add_argument(
            "--columns", default="", metavar="MEANING=COLUMN,...",
            help="For columns that are not recognised, such as vehicle=truck,time=when.",
        )  # fmt: skip
        parser.add_argument("--vehicle", default="", help="The vehicle of the whole file.")
        parser.add_argument("--odometer-unit", choices=DISTANCE_UNITS)
        parser.add_argument("--speed-unit", choices=SPEED_UNITS)
        parser.add_argument("--time-zone", default="UTC", help="Of times without a zone.")
        parser.add_argument("--format", choices=["csv", "gpx", "ndjson"], help="Default: by name.")

    def handle(self, *args: Any, **options: Any) -> None:
        source = self._source(options)
        speed = speed_argument(options["speed"])
        organization = organization_by_slug(options["organization"])
        progress = Progress(self.stderr, what="positions")
        run = ReplayRun(
            actor=system_actor(organization_id=organization.pk, source=ChangeSource.IMPORT),
            organization_id=organization.pk,
            format=source.kind,
            client=stream.connect(),
            say=progress.say,
        )
        context = command_context(
            "replay_positions", source=ChangeSource.IMPORT, organization_id=organization.pk
        )
        try:
            with context:
                broken = self._replay(run, source, speed, progress)
        except StillAway as error:
            raise CommandError(
                f"Redis or PostgreSQL stayed away ({error}). Start them and run the same command"
                " again: what is stored already will count as duplicates."
            ) from error
        finally:
            run.client.close()
        if broken:
            raise CommandError(broken)

    def _source(self, options: dict[str, Any]) -> Source:
        path: Path = options["path"]
        if not path.is_file():
            raise CommandError(f"There is no file {path}. Check the path.")
        kind = options["format"] or kind_of(path)
        if kind is None:
            raise CommandError(
                f"The name {path.name} does not say what it is; add --format csv, gpx or ndjson."
            )
        try:
            zone = ZoneInfo(options["time_zone"])
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(
                f"There is no time zone {options['time_zone']}; use an IANA name such as"
                " America/New_York."
            ) from error
        table = TableOptions(
            columns=columns_argument(options["columns"]),
            odometer_unit=options["odometer_unit"],
            speed_unit=options["speed_unit"],
            zone=zone,
            vehicle=options["vehicle"],
        )
        return Source(path, kind, table, time.time_ns() // 1000)

    def _replay(
        self, run: ReplayRun, source: Source, speed: float | None, progress: Progress
    ) -> str:
        """Play the whole file and report; gives a sentence when the file breaks off."""
        begin = time.monotonic()
        broken = ""
        run.begin()
        with helping_pipeline(run.client):
            try:
                for chunk in self._chunks(source, speed):
                    run.wait_for_room()
                    run.send(chunk)
                    progress.show(run.read, source.part_read() if speed is None else None)
            except MalformedRequest as error:
                if not run.read:
                    raise CommandError(error.detail) from error
                broken = f"The file breaks off after {run.read:,} records: {error.detail}"
            counts = self._wait(run, progress)
        run.finish()
        self._report(run, counts, progress, time.monotonic() - begin)
        return broken

    def _chunks(self, source: Source, speed: float | None) -> Iterator[list[Fix | Rejected]]:
        if speed is None:
            return chunks(source.records())
        return paced(source.records(), speed=speed)

    def _wait(self, run: ReplayRun, progress: Progress) -> RunCounts:
        """Until every record is accounted for."""
        counts = run.counts()
        moved = time.monotonic()
        while counts.total < run.read:
            time.sleep(0.05)
            before, counts = counts.total, run.counts()
            if counts.total != before:
                moved = time.monotonic()
            elif time.monotonic() - moved > STUCK_AFTER_S:
                raise CommandError(
                    f"{run.read - counts.total:,} of {run.read:,} records are not stored after"
                    f" {STUCK_AFTER_S:.0f} s without progress. They are safe in the stream; see"
                    " the log of run_pipeline for what holds them up."
                )
            progress.show(counts.total, counts.total / run.read)
        return counts

    def _report(
        self, run: ReplayRun, counts: RunCounts, progress: Progress, seconds: float
    ) -> None:
        progress.close()
        if run.months_made:
            months = ", ".join(f"{month:%Y-%m}" for month in run.months_made)
            self.stderr.write(f"Made partitions for {months}.")
        if run.vehicles_made:
            self.stderr.write(f"Made {run.vehicles_made:,} vehicles that were not known before.")
        self.stderr.write(f"{run.read:,} records in {seconds:.1f} s.")
        self.stdout.write(
            json.dumps(
                {
                    "read": run.read,
                    "stored": counts.stored,
                    "duplicates": counts.duplicates,
                    "rejected": dict(sorted(counts.rejected.items())),
                }
            )
        )
