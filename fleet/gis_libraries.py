"""Where GeoDjango finds GDAL, GEOS and PROJ.

Debian 12 ships GDAL 3.6, which Django warns about (gis.W001). The pyogrio and shapely wheels
carry current builds of the same C libraries, so the project uses those and needs no system GDAL.
"""

import importlib.util
from pathlib import Path


def wheel_library(*, package: str, pattern: str) -> str | None:
    """Path of the shared library matching `pattern` bundled beside `package`, or None."""
    folder = _package_folder(package)
    found = sorted(folder.with_name(f"{package}.libs").glob(pattern)) if folder else []
    return str(found[0]) if found else None


def proj_data() -> str | None:
    """Folder with proj.db of the same build as the bundled GDAL, or None."""
    folder = _package_folder("pyogrio")
    data = folder / "proj_data" if folder else None
    return str(data) if data and data.is_dir() else None


def _package_folder(package: str) -> Path | None:
    # find_spec locates the package without importing it: importing would load a second GDAL.
    spec = importlib.util.find_spec(package)
    return Path(spec.origin).parent if spec and spec.origin else None
