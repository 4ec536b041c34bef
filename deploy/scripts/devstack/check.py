"""`make check`: every static check; all run, and those that failed are named at the end."""

import platform
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from devstack.errors import DevStackError
from devstack.places import CHECKOUT, state_for
from devstack.services import services_for

BIN = CHECKOUT / ".venv/bin"
PYTHON_SOURCES = ("fleet", "vehicles", "tests", "deploy/scripts", "manage.py")


def check(_arguments: Sequence[str]) -> int:
    """Runs the tools; returns 1 when any of them found something."""
    environment = services_for(state=state_for()).environment
    # No server is needed: only the comparison with a live schema's history is left out.
    environment |= {"DATABASE_AS_OWNER": "1", "DATABASE_POOL_SIZE": "0"}
    failed = []
    for name, command in _tools().items():
        print(f"--- {name}", flush=True)
        began = time.monotonic()
        code = subprocess.run(command, cwd=CHECKOUT, env=environment, check=False).returncode
        print(f"    {'ok' if code == 0 else 'FAILED'} ({time.monotonic() - began:.1f} s)")
        if code:
            failed.append(name)
    print(f"\nFailed: {', '.join(failed)}" if failed else "\nAll checks passed.")
    return 1 if failed else 0


def _tools() -> dict[str, list[str]]:
    ignored = "ignore:Got an error checking a consistent migration history:RuntimeWarning"
    return {
        "ruff check": [str(BIN / "ruff"), "check", "."],
        "ruff format": [str(BIN / "ruff"), "format", "--check", "."],
        "import-linter": [
            str(BIN / "lint-imports"),
            "--no-logo",
            "--cache-dir=build/imports_cache",
        ],
        "makemigrations": [
            *(str(BIN / "python"), "-W", ignored),
            *("manage.py", "makemigrations", "--check", "--dry-run"),
        ],
        "mypy": [str(BIN / "mypy"), *_present(PYTHON_SOURCES)],
        "biome": [str(_biome()), "lint", "--error-on-warnings"],
    }


def _present(names: Sequence[str]) -> list[str]:
    return [name for name in names if (CHECKOUT / name).exists()]


def _biome() -> Path:
    """The tool itself: the starter that npm links needs node on PATH, which we may not have."""
    machine = {"x86_64": "x64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    program = CHECKOUT / f"node_modules/@biomejs/cli-linux-{machine}/biome"
    if not program.exists():
        raise DevStackError(f"{program} is missing. `make setup` installs it.")
    return program
