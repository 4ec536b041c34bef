"""Part (d): what each process of `make run` takes when nothing happens."""

import sys
import time
from contextlib import ExitStack

from tests.load import sizes
from tests.load.figures import Figure, Report
from tests.load.stack import Stack

PART = "memory"
QUIET_S = 5.0
SETTLES_WITHIN_S = 60.0
# Of one processor, all together: more than this is not rest.
BUSY_SHARE = 0.2


def run(stack: Stack, report: Report, *, quick: bool) -> None:
    """Starts every process, lets it come to rest, and adds resident and proportional memory."""
    celery = [sys.executable, "-m", "celery", "-A", "fleet"]
    with ExitStack() as running:
        web = running.enter_context(stack.asgi("web"))
        (pipeline,) = running.enter_context(stack.pipelines("0-3"))
        worker = running.enter_context(
            stack.running("worker", [*celery, "worker", "--concurrency=1", "--without-mingle"])
        )
        beat = running.enter_context(stack.running("beat", [*celery, "beat", "--pidfile="]))
        ours = (web, pipeline, worker, beat)
        _settle([process.pid for process in ours], quiet_s=2.0 if quick else QUIET_S)
        for process in ours:
            if process.process.poll() is not None:
                raise RuntimeError(f"{process.name} ended; see {process.log}.")
        processes = {process.name: sizes.with_children(process.pid) for process in ours}
        processes |= {"postgres": stack.postgres.pids(), "redis": stack.redis.pids()}
        for name, pids in processes.items():
            rss = sum(map(sizes.rss_kb, pids)) / 1024
            pss = sum(map(sizes.pss_kb, pids)) / 1024
            report.add(
                Figure(
                    part=PART, name=f"{name} at rest", value=pss, unit="MB PSS", peer=rss,
                    peer_name="MB RSS", ratio=pss / rss,
                    note=f"{len(pids)} processes" if len(pids) > 1 else "",
                )
            )  # fmt: skip


def _settle(pids: list[int], *, quiet_s: float) -> None:
    """Waits until the processes have done next to nothing for some seconds."""
    deadline = time.monotonic() + SETTLES_WITHIN_S
    quiet_since, before = time.monotonic(), 0.0
    while time.monotonic() < min(quiet_since + quiet_s, deadline):
        time.sleep(0.5)
        cpu = sum(sizes.cpu_s(each) for pid in pids for each in sizes.with_children(pid))
        if cpu - before > BUSY_SHARE * 0.5:
            quiet_since = time.monotonic()
        before = cpu
