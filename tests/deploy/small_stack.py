"""A small stack for test_devstack.py: private servers and three idle children under the supervisor.

usage: small_stack.py STATE_FOLDER     prints "ready" once all of them run
"""

import os
import sys
from pathlib import Path

from devstack import postgres, processes
from devstack.lock import Owner, owned
from devstack.places import State
from devstack.postgres import PrivatePostgres
from devstack.redis_server import PrivateRedis
from devstack.services import Services
from devstack.supervisor import Child, Supervisor

IDLE = [sys.executable, "-c", "import time; time.sleep(600)"]
# Leaves a grandchild alone when it is told to stop.
CARELESS = ["bash", "-c", "sleep 600 & wait"]


def main(folder: Path) -> None:
    state = State(folder)
    services = Services(
        state=state,
        database=PrivatePostgres(state=state, settings=postgres.QUICK),
        redis=PrivateRedis(state=state),
        environment=dict(os.environ),
    )
    environment = {k: v for k, v in os.environ.items() if k != processes.MARKER}
    with owned(state=state, owner=Owner(purpose="run", pid=os.getpid(), url="http://here")):
        try:
            with Supervisor(mark=f"run:{folder}", cwd=folder, environment=environment) as stack:
                services.start()
                stack.watch = services.revive
                stack.add(Child("idle", IDLE))
                stack.add(Child("careless", CARELESS))
                print("ready", flush=True)
                stack.run_until(lambda: False, pause_s=0.05)
        finally:
            services.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
