"""From cells to the columns that are compared: an Arrow table with one row per record."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from hunhe.hub.bases.resolve import normal
from hunhe.hub.bases.resolve.roles import Role, recognise
from hunhe.hub.bases.resolve.table import Cells, List

WEIGHT_BITS = 10  # a piece is its number shifted by these bits, plus its weight in hundredths of a nat
LONG = 45  # mean length from which a text is compared by words, not by letters


@dataclass(frozen=True, slots=True)
class Feature:
    """A compared column: `name` is its SQL stem (c0, c1 …), `header` what the list calls it.

    Each has `<name>` (text); NAME also `_s` (sound), TEXT and ADDRESS `_g` (weighted pieces) and `_w` (their weight),
    ADDRESS `_n` (its numbers) and `_h` (the first of them), EMAIL `_u` (the part before @).
    """

    name: str
    header: str
    role: Role


def features_of(listed: List, hidden: int | None = None) -> tuple[tuple[Feature, ...], pa.Table]:
    """Recognise the columns (except the one at `hidden`) and spell them alike. Column `rec` numbers the records from 0."""
    found: list[Feature] = []
    columns: dict[str, pa.Array] = {"rec": pa.array(range(listed.records), pa.int32())}
    for position, (header, cells) in enumerate(zip(listed.names, listed.columns, strict=True)):
        role = Role.SKIP if position == hidden else recognise(header, cells)
        if role is Role.SKIP:
            continue
        feature = Feature(f"c{len(found)}", header, role)
        made = _made(feature, cells)
        if made[feature.name].null_count < listed.records:
            found.append(feature)
            columns |= made
    return tuple(found), pa.table(columns)


def _made(feature: Feature, cells: Cells) -> dict[str, pa.Array]:
    name = feature.name
    spelt = _each(cells, _SPELLING[feature.role])
    made = {name: pa.array(spelt, pa.string())}
    match feature.role:
        case Role.NAME:
            made[f"{name}_s"] = pa.array(_each(spelt, normal.sound), pa.string())
        case Role.EMAIL:
            made[f"{name}_u"] = pa.array(_each(spelt, lambda text: text.split("@")[0]), pa.string())
        case Role.TEXT:
            made |= _weighted(name, spelt, normal.stems if _is_long(spelt) else normal.grams)
        case Role.ADDRESS:
            made |= _weighted(name, spelt, lambda text: normal.grams(normal.street(text)))
            numbers = [normal.numbers(text) if text else [] for text in spelt]
            made[f"{name}_n"] = pa.array(numbers, pa.list_(pa.string()))
            made[f"{name}_h"] = pa.array([found[0] if found else None for found in numbers], pa.string())
        case _:
            pass
    return made


def _is_long(cells: Cells) -> bool:
    lengths = [len(cell) for cell in cells if cell]
    return sum(lengths) > LONG * len(lengths)


_SPELLING: dict[Role, Callable[[str], str | None]] = {
    Role.NAME: normal.plain,
    Role.TEXT: lambda text: " ".join(normal.words(text)),
    Role.ADDRESS: lambda text: " ".join(normal.words(text)),
    Role.DATE: normal.day,
    Role.ID: normal.id_number,
    Role.PHONE: normal.phone,
    Role.EMAIL: lambda text: normal.plain(text) if "@" in text else None,
    Role.CODE: lambda text: normal.code(text).lstrip("0"),
    Role.CATEGORY: normal.plain,
}


def _each(cells: Cells, change: Callable[[str], str | None]) -> list[str | None]:
    """Apply a change once per distinct value; what becomes empty is missing."""
    changed = {cell: change(cell) or None for cell in set(cells) if cell is not None}
    return [None if cell is None else changed[cell] for cell in cells]


def _weighted(name: str, cells: Cells, pieces: Callable[[str], Sequence[str]]) -> dict[str, pa.Array]:
    """Pieces weighted by rarity; the weight rides in the low bits so that one list operation gives the shared weight."""
    split = [pieces(cell) if cell else () for cell in cells]
    seen = Counter(piece for record in split for piece in record)
    total = max(1, sum(1 for record in split if record))
    number = {
        piece: (index << WEIGHT_BITS) + min((1 << WEIGHT_BITS) - 1, round(100 * math.log((total + 1) / count)))
        for index, (piece, count) in enumerate(seen.items())
    }
    mask = (1 << WEIGHT_BITS) - 1
    coded = [[number[piece] for piece in record] or None for record in split]
    return {
        f"{name}_g": pa.array(coded, pa.list_(pa.int32())),
        f"{name}_w": pa.array([sum(piece & mask for piece in record) if record else None for record in coded], pa.int32()),
    }
