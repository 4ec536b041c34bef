"""A private PostgreSQL cluster on a unix socket."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from devstack import output, processes
from devstack.errors import DevStackError
from devstack.places import State

OWNER = "fleet_owner"
APPLICATION = "fleet_app"
DATABASE = "fleet"

# For a machine that also runs everything else. A commit is on the disk when it is acknowledged.
DURABLE = {
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
    "wal_compression": "on",
    "effective_io_concurrency": "16",
    "random_page_cost": "1.1",
    "synchronous_commit": "on",
    "fsync": "on",
}
# For tests. A killed server still loses nothing, for the operating system has the data; only a
# power cut would, and no test makes one. It takes a third off the making of test databases.
QUICK = DURABLE | {
    "shared_buffers": "128MB",
    "max_wal_size": "1GB",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "on",
}
NAMES = ("postgres",)
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT  # PostgreSQL's own meaning of these signals


def newest_programs() -> Path:
    """Folder with initdb and postgres, or on PATH; raises DevStackError when there is none."""
    debian = sorted(
        (p for p in Path("/usr/lib/postgresql").glob("*/bin") if (p / "initdb").exists()),
        key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0,
    )
    if debian:
        return debian[-1]
    found = shutil.which("initdb")
    if not found:
        raise DevStackError("PostgreSQL is not installed. `make setup` installs it.")
    return Path(found).resolve().parent


class PrivatePostgres:
    """One cluster in `state.postgres`, reached through `state.sockets`, a child of this process.

    It stops when this process ends in any way. Superuser and owner of the schema is `fleet_owner`;
    `manage.py prepare_database` makes the role `fleet_app`. Whoever can enter the socket folder
    (its owner and root) may connect.
    """

    def __init__(self, *, state: State, settings: Mapping[str, str] = DURABLE) -> None:
        self.state = state
        self.settings = settings
        self.process: subprocess.Popen[bytes] | None = None
        # PostgreSQL refuses to run as root; Debian's package makes this user.
        self.user = "postgres" if os.geteuid() == 0 else None
        self.log = state.folder / "postgres.log"

    def url(self, *, user: str = APPLICATION, database: str = DATABASE) -> str:
        """DATABASE_URL as django-environ reads it: the socket folder comes after `@//`."""
        return f"postgis://{user}@/{self.state.sockets}/{database}"

    def start(self) -> None:
        """Starts the cluster, made first if need be, and waits until it takes connections.

        Raises DevStackError, with the end of the log, when it does not.
        """
        self.state.create()
        programs = self._programs()
        self._own(self.state.sockets)
        if not (self.state.postgres / "PG_VERSION").exists():
            self._initialize(programs)
        self.end_leftovers()
        command = [str(programs / "postgres"), "-D", str(self.state.postgres)]
        for name, value in self._all_settings().items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self.process = processes.start(
                command,
                on_parent_death=FAST,
                cwd=self.state.folder,
                env=_clean_environment(),
                output=log,
                user=self.user,
            )
        # After a kill -9 it first reads its log again, which takes a while for a busy database.
        ready = processes.wait_until(lambda: self.answers() or self._ended(), seconds=120)
        if not ready or self._ended():
            self.stop()
            raise DevStackError(
                f"The private PostgreSQL in {self.state.postgres} did not start. "
                f"The end of its log {self.log}:\n{_tail(self.log)}"
            )

    def create_database(self, *, name: str = DATABASE) -> None:
        """Makes the database unless it is there."""
        there = self.query(f"SELECT 1 FROM pg_database WHERE datname = '{name}'")  # noqa: S608
        if not there:
            self.query(f'CREATE DATABASE "{name}"')

    def query(self, sql: str, *, database: str = "postgres") -> str:
        """Runs one statement as the owner; returns psql's unaligned output, stripped."""
        command = [str(self._programs() / "psql"), "-h", str(self.state.sockets)]
        command += ["-U", OWNER, "-d", database, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
        done = subprocess.run(
            [*command, "-c", sql],
            env=_clean_environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DevStackError(f"PostgreSQL refused `{sql}`: {done.stderr.strip()}")
        return done.stdout.strip()

    def stop(self) -> None:
        """Stops the cluster; sessions are cut off, committed work is safe."""
        processes.end(self.pids, signals=[(FAST, 20), (IMMEDIATE, 10), (signal.SIGKILL, 5)])
        if self.process:
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        """Kills the server and its sessions outright, as a power cut of this process would."""
        processes.kill(self.pids())
        if self.process:
            self.process.wait()
            self.process = None

    def answers(self) -> bool:
        """Whether the cluster takes connections now."""
        program = str(self._programs() / "pg_isready")
        asked = [program, "-q", "-h", str(self.state.sockets), "-U", OWNER]
        return subprocess.run(asked, env=_clean_environment(), check=False).returncode == 0

    def pids(self) -> list[int]:
        """The postmaster and its processes, as far as any run."""
        running = processes.working_in(self.state.postgres, names=NAMES)
        return [pid for pid in running if processes.is_alive(pid)]

    def end_leftovers(self) -> None:
        """Stops a cluster that an earlier run left behind, and clears a pid file that would block.

        PostgreSQL itself copes with a pid file whose process is gone. If another program has that
        pid by now PostgreSQL believes it, so the file goes; nothing runs in the data folder then.
        """
        left = self.pids()
        if left:
            output.say(f"Found a PostgreSQL of an earlier run (pid {left[0]}); stopping it first.")
            self.stop()
        for path in (
            self.state.postgres / "postmaster.pid",
            self.state.sockets / ".s.PGSQL.5432.lock",
        ):
            path.unlink(missing_ok=True)

    def _all_settings(self) -> dict[str, str]:
        return {
            **self.settings,
            "listen_addresses": "",
            "unix_socket_directories": str(self.state.sockets),
            "unix_socket_permissions": "0777",  # the folder is closed to others
            "port": "5432",
            "max_connections": "100",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "jit": "off",
        }

    def _initialize(self, programs: Path) -> None:
        shutil.rmtree(self.state.postgres, ignore_errors=True)
        self._own(self.state.postgres)
        command = [str(programs / "initdb"), "-D", str(self.state.postgres), "-U", OWNER]
        command += ["-A", "trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        with self.log.open("ab") as log:
            done = processes.start(
                command,
                on_parent_death=signal.SIGKILL,
                cwd=self.state.folder,
                env=_clean_environment(),
                output=log,
                user=self.user,
            ).wait()
        if done:
            # PG_VERSION is there early; a half-made cluster must not be taken for a whole one.
            shutil.rmtree(self.state.postgres, ignore_errors=True)
            raise DevStackError(f"initdb failed. The end of its log:\n{_tail(self.log)}")

    def _programs(self) -> Path:
        version_file = self.state.postgres / "PG_VERSION"
        if not version_file.exists():
            return newest_programs()
        version = version_file.read_text().strip()
        programs = Path(f"/usr/lib/postgresql/{version}/bin")
        if not (programs / "postgres").exists():
            programs = newest_programs()
            have = subprocess.run(
                [programs / "postgres", "--version"], capture_output=True, text=True, check=True
            ).stdout
            if f" {version}." not in have:
                raise DevStackError(
                    f"The private database was made by PostgreSQL {version}, which is not "
                    f"installed any more. Install postgresql-{version} again, or forget the "
                    "data: make clean-state"
                )
        return programs

    def _own(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        if self.user:
            shutil.chown(folder, self.user, self.user)

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


def _clean_environment() -> dict[str, str]:
    """Our environment without the variables that would send PostgreSQL's tools elsewhere."""
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")} | {"LC_ALL": "C.UTF-8"}


def _tail(path: Path, lines: int = 15) -> str:
    return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
