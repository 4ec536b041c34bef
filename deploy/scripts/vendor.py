"""Copies the browser modules that npm installed, file by file, to static/vendor.

Run by bootstrap.sh after `npm ci`; standard library only. What is listed here is all that the
pages may import: nothing is bundled or compiled, and source maps are left out.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

# Package -> files or patterns below node_modules/<package>. They keep their relative paths, so
# that a package's own relative imports go on working.
FILES: dict[str, tuple[str, ...]] = {
    "@fontsource-variable/inter": (
        "files/inter-latin-wght-normal.woff2",
        "files/inter-latin-ext-wght-normal.woff2",
    ),
    "@lit/reactive-element": ("reactive-element.js", "css-tag.js"),
    "fflate": ("esm/browser.js",),
    "kdbush": ("index.js",),
    "lit": ("index.js", "html.js", "directive.js", "async-directive.js", "directives/*.js"),
    "lit-element": ("lit-element.js",),
    "lit-html": (
        "lit-html.js",
        "is-server.js",
        "directive.js",
        "directive-helpers.js",
        "async-directive.js",
        "directives/*.js",
    ),
    "maplibre-gl": (
        "dist/maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs",
        "dist/maplibre-gl.css",
    ),
    "pmtiles": ("dist/esm/index.js",),
    "supercluster": ("index.js",),
    "topojson-client": ("src/*.js",),
    "uplot": ("dist/uPlot.esm.js", "dist/uPlot.min.css"),
    "world-atlas": ("countries-110m.json", "countries-50m.json", "countries-10m.json"),
}

# A hashed static file storage fails on a reference to a map that is not there.
SOURCE_MAP = re.compile(rb"\n?//[#@] sourceMappingURL=\S+\s*$")


class VendorError(Exception):
    """A listed file is not in node_modules: the list and package.json disagree."""


def copy_file(*, source: Path, target: Path) -> None:
    """Copies one file; modules lose the comment that names their source map."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.suffix in {".js", ".mjs"}:
        target.write_bytes(SOURCE_MAP.sub(b"\n", source.read_bytes()))
    else:
        shutil.copyfile(source, target)


def copy_package(*, name: str, patterns: tuple[str, ...], modules: Path, target: Path) -> int:
    """Copies one package's listed files and its licence; returns how many modules that was."""
    package = modules / name
    count = 0
    for pattern in patterns:
        found = sorted(package.glob(pattern))
        if not found:
            raise VendorError(f"{name} has no file {pattern}: correct the list in {__file__}")
        for source in found:
            copy_file(source=source, target=target / name / source.relative_to(package))
            count += 1
    # A package without a licence text names its licence in package.json.
    licences = sorted(package.glob("LICEN[SC]E*")) or [package / "package.json"]
    for source in licences:
        copy_file(source=source, target=target / name / source.name)
    return count


def copy_all(*, root: Path) -> dict[str, int]:
    """Rebuilds static/vendor below `root`; returns files copied per package.

    The new folder is complete before it takes the old one's place. Raises VendorError.
    """
    target = root / "static" / "vendor"
    fresh = root / "static" / "vendor.new"
    shutil.rmtree(fresh, ignore_errors=True)
    counts = {
        name: copy_package(
            name=name, patterns=patterns, modules=root / "node_modules", target=fresh
        )
        for name, patterns in FILES.items()
    }
    versions = {
        name: json.loads((root / "node_modules" / name / "package.json").read_text())["version"]
        for name in FILES
    }
    (fresh / "versions.json").write_text(json.dumps(versions, indent=2) + "\n")
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)
    return counts


if __name__ == "__main__":
    try:
        copy_all(root=Path(__file__).resolve().parents[2])
    except (VendorError, OSError) as error:
        sys.exit(f"Could not copy the browser modules to static/vendor: {error}")
