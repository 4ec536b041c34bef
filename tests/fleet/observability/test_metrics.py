"""`/metrics`: Prometheus text, of one process or of several."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.urls("fleet.observability.urls")


@pytest.mark.django_db
def test_prometheus_reads_this_process(client: Any) -> None:
    import fleet.realtime.stats

    fleet.realtime.stats.GAPS.inc(0)
    answer = client.get("/metrics")

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert b"fleet_live_gaps_total" in answer.content
    assert b"process_resident_memory_bytes" in answer.content


def test_workers_that_share_a_directory_answer_with_their_sum(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from fleet.observability.metrics import metrics_text

    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    worker = "from prometheus_client import Counter; Counter('fleet_test_work', 'Work.').inc(2)"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", worker], check=True)

    assert b"fleet_test_work_total 4.0" in metrics_text()
