"""Who counts what: filled at start by rooms above."""

import re
from dataclasses import dataclass

from hunhe.kernel.indicators.shapes import FindFamily, FindGreyed, Indicator, ReadCut, ReadFigure, ReadHappenings

ID = re.compile(r"[a-z][a-z_]*\.[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Registered:
    indicator: Indicator
    read: ReadFigure
    by_division: ReadCut | None


indicators: dict[str, Registered] = {}
"""Those that code defines; `in_force` adds those that the city's content does."""
families: dict[str, FindFamily] = {}
greyings: dict[str, FindGreyed] = {}
happenings: dict[str, ReadHappenings] = {}


def add(one: Registered) -> None:
    """ValueError where the definition says too little, or another one has its id."""
    indicator = one.indicator
    if not ID.fullmatch(indicator.id):
        raise ValueError(f"{indicator.id}: an indicator's id is room.noun_period")
    if bool(indicator.denominator) != (indicator.kind == "share"):
        raise ValueError(f"{indicator.id}: a share has a denominator, a count has none")
    silent = [name for name in ("name", "caliber", "unit", "numerator", "owner") if not getattr(indicator, name)]
    if silent:
        raise ValueError(f"{indicator.id}: no {', '.join(silent)}")
    if indicator.id in indicators and indicators[indicator.id].indicator != indicator:
        raise ValueError(f"{indicator.id}: defined twice")
    indicators[indicator.id] = one


def in_force() -> dict[str, Registered]:
    """All of them by id, in order of registration; families are asked each time, for content changes."""
    found = dict(indicators)
    for find in families.values():
        found.update({one.id: Registered(one, read, None) for one, read in find()})
    return found
