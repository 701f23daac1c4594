"""Rows as they came, on disk: one source file of a batch and what is known of it before any check."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Literal

MANIFEST = "source.json"
MARK, BUCKET = "_mark", "_bucket"  # columns that a source able to hash adds to its rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Spool:
    """A batch's source file in its staging folder.

    columns: headings in the source's order. rows: counted at the source, apart from any parser. first_line: line of the
    first row. delimiter: of a CSV. replaced: bytes that were no text became U+FFFD. digest: of the bytes or the rows.
    """

    format: Literal["csv", "parquet"]
    file: str
    columns: tuple[str, ...]
    rows: int
    digest: str
    origin: str
    first_line: int = 1
    delimiter: str = ","
    replaced: bool = False
    complete: bool = False
    buckets: tuple[str, ...] = ()
    compared: bool = False
    watermark: str = ""
    kinds: Mapping[str, str] = field(default_factory=dict)
    delivery: str = ""

    @property
    def marked(self) -> bool:
        return MARK in self.columns


def save(folder: Path, spool: Spool) -> None:
    """Write the manifest in one step: a spool exists when its manifest does."""
    draft = folder / (MANIFEST + ".draft")
    with draft.open("w", encoding="utf-8") as file:
        json.dump(asdict(spool), file, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / MANIFEST)


def load(folder: Path) -> Spool | None:
    """The spool of a batch folder; None when nothing whole has been landed there."""
    path = folder / MANIFEST
    if not path.exists():
        return None
    spool = Spool(**json.loads(path.read_text(encoding="utf-8")))
    return replace(spool, columns=tuple(spool.columns), buckets=tuple(spool.buckets))
