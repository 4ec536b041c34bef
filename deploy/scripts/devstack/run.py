"""`make run`: everything, until Ctrl-C."""

import http.client
import json
import os
import sys
import time

from devstack import output, ports
from devstack.errors import DevStackError
from devstack.lock import Owner, Taken, owned_after_waiting
from devstack.places import CHECKOUT, state_for
from devstack.services import Services, services_for
from devstack.supervisor import Child, Supervisor

READY_PATH = "/health/ready"
DEMO_VEHICLES = "60"


def run() -> int:
    """Serves until a signal. Returns the exit code; raises DevStackError."""
    began = time.monotonic()
    services = services_for(state=state_for())
    environment = services.environment
    host, port = environment.get("HOST") or "127.0.0.1", ports.parse(environment["PORT"])
    # With every interface listened on, this machine still reaches it by its own loopback.
    reach = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104
    url = f"http://{reach}:{port}"
    owner = Owner(purpose="run", pid=os.getpid(), url=url)
    try:
        with owned_after_waiting(
            state=services.state, owner=owner, wait_for=lambda o: o.purpose != "run", seconds=600
        ):
            ports.check_free(host=host, port=port)
            return _serve(services=services, host=host, port=port, url=url, began=began)
    except Taken as taken:
        raise DevStackError(
            f"This checkout already runs at {taken.owner.url} (pid {taken.owner.pid}). Stop it "
            f"with Ctrl-C in its window or `kill {taken.owner.pid}`; for a second one, "
            "use a second checkout and another PORT."
        ) from None


def _serve(*, services: Services, host: str, port: int, url: str, began: float) -> int:
    environment = services.environment
    if sys.stdout.isatty():
        environment.setdefault("LOG_JSON", "0")  # a person reads the lines
    # Two lines for each request would carry the welcome away. LOG_LEVEL=INFO shows them.
    level = environment.setdefault("LOG_LEVEL", "WARNING")
    manage = [str(CHECKOUT / ".venv/bin/python"), "manage.py"]
    mark = f"run:{services.state.folder}"
    try:
        with Supervisor(mark=mark, cwd=CHECKOUT, environment=environment) as supervisor:
            output.say("Starting PostgreSQL, Redis and the fleet ...")
            services.start()
            supervisor.watch = services.revive
            supervisor.run_once("database", [*manage, "prepare_database"])
            # They start while the demo is made; each needs seconds for its imports alone.
            for child in _serving(manage=manage, host=host, port=port):
                if not supervisor.stopping:
                    supervisor.add(child)
            demo = _demo(supervisor.run_once("demo", [*manage, "create_demo", "--json"]))
            waiting = _Readiness(host=url.removeprefix("http://"))
            if supervisor.run_until(waiting.is_over, pause_s=0.4):
                output.say(_welcome(url=url, demo=demo, seconds=time.monotonic() - began))
                for child in _background(manage=manage, url=url, level=level):
                    supervisor.add(child)
                supervisor.run_until(lambda: False)
    finally:
        services.stop()
    output.say(
        "Stopped; the data stays. `make run` goes on with it, `make clean-state` forgets it."
    )
    return 0


def _serving(*, manage: list[str], host: str, port: int) -> list[Child]:
    """What must run before the first page makes sense."""
    web = [
        str(CHECKOUT / ".venv/bin/uvicorn"),
        "fleet.asgi:application",
        *("--host", host, "--port", str(port)),
        # Frames are encoded once for all readers; per-connection deflate would undo that.
        *("--ws", "websockets-sansio", "--ws-per-message-deflate", "false"),
        *("--ws-ping-interval", "0", "--ws-max-size", "262144"),
        *("--timeout-graceful-shutdown", "3", "--no-access-log"),
    ]
    return [Child("web", web, vital=True), Child("pipeline", [*manage, "run_pipeline"])]


def _background(*, manage: list[str], url: str, level: str) -> list[Child]:
    """What may start after the pages are there."""
    # As root Celery warns at each start; in a container that is how it runs.
    silence = "ignore:You're running the worker with superuser privileges"
    celery = [manage[0], "-W", silence, "-m", "celery", "--quiet", "-A", "fleet"]
    return [
        Child("simulator", [*manage, "simulate", "--vehicles", DEMO_VEHICLES, "--url", url]),
        Child("worker", [*celery, "worker", "--concurrency=1", "--without-mingle", "-l", level]),
        Child("beat", [*celery, "beat", "--pidfile=", "-l", level]),
    ]


def _demo(text: str) -> dict[str, str]:
    """What create_demo says as JSON, for people; {} when it was interrupted."""
    lines = [line for line in text.splitlines() if line.startswith("{")]
    said = json.loads(lines[-1]) if lines else {}
    shown = [name for name in ("organization", "email", "password") if name in said]
    return {name: said[name] or "(somebody has changed it)" for name in shown}


def _welcome(*, url: str, demo: dict[str, str], seconds: float) -> str:
    lines = [f"Fleet runs at {url}", ""]
    lines += [f"{name:<14}{value}" for name, value in demo.items()]
    lines += ["", f"Ready after {seconds:.0f} s. Ctrl-C stops everything."]
    return "\n" + output.box(lines) + "\n"


class _Readiness:
    """Asks the readiness page; says once in a while what is still missing."""

    def __init__(self, *, host: str) -> None:
        self.host = host
        self.tell_at = time.monotonic() + 30

    def is_over(self) -> bool:
        status, body = self._ask()
        if status == http.client.OK:
            return True
        if time.monotonic() > self.tell_at:
            self.tell_at = time.monotonic() + 30
            output.say(f"Still waiting for {READY_PATH}: {body[:300]}")
        return False

    def _ask(self) -> tuple[int, str]:
        connection = http.client.HTTPConnection(self.host, timeout=5)
        try:
            connection.request("GET", READY_PATH)
            response = connection.getresponse()
            return response.status, response.read(2000).decode(errors="replace")
        except OSError as error:
            return 0, f"no answer yet ({error})"
        finally:
            connection.close()
