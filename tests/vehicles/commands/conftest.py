import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "gps"


Run = Callable[..., dict[str, Any]]


@pytest.fixture
def run() -> Run:
    """Run a command and give the JSON of its last line."""

    def command(name: str, *args: object, **options: object) -> dict[str, Any]:
        out = StringIO()
        call_command(name, *map(str, args), stdout=out, stderr=StringIO(), **options)
        result: dict[str, Any] = json.loads(out.getvalue().strip().splitlines()[-1])
        return result

    return command


def real_file(name: str) -> Path:
    """A file of the real recordings, or a skipped test where they are not at hand."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"needs the recording {name} in ../shared/data/gps, which is not there")
    return path
