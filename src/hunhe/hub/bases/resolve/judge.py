"""How well entities were found: the truth in a column, and agreement with it over pairs."""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence

from hunhe.hub.bases.resolve.table import Cells

# FEBRL writes the truth into the record's number: rec-17-org, rec-17-dup-0, rec-17-dup-1.
_ORIGINAL_OR_COPY = re.compile(r"^(.+?)-(?:org|dup(?:-\d+)?)$", re.IGNORECASE)


def entities_in(cells: Cells) -> tuple[str, ...]:
    """The true entity of each record; a missing one is an entity of its own."""
    present = [cell for cell in cells if cell is not None]
    coded = sum(1 for cell in present if _ORIGINAL_OR_COPY.match(cell)) > 0.9 * len(present)
    return tuple(_entity(cell, coded) if cell is not None else f"\0{row}" for row, cell in enumerate(cells))


def _entity(cell: str, coded: bool) -> str:
    found = _ORIGINAL_OR_COPY.match(cell) if coded else None
    return found[1] if found else cell


def agreement(found: Sequence[int], truth: Sequence[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 over pairs of records; 1 where there was nothing to find or nothing was claimed."""
    hit = _pairs(zip(found, truth, strict=True))
    claimed, real = _pairs(found), _pairs(truth)
    precision = hit / claimed if claimed else 1.0
    recall = hit / real if real else 1.0
    f1 = 2 * precision * recall / (precision + recall) if hit else float(claimed == real)
    return round(precision, 6), round(recall, 6), round(f1, 6)


def _pairs(keys: Iterable[Hashable]) -> int:
    return sum(count * (count - 1) // 2 for count in Counter(keys).values())
