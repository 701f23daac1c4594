"""Built files by their plain name: `url("ui.css")` gives the hashed one the manifest names."""

import json
from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static

BUILD = Path(__file__).parent / "static" / "ui" / "build"


def url(name: str) -> str:
    manifest = BUILD / "manifest.json"
    names = _read(manifest, manifest.stat().st_mtime_ns) if manifest.exists() else {}
    return static(f"ui/build/{names.get(name, name)}")


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> dict[str, str]:
    found: dict[str, str] = json.loads(path.read_text())
    return found
