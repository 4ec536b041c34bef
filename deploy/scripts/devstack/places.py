"""Where things are: the checkout, its state folder, the sockets."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import DevStackError

CHECKOUT = Path(__file__).resolve().parents[3]
# A unix socket's path has 107 bytes at most; the longest name below sock/ takes this many.
SOCKET_PATH_MAX = 107
LONGEST_SOCKET_NAME = len("/.s.PGSQL.5432.lock")


def default_state_folder() -> Path:
    """The state folder of this checkout when STATE_DIR is not set.

    PostgreSQL does not run as root, and the user it runs as cannot enter root's home.
    """
    name = f"fleet-dev-{hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:10]}"
    if os.geteuid() == 0:
        return Path("/var/lib") / name
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state"
    return Path(base) / name


@dataclass(frozen=True)
class State:
    """One state folder: a database cluster, a Redis, their sockets, the secret key, the lock."""

    folder: Path

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def redis(self) -> Path:
        return self.folder / "redis"

    @property
    def sockets(self) -> Path:
        return self.folder / "sock"

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def secret_key(self) -> Path:
        return self.folder / "secret_key"

    def create(self) -> None:
        """Makes the folder. Others may pass through it (as the postgres user must), not list it.

        Raises DevStackError when the socket paths below it would be too long.
        """
        if len(str(self.sockets)) + LONGEST_SOCKET_NAME > SOCKET_PATH_MAX:
            raise DevStackError(
                f"The path {self.folder} is too long for unix sockets. "
                "Set STATE_DIR to a shorter folder and start again."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o711)


def state_for(purpose: str = "") -> State:
    """The state of `make run`, or a separate one below it for a `purpose` such as "test"."""
    configured = os.environ.get("STATE_DIR")
    base = Path(configured).absolute() if configured else default_state_folder()
    return State(base / purpose if purpose else base)
