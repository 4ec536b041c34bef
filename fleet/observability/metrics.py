"""Prometheus' text of this process, or of all processes that share a metrics directory.

Each process counts for itself. Several web workers behind one port would answer a scrape with the
numbers of whichever worker got it; with PROMETHEUS_MULTIPROC_DIR set to an empty directory that
they share, every worker answers with the sum over all of them (prometheus_client's own mechanism,
which django-prometheus' metrics follow too). One process needs no directory. The pipeline serves
its own numbers on PIPELINE_METRICS_PORT.
"""

import os

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector


def metrics_text() -> bytes:
    """The metrics in Prometheus' text format."""
    if not os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)
