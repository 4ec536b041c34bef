"""A pipeline in this process, for when none is running elsewhere.

With a pipeline running, this process only reads the file and both cores have work; without one
(a new installation, a test, a pipeline that died) the replay stores its records itself.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import redis

from vehicles.ingest.pipeline import Pipeline
from vehicles.ingest.stream import HEARTBEAT_PREFIX

LOOK_EVERY_S = 1.0


def pipeline_is_running(client: redis.Redis) -> bool:
    """Whether any pipeline gave a sign of life lately."""
    return next(client.scan_iter(match=f"{HEARTBEAT_PREFIX}*", count=1000), None) is not None


@contextmanager
def helping_pipeline(client: redis.Redis) -> Iterator[None]:
    """Run a pipeline in a thread from the moment that no other one is running."""
    stop = threading.Event()
    thread = threading.Thread(target=_help, args=(client, stop), name="helping-pipeline")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _help(client: redis.Redis, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            needed = not pipeline_is_running(client)
        except (redis.ConnectionError, redis.TimeoutError):
            needed = False  # Redis is away; ask again
        if needed:
            Pipeline().run(stop)
            return
        stop.wait(LOOK_EVERY_S)
