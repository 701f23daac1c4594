"""Built files by their plain name: `url("ui.css")` gives the hashed one the manifest names."""

import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

BUILD = Path(__file__).parent / "static" / "ui" / "build"


def url(name: str) -> str:
    return static(f"ui/build/{_names().get(name, name)}")


def file(name: str) -> Path | None:
    """The built file itself, for the few that must stand at an address of their own; None before the first build."""
    found = _names().get(name)
    return BUILD / found if found is not None else None


def _names() -> dict[str, str]:
    manifest = BUILD / "manifest.json"
    return _read(manifest, manifest.stat().st_mtime_ns) if manifest.exists() else {}


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text())
    return found
