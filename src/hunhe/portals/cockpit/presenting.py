"""From figures to what the templates show: names, units, links, positions."""

import itertools
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from hunhe.kernel.indicators.shapes import DISTRICT, Figure, Happening, Indicator, Line
from hunhe.kernel.places.shapes import SketchMap
from hunhe.portals.cockpit.drawings import bounds, day_river, shade
from hunhe.portals.cockpit.shapes import Wall
from hunhe.stone import clock
from hunhe.stone.who import Who
from hunhe.ui import words

MOST_BESIDE = 3
UNKNOWN = "#165162"
MOST_MARKS = 3
LARGE = 1_000_000


def tile(figure: Figure, with_link: bool = True) -> dict[str, Any]:
    """The arguments of a tile."""
    indicator = figure.indicator
    value, unit = shown(figure)
    return {
        "id": indicator.id,
        "name": words.say(indicator.name),
        "value": value,
        "unit": unit,
        "period": _period(indicator),
        "as_of": figure.reading.as_of,
        "fresh": indicator.fresh,
        "failing": figure.failing,
        "stale": figure.is_stale(clock.now()),
        "values": figure.reading.values,
        "url": reverse("cockpit:drill", args=[indicator.id]) if with_link else "",
    }


def _period(indicator: Indicator) -> str:
    return gettext("since 00:00") if indicator.period == "today" else gettext("at this moment")


def shown(figure: Figure) -> tuple[str, str]:
    """A value and its unit as a wall says them. Above a million it says 103.2 万 (1.03 million); the list has every digit."""
    unit = words.say(figure.indicator.unit)
    if figure.indicator.kind == "share":
        return amount(figure.indicator, figure.value), unit
    if figure.value < LARGE:
        return amount(figure.indicator, figure.value), unit
    if words.in_chinese():
        return f"{figure.value / 10_000:,.1f}", gettext("ten thousand") + unit
    return f"{figure.value / LARGE:,.2f}", "million " + unit


def amount(indicator: Indicator, value: float) -> str:
    return f"{value * 100:.2f}" if indicator.kind == "share" else words.number(int(value))


def wall_context(wall: Wall, sketch: SketchMap) -> dict[str, Any]:
    """Everything `cockpit/parts/wall.html` shows."""
    today = wall.today
    trouble = [happening for happening in today.happenings if happening.kind != "ok"]
    return {
        "now": today.span.now,
        "tiles": [tile(figure) for figure in wall.tiles],
        **map_context(wall, sketch),
        "trouble": [_told(one) for one in trouble[:MOST_BESIDE]],
        "troubles": len(trouble),
        "arrivals": [_told(one) for one in today.happenings if one.kind == "ok"][:MOST_BESIDE],
        "river": day_river(today.slots, today.span.part),
        "most": max(today.slots, default=0),
        "marks": _marks(today.happenings, today.span.part * 100),
    }


def map_context(wall: Wall, sketch: SketchMap) -> dict[str, Any]:
    """The sketch map with one figure on it."""
    figure, unit = wall.mapped, sketch.width / 100
    values = figure.by_district() if figure else {}
    scaled = {code: _scaled(figure, value) for code, value in values.items()} if figure else {}
    limits = bounds(list(scaled.values()))
    floes = [
        {
            "name": _short(floe.name),
            "path": floe.path,
            "value": amount(figure.indicator, values.get(floe.code[:DISTRICT], 0)) if figure else "",
            "fill": shade(scaled.get(floe.code[:DISTRICT], 0), limits) if figure else UNKNOWN,
            "x": floe.label_x,
            "y": floe.label_y,
            "y2": floe.label_y + 3 * unit,
        }
        for floe in sketch.floes
    ]
    return {
        "sketch": sketch,
        "floes": floes,
        "mapped": tile(figure) if figure else None,
        "choices": [{"id": one.indicator.id, "name": words.say(one.indicator.name)} for one in wall.choices],
        "legend": _legend(figure, limits) if figure else [],
        "text": 2.5 * unit,
        "text_small": 2.25 * unit,
        "bank": 2.2 * unit,
        "stream": 0.5 * unit,
    }


