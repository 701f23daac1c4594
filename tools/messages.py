"""The words of the house: `python -m tools.messages extract [ROOM …] | check | compile`.

extract prints, per room, the msgids that the room's sources use and its `locale/zh_Hans` lacks, as .po text to fill in.
check fails on a missing or empty zh_Hans string and on a state label without zh_Hans or English text.
compile writes .mo files for zh_Hans and en, and makes zh_Hant from zh_Hans by OpenCC with tools/zh_hant_overrides.tsv.
"""

import io
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract as extract_code
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

REPOSITORY = Path(__file__).resolve().parents[1]
SOURCE = REPOSITORY / "src" / "hunhe"
OVERRIDES = Path(__file__).with_name("zh_hant_overrides.tsv")
PO = Path("LC_MESSAGES") / "django.po"

_PLAIN, _COUNTED, _WITH_CONTEXT = None, (1, 2), ((1, "c"), 2)
KEYWORDS: Mapping[str, Any] = {
    **dict.fromkeys(("gettext", "gettext_lazy", "msgid", "_"), _PLAIN),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _COUNTED),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _WITH_CONTEXT),
}
MsgId = str | tuple[str, str]

_TAG = re.compile(
    r"\{%-?\s*(?:translate|trans)\s+(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')(?:[^%]*?\bcontext\s+(\"[^\"]*\"|'[^']*'))?[^%]*%\}"
)
_BLOCK = re.compile(r"\{%\s*blocktrans(?:late)?\b([^%]*)%\}(.*?)\{%\s*endblocktrans(?:late)?\s*%\}", re.DOTALL)
_PLURAL = re.compile(r"\{%\s*plural\s*%\}")
_INLINE = re.compile(r"(?<![\w.])_\(\s*(\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*')\s*\)")
_VARIABLE = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")
_STATE_USE = re.compile(r"\|state:[\"']([\w.]+)[\"']")


@dataclass(frozen=True, slots=True)
class Found:
    """One msgid and where it stands."""

    msgid: MsgId
    context: str | None
    file: Path
    line: int


@dataclass
class Room:
    """A folder with an apps.py: what its sources say and what its catalogues know."""

    folder: Path
    found: list[Found] = field(default_factory=list)

    @property
    def name(self) -> str:
        return ".".join(self.folder.relative_to(SOURCE).parts)

    def catalogue(self, locale: str) -> Catalog | None:
        path = self.folder / "locale" / locale / PO
        return _read(path, locale) if path.exists() else None


def _read(path: Path, locale: str) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=locale, abort_invalid=True)


def rooms() -> list[Room]:
    return [Room(path.parent) for path in sorted(SOURCE.rglob("apps.py")) if "tests" not in path.parts]


def _sources(folder: Path) -> Iterator[Path]:
    inner = [path.parent for path in folder.rglob("apps.py") if path.parent != folder]
    stone = (SOURCE / "stone").rglob("*.py") if folder == SOURCE / "ui" else ()  # stone has no catalogue of its own
    for path in sorted([*folder.rglob("*"), *stone]):
        skipped = {"tests", "migrations", "locale", "static"} & set(path.parts)
        if path.suffix in {".py", ".html", ".txt"} and not skipped and not any(path.is_relative_to(room) for room in inner):
            yield path


def _unquote(literal: str) -> str:
    return literal[1:-1].replace("\\" + literal[0], literal[0])


def _from_template(path: Path) -> Iterator[Found]:
    text = path.read_text(encoding="utf-8")

    def line(position: int) -> int:
        return text.count("\n", 0, position) + 1

    for match in _TAG.finditer(text):
        yield Found(_unquote(match[1]), _unquote(match[2]) if match[2] else None, path, line(match.start()))
    for match in _BLOCK.finditer(text):
        parts = [_VARIABLE.sub(r"%(\1)s", part.replace("%", "%%")) for part in _PLURAL.split(match[2])]
        if re.search(r"\btrimmed\b", match[1]):
            parts = [" ".join(piece.strip() for piece in part.strip().splitlines()) for part in parts]
        context = re.search(r"\bcontext\s+([\"'])(.*?)\1", match[1])
        yield Found(
            (parts[0], parts[1]) if len(parts) > 1 else parts[0], context[2] if context else None, path, line(match.start())
        )
    for match in _INLINE.finditer(text):
        yield Found(_unquote(match[1]), None, path, line(match.start()))


