"""Part (a): how many positions a second become durable, and how many requests one gateway takes."""

import datetime as dt
import signal
import statistics
import time
from dataclasses import dataclass
from functools import partial

import redis

from fleet.accounts.scope import organization_scope
from tests.load.baselines import CopyTwin, orm_rows_per_s
from tests.load.figures import Figure, Report, compared, percentile
from tests.load.fleet import LoadFleet, make_fleet
from tests.load.http_load import Load, send_all
from tests.load.requests import Request, batch_requests, single_requests
from tests.load.sizes import CpuMeter
from tests.load.stack import Running, Stack
from vehicles.ingest import stream
from vehicles.models import Position, RejectedFix

PART = "ingest"
BATCH_CONNECTIONS, SINGLE_CONNECTIONS = 16, 64
# Two pipelines, as a machine with two processors would run them under load.
SHARDS = ("0-1", "2-3")
SETTLES_WITHIN_S = 60.0
# No further round is begun after this long.
BUDGET_S = 75.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much is sent. One round of batches has `batches` requests of 100 fixes."""

    vehicles: int = 1_000
    rounds: int = 3
    batches: int = 1_500
    singles: int = 30_000
    orm: int = 1_500


QUICK = Size(vehicles=100, rounds=1, batches=20, singles=400, orm=50)


@dataclass(frozen=True, slots=True)
class Round:
    """One round's rates and what its generator cost."""

    load: Load
    positions_per_s: float
    """From the first request until the last position is committed."""
    requests_per_s: float
    """From the first request until the last acknowledgement."""
    cpu_s: dict[str, float]
    """Processor time of each server."""


class Sender:
    """Sends rounds to one gateway and counts in the table what became of them."""

    def __init__(
        self, stack: Stack, fleet: LoadFleet, *, gateway: Running, pipelines: list[Running]
    ) -> None:
        self.fleet = fleet
        self.port = gateway.port
        self.pipelines = pipelines
        self.cpu = CpuMeter(
            {
                "gateway": lambda: [gateway.pid],
                "pipeline": lambda: [pipeline.pid for pipeline in pipelines],
                "postgresql": stack.postgres.pids,
                "redis": stack.redis.pids,
            }
        )
        self.client = redis.Redis.from_url(stack.redis.url())
        # Each round drives on after the round before, all within the last day.
        self.clock = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=20)
        self.began = self.clock

    def send(
        self, requests: list[Request], *, connections: int, hold_pipeline: bool = False
    ) -> Round:
        """Sends them; returns once all is committed. Raises RuntimeError if the count is off.

        With `hold_pipeline` it stands still until the last acknowledgement.
        """
        before = self._stored()
        self.cpu.lap()
        if hold_pipeline:
            self._signal_pipelines(signal.SIGSTOP)
        try:
            load = send_all(requests, port=self.port, connections=connections)
        finally:
            self._signal_pipelines(signal.SIGCONT)
        load.check()
        settled = self._settle(load)
        cpu_s = self.cpu.lap()
        stored = self._stored() - before
        if stored != load.acknowledged:
            raise RuntimeError(
                f"{load.acknowledged} positions were acknowledged and {stored} are in the table."
            )
        took = settled - load.started
        return Round(load, load.acknowledged / took, load.requests / load.seconds, cpu_s)

    def batches(self, count: int, *, size: int = 100) -> Round:
        """A round of batch requests."""
        requests = batch_requests(self.fleet, count=count, size=size, start=self._advance(600))
        return self.send(requests, connections=BATCH_CONNECTIONS)

    def singles(self, count: int, *, hold_pipeline: bool = False) -> Round:
        """A round of requests with one fix each."""
        requests = single_requests(self.fleet, count=count, start=self._advance(600))
        return self.send(requests, connections=SINGLE_CONNECTIONS, hold_pipeline=hold_pipeline)

    def _signal_pipelines(self, number: signal.Signals) -> None:
        for pipeline in self.pipelines:
            pipeline.process.send_signal(number)

    def _advance(self, seconds: int) -> dt.datetime:
        self.began = self.clock
        self.clock += dt.timedelta(seconds=seconds)
        return self.began

    def _stored(self) -> int:
        with organization_scope(self.fleet.organization_id):
            return Position.objects.count()

    def _settle(self, load: Load) -> float:
        """When the pipeline had committed everything: it then deletes what it has stored."""
        deadline = time.perf_counter() + SETTLES_WITHIN_S
        while stream.backlog(self.client).entries:
            if time.perf_counter() > deadline:
                raise RuntimeError(
                    f"After {SETTLES_WITHIN_S:.0f} s the pipeline has not stored all of "
                    f"{load.acknowledged} positions. See build/bench-logs/pipeline.log."
                )
            time.sleep(0.005)
        return time.perf_counter()