def _scaled(figure: Figure, value: float) -> int:
    """Whole numbers to draw limits between: counts as they are, shares in hundredths of a per cent."""
    return round(value * 10_000) if figure.indicator.kind == "share" else round(value)


def _short(name: str) -> str:
    """和平区 → 和平, 沈北新区 → 沈北; two characters stay whole."""
    suffix = next((suffix for suffix in ("新区", "区", "县", "市") if name.endswith(suffix)), "")
    return name.removesuffix(suffix) if len(name) - len(suffix) >= 2 else name


def _legend(figure: Figure, limits: list[int]) -> list[dict[str, str]]:
    share = figure.indicator.kind == "share"
    edges = [f"{limit / 100:.1f}" if share else words.number(limit) for limit in limits]
    if not edges:
        return []
    said = [gettext("below %(n)s") % {"n": edges[0]}]
    said += [f"{low}–{high}" for low, high in itertools.pairwise(edges)]
    said.append(gettext("%(n)s or more") % {"n": edges[-1]})
    return [{"fill": shade(value, limits), "label": label} for value, label in zip([limits[0] - 1, *limits], said, strict=True)]


def _told(happening: Happening) -> dict[str, Any]:
    return {
        "at": happening.at,
        "label": words.say(happening.label, happening.params),
        "note": words.say(happening.note, happening.params),
        "kind": happening.kind,
        "level": happening.level,
        "url": happening.url,
    }


def _marks(happenings: tuple[Happening, ...], here: float) -> list[dict[str, Any]]:
    """Up to three happenings on the river, apart from one another and from the word at `here`, troubles first."""
    marks: list[dict[str, Any]] = []
    for happening in sorted(happenings, key=lambda one: (one.kind == "ok", -one.at.timestamp())):
        local = timezone.localtime(happening.at)
        x = (local.hour * 60 + local.minute) / 14.4
        if all(abs(x - mark["x"]) > 16 for mark in marks) and len(marks) < MOST_MARKS:
            label = words.say(happening.label, happening.params)
            marks.append({"x": x, "label": label, "left": x > 80 or 0 <= here - x < 18})
    return marks


def drill_context(figure: Figure, departments: Mapping[str, str], who: Who) -> dict[str, Any]:
    """Everything the list behind a tile shows."""
    indicator = figure.indicator
    opens = not indicator.may or who.holds(indicator.may)
    lines = sorted(figure.reading.lines, key=lambda line: (-line.value, line.label))
    return {
        "lines": [_line(line, departments, opens) for line in lines],
        "tile": tile(figure, with_link=False),
        "definition": definition(indicator, departments),
        "rate": indicator.kind == "share",
        "sum": figure.total,
        "whole": figure.whole,
        "most": max((line.value for line in lines), default=0),
        "api_path": f"/api/v1/indicators/{indicator.id}",
    }


def definition(indicator: Indicator, departments: Mapping[str, str]) -> dict[str, Any]:
    """An indicator's card: what counts, in which unit, who answers for it, how long a value holds."""
    return {
        "id": indicator.id,
        "caliber": words.say(indicator.caliber),
        "unit": words.say(indicator.unit),
        "numerator": words.say(indicator.numerator),
        "denominator": words.say(indicator.denominator),
        "period": _period(indicator),
        "owner": departments.get(indicator.owner, indicator.owner),
        "fresh": _lasts(indicator.fresh),
    }


def _lasts(seconds: int) -> str:
    if not seconds:
        return gettext("does not age")
    if seconds < 3600:
        return gettext("%(n)s min") % {"n": words.number(seconds // 60)}
    return gettext("%(n)s h") % {"n": words.number(seconds // 3600)}


def _line(line: Line, departments: Mapping[str, str], opens: bool) -> dict[str, Any]:
    return {
        "label": f"{words.say(line.label, line.params)} {words.say(line.note)}".rstrip(),
        "department": departments.get(line.department, line.department),
        "value": line.value,
        "whole": line.whole,
        "at": line.at,
        "url": line.url if opens else "",
    }
