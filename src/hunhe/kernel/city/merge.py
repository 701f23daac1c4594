"""Three-way merge of content: the file last applied, what operators made of it on screen, the file now. Pure."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

Side = Literal["ours", "theirs"]
ABSENT = ""


@dataclass(frozen=True, slots=True)
class InForce:
    """A file in force, by digests: as applied from a file, and as it stands now."""

    applied: str
    on_screen: str


@dataclass(frozen=True, slots=True)
class Step:
    """What to do with one path. keep: the file moved on but the screen's words stay; adopt: both say the same."""

    path: str
    what: Literal["add", "change", "adopt", "keep", "remove", "conflict"]


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def steps(in_force: Mapping[str, InForce], files: Mapping[str, str], side: Side | None) -> Iterator[Step]:
    """Steps from digests in force to digests of files, by path; nothing for what already agrees.

    side settles conflicts: `ours` keeps what this city changed on screen, `theirs` takes the file.
    """
    for path in sorted(in_force.keys() | files.keys()):
        old, new = in_force.get(path), files.get(path, ABSENT)
        if old is None:
            yield Step(path, "add")
        elif new != old.applied:
            yield Step(path, _moved(old, new, side))


def _moved(old: InForce, new: str, side: Side | None) -> Literal["change", "adopt", "keep", "remove", "conflict"]:
    """The file changed or vanished since it was applied."""
    if new == old.on_screen:
        return "adopt"
    if old.on_screen == old.applied or side == "theirs":
        return "remove" if new == ABSENT else "change"
    return "keep" if side == "ours" else "conflict"