def run(stack: Stack, report: Report, *, quick: bool) -> None:
    """Adds the figures of this part."""
    size = QUICK if quick else Size()
    fleet = make_fleet(slug="ingest", vehicles=size.vehicles)
    orm_fleet = make_fleet(slug="orm", vehicles=10)
    twin = CopyTwin(stack)
    copies: list[float] = []
    orm: list[float] = []
    batches: list[Round] = []
    singles: list[Round] = []
    held: list[Round] = []
    with stack.pipelines(*SHARDS) as pipelines, stack.asgi("gateway") as gateway:
        sender = Sender(stack, fleet, gateway=gateway, pipelines=pipelines)
        sender.batches(max(10, size.batches // 20))  # caches, connections, partitions
        enough_at = time.monotonic() + BUDGET_S
        for n in range(size.rounds):
            if n and time.monotonic() > enough_at:
                break  # a busy machine: fewer rounds rather than no end
            batches.append(sender.batches(size.batches))
            rows, copied = twin.rows_per_s(
                organization_id=fleet.organization_id, since=sender.began
            )
            if rows != size.batches * 100:
                raise RuntimeError(f"COPY took {rows} rows instead of the round's.")
            copies.append(copied)
            singles.append(sender.singles(size.singles))
            held.append(sender.singles(size.singles, hold_pipeline=True))
            start = sender.began + dt.timedelta(hours=n)
            orm.append(orm_rows_per_s(orm_fleet, count=size.orm, start=start))
    twin.drop()
    with organization_scope(fleet.organization_id):
        rejected = RejectedFix.objects.count()
    if rejected:
        raise RuntimeError(f"{rejected} positions of the benchmark were quarantined.")
    _add_figures(
        report, size=size, copies=copies, orm=orm, batches=batches, singles=singles, held=held
    )


def _add_figures(
    report: Report, *, size: Size, copies: list[float], orm: list[float],
    batches: list[Round], singles: list[Round], held: list[Round],
) -> None:  # fmt: skip
    batch_rates = [r.positions_per_s for r in batches]
    single_rates = [r.positions_per_s for r in singles]
    beside = partial(compared, part=PART, unit="positions/s")
    beside_copy = partial(beside, peer_name="rows/s psql COPY", peers=copies)
    beside_orm = partial(beside, peer_name="rows/s ORM create", peers=orm)
    alone = statistics.median(r.requests_per_s for r in held)
    together = statistics.median(r.requests_per_s for r in singles)
    report.add(
        beside_copy(
            name="durable positions, batches of 100", values=batch_rates, at_least=0.4,
            note=f"{len(batches)} rounds of {size.batches * 100:,} positions of {size.vehicles:,} "
            f"vehicles, each: {_list(batch_rates)}; COPY: {_list(copies)}. Every acknowledged "
            f"position counted in the table. {_costs(batches)}",
        ),
        beside_orm(
            name="durable positions, batches of 100 / ORM", values=batch_rates, at_least=10,
        ),
        beside_copy(
            name="durable positions, one a request", values=single_rates,
            note=f"{len(singles)} rounds of {size.singles:,} requests: {_list(single_rates)}. "
            f"{_costs(singles)}",
        ),
        beside_orm(name="durable positions, one a request / ORM", values=single_rates),
        Figure(
            part=PART, name="requests taken by one gateway process", value=alone,
            unit="requests/s", peer=together, peer_name="while the pipeline stores",
            ratio=alone / together, aim=">= 5,000/s", met=alone >= 5_000,
            note=f"{SINGLE_CONNECTIONS} connections, one OsmAnd fix a request, each acknowledged "
            "when it is in the stream; the pipeline held still until the last acknowledgement. "
            f"Rounds: {_list([r.requests_per_s for r in held])}; acknowledgement p50 "
            f"{_ack_ms(held, 50):.1f} ms, p99 {_ack_ms(held, 99):.1f} ms.",
        ),
    )  # fmt: skip


def _list(rates: list[float]) -> str:
    return ", ".join(f"{rate:,.0f}" for rate in rates)


def _ack_ms(rounds: list[Round], percent: float) -> float:
    return statistics.median(percentile(r.load.ack_s, percent) for r in rounds) * 1000


def _costs(rounds: list[Round]) -> str:
    share = statistics.median(r.load.cpu_s / r.load.seconds for r in rounds)
    retries = sum(r.load.retries for r in rounds)
    costs = {
        name: statistics.median(r.cpu_s[name] / r.load.acknowledged * 1e6 for r in rounds)
        for name in rounds[0].cpu_s
    }
    per_position = ", ".join(f"{name} {us:.0f} us" for name, us in costs.items())
    return (
        f"Processor time per position: {per_position}; the generator takes {share:.0%} of a "
        f"processor. Answers 503 (stream full), sent again: {retries}."
    )