def _from_python(path: Path) -> Iterator[Found]:
    code = io.BytesIO(path.read_bytes())
    for line, texts, _, context in extract_code("python", code, KEYWORDS, options={"encoding": "utf-8"}):
        if isinstance(texts, str):
            yield Found(texts, context, path, line)
        else:
            yield Found((texts[0], texts[1]), context, path, line)


def _extracted(room: Room) -> Room:
    seen: set[tuple[MsgId, str | None]] = set()
    for path in _sources(room.folder):
        for item in _from_python(path) if path.suffix == ".py" else _from_template(path):
            if item.msgid and (item.msgid, item.context) not in seen:
                seen.add((item.msgid, item.context))
                room.found.append(item)
    return room


def _single(msgid: MsgId) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _texts(message: Message) -> tuple[str, ...]:
    return (message.string or "",) if isinstance(message.string, str | None) else tuple(message.string)


def _known(catalogues: list[Catalog]) -> set[tuple[str, str | None]]:
    return {
        (_ids(message)[0], message.context)
        for catalogue in catalogues
        for message in catalogue
        if message.id and all(_texts(message))
    }


def _missing(every: list[Room]) -> dict[str, list[Found]]:
    """Msgids without a zh_Hans text. A room may lean on texts of `ui`; nothing else."""
    shared = [room.catalogue("zh_Hans") for room in every if room.name == "ui"]
    missing: dict[str, list[Found]] = {}
    for room in every:
        own = room.catalogue("zh_Hans")
        known = _known([catalogue for catalogue in [own, *shared] if catalogue is not None])
        lacking = [item for item in room.found if (_single(item.msgid), item.context) not in known and not _is_label(item)]
        if lacking:
            missing[room.name] = lacking
    return missing


def _is_label(item: Found) -> bool:
    return _single(item.msgid).startswith("state.")


def _label_faults(every: list[Room]) -> Iterator[str]:
    labels = {locale: _labels(every, locale) for locale in ("zh_Hans", "en")}
    for label in sorted(labels["zh_Hans"] ^ labels["en"]):
        yield f"{label}: no text in {'en' if label in labels['zh_Hans'] else 'zh_Hans'}"
    for room in every:
        for path in _sources(room.folder):
            for enum in _STATE_USE.findall(path.read_text(encoding="utf-8")) if path.suffix == ".html" else ():
                if not any(label.startswith(f"state.{enum}.") for label in labels["zh_Hans"]):
                    yield f"{path.relative_to(REPOSITORY)}: no label state.{enum}.… in any catalogue"


def _labels(every: list[Room], locale: str) -> set[str]:
    catalogues = [catalogue for room in every if (catalogue := room.catalogue(locale)) is not None]
    return {name for name, _ in _known(catalogues) if name.startswith("state.")}


def _placeholder_faults(every: list[Room]) -> Iterator[str]:
    names = re.compile(r"%\((\w+)\)")
    for room in every:
        for message in room.catalogue("zh_Hans") or ():
            allowed = {name for text in _ids(message) for name in names.findall(text)}
            for text in _texts(message):
                if message.id and set(names.findall(text)) - allowed:
                    yield f"{room.name}: the text of {_ids(message)[0]!r} names a placeholder that the msgid lacks"


def _quarrels(every: list[Room]) -> Iterator[str]:
    """Django merges all catalogues: the same words must not be said in two ways. A context tells them apart."""
    said: dict[tuple[str, str | None], tuple[str, tuple[str, ...]]] = {}
    for room in every:
        for message in room.catalogue("zh_Hans") or ():
            if message.id and all(_texts(message)):
                first, texts = said.setdefault((_ids(message)[0], message.context), (room.name, _texts(message)))
                if texts != _texts(message):
                    yield f"{_ids(message)[0]!r}: {first} says {texts[0]!r}, {room.name} says {_texts(message)[0]!r}; give a context"


