"""The set-up script tells an ordinary user without sudo exactly what to install."""

import os
import subprocess
from pathlib import Path

from devstack.places import CHECKOUT


def program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def test_without_sudo_it_names_the_missing_packages_and_stops(tmp_path: Path) -> None:
    program(tmp_path, "dpkg-query", "echo 'python3 ii '; echo 'ca-certificates ii '")
    program(tmp_path, "id", "echo 1000")
    program(tmp_path, "sudo", "exit 1")
    done = subprocess.run(
        [CHECKOUT / "deploy/scripts/bootstrap.sh"],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "DATABASE_URL": "postgis://elsewhere/x"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "apt-get install -y --no-install-recommends python3-venv redis-tools\n" in done.stderr
    assert "need an administrator" in done.stderr
