"""The browser modules arrive in static/vendor as the import map expects them."""

import json
from pathlib import Path

import pytest
import vendor


def package(root: Path, name: str, files: dict[str, str]) -> None:
    for path, text in ({"package.json": '{"version": "1.2.3"}'} | files).items():
        target = root / "node_modules" / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)


def test_modules_lose_their_source_map_and_keep_their_place_and_licence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "FILES", {"@a/b": ("dist/*.js",)})
    text = "export const a = 1;\n//# sourceMappingURL=b.js.map\n"
    package(tmp_path, "@a/b", {"dist/b.js": text, "LICENSE": "do", "other.js": "x"})
    assert vendor.copy_all(root=tmp_path) == {"@a/b": 1}
    target = tmp_path / "static/vendor"
    assert (target / "@a/b/dist/b.js").read_text() == "export const a = 1;\n"
    assert (target / "@a/b/LICENSE").read_text() == "do"
    assert not (target / "@a/b/other.js").exists()
    assert json.loads((target / "versions.json").read_text()) == {"@a/b": "1.2.3"}


def test_files_of_an_earlier_version_are_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "FILES", {"a": ("a.js",)})
    package(tmp_path, "a", {"a.js": "1"})
    old = tmp_path / "static/vendor/a/old.js"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    vendor.copy_all(root=tmp_path)
    assert not old.exists()
    assert (tmp_path / "static/vendor/a/package.json").exists()  # it names the licence


def test_a_listed_file_that_is_not_there_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vendor, "FILES", {"a": ("gone.js",)})
    package(tmp_path, "a", {})
    with pytest.raises(vendor.VendorError, match=r"a has no file gone\.js"):
        vendor.copy_all(root=tmp_path)