def check() -> list[str]:
    """Every fault, one line each; empty when all words are there."""
    every = [_extracted(room) for room in rooms()]
    faults = [
        f"{item.file.relative_to(REPOSITORY)}:{item.line}: {_single(item.msgid)!r} has no zh_Hans text"
        for items in _missing(every).values()
        for item in items
    ]
    return [*faults, *_label_faults(every), *_placeholder_faults(every), *_quarrels(every)]


def extract(names: list[str]) -> str:
    """What is missing, as .po text per room."""
    parts = []
    every = [_extracted(room) for room in rooms()]
    for name, items in _missing(every).items():
        if names and name not in names and name.split(".")[-1] not in names:
            continue
        catalogue = Catalog(locale="zh_Hans", fuzzy=False)
        for item in items:
            catalogue.add(item.msgid, context=item.context, locations=[(str(item.file.relative_to(REPOSITORY)), item.line)])
        text = io.BytesIO()
        write_po(text, catalogue, omit_header=True)
        parts.append(f"# ---- {name} ----\n{text.getvalue().decode()}")
    return "\n".join(parts)


@cache
def _converter() -> "tuple[object, tuple[tuple[str, str], ...]]":
    from opencc import OpenCC

    rows = [
        line.split("\t") for line in OVERRIDES.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")
    ]
    return OpenCC("s2t"), tuple((simplified, traditional) for simplified, traditional in rows)


def to_traditional(text: str) -> str:
    """Traditional characters, mainland terms. Override phrases win over OpenCC, longest first."""
    converter, overrides = _converter()
    held: list[str] = []
    for simplified, traditional in sorted(overrides, key=lambda row: -len(row[0])):
        if simplified in text:
            text = text.replace(simplified, f"\ue000{len(held)}\ue001")
            held.append(traditional)
    converted: str = converter.convert(text)  # type: ignore[attr-defined]  # OpenCC ships no types
    return re.sub("\ue000(\\d+)\ue001", lambda match: held[int(match[1])], converted)


def _traditional(source: Catalog) -> Catalog:
    made = Catalog(locale="zh_Hant", fuzzy=False)
    for message in source:
        if message.id:
            texts = tuple(to_traditional(text) for text in _texts(message))
            made.add(message.id, texts if isinstance(message.id, tuple) else texts[0], context=message.context)
    return made


def _write(catalogue: Catalog, path: Path) -> None:
    """Whole or not at all: a reader never sees half a catalogue."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_mo(text, catalogue)
    fresh = path.with_suffix(f".{os.getpid()}.new")  # two test processes may compile at once
    fresh.write_bytes(text.getvalue())
    fresh.replace(path)


def compile_all(only_stale: bool = False) -> int:
    """Compile every catalogue; returns how many were written."""
    written = 0
    for room in rooms():
        for locale in ("zh_Hans", "en"):
            source = room.folder / "locale" / locale / PO
            if not source.exists():
                continue
            targets = {source.with_suffix(".mo"): locale}
            if locale == "zh_Hans":
                targets[room.folder / "locale" / "zh_Hant" / PO.with_suffix(".mo")] = "zh_Hant"
            newest = max(source.stat().st_mtime, OVERRIDES.stat().st_mtime)
            if only_stale and all(target.exists() and target.stat().st_mtime >= newest for target in targets):
                continue
            catalogue = _read(source, locale)
            for target, language in targets.items():
                _write(_traditional(catalogue) if language == "zh_Hant" else catalogue, target)
                written += 1
    return written


def main(arguments: list[str]) -> int:
    match arguments:
        case ["extract", *names]:
            print(extract(names))
        case ["check"]:
            faults = check()
            print("\n".join(faults) or "every word is there")
            return 1 if faults else 0
        case ["compile"]:
            print(f"{compile_all()} catalogues written")
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
