"""Reads a city folder and the layers it stands on."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import hunhe
from hunhe.kernel.city.shapes import ContentFile, Doubt, Doubtful

KINDS = frozenset({".toml", ".csv", ".sql", ".json"})
MANIFEST = "city.toml"
MAXIMUM_BYTES = 8_000_000


@dataclass(frozen=True)
class Manifest:
    """`city.toml`: code and name of the city, and the layers below it, lowest first."""

    code: str
    name: str
    extends: tuple[str, ...] = ("kit",)


def shipped() -> Path:
    """The folder of content that comes with Hunhe: inside the wheel, or beside `src` in the source tree."""
    package = Path(hunhe.__file__).parent
    inside = package / "cities"
    return inside if inside.is_dir() else package.parents[1] / "cities"


def manifest(folder: Path) -> Manifest:
    """Doubtful where the folder is no city."""
    path = folder / MANIFEST
    if not path.is_file():
        raise Doubtful(Doubt(MANIFEST, "", f"There is no {MANIFEST} in {folder}"))
    return ContentFile.parsed(MANIFEST, folder.name, _text(path, MANIFEST)).read_as(Manifest)


def layer_folders(folder: Path) -> tuple[Path, ...]:
    """The layers of a city, lowest first, the city itself last. A layer lies beside the city or comes with Hunhe."""
    found = []
    for key, name in enumerate(manifest(folder).extends):
        places = [folder.parent / name, shipped() / name]
        layer = next((place for place in places if place.is_dir()), None)
        if layer is None or "/" in name or name.startswith("."):
            raise Doubtful(Doubt(MANIFEST, f"extends[{key}]", f"There is no layer “{name}”"))
        found.append(layer)
    return (*found, folder)


def read_stack(folder: Path) -> dict[str, ContentFile]:
    """Every content file in force by path: for each path the topmost layer wins."""
    found: dict[str, ContentFile] = {}
    for layer in layer_folders(folder):
        for path in sorted(layer.rglob("*")):
            name = path.relative_to(layer).as_posix()
            if path.suffix in KINDS and path.is_file():
                found[name] = ContentFile.parsed(name, layer.name, _text(path, name))
    return found


def of_room(files: Iterable[ContentFile], room: str, pattern: str) -> Iterator[ContentFile]:
    """Files under a room's folder (`kernel/org`) whose path below it matches; `*` stays inside a folder, `**` does not."""
    matches = _regex(f"{room}/{pattern}")
    return (file for file in sorted(files, key=lambda file: file.path) if matches.fullmatch(file.path))


@lru_cache(maxsize=512)
def _regex(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    meaning = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(meaning.get(part, re.escape(part)) for part in parts))


def _text(path: Path, name: str) -> str:
    if path.stat().st_size > MAXIMUM_BYTES:
        raise Doubtful(Doubt(name, "", f"The file is larger than {MAXIMUM_BYTES} bytes"))
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise Doubtful(Doubt(name, "", "The file is not UTF-8")) from error
