"""From shapes to what the templates show: names, units, links, positions."""

import itertools
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from hunhe.kernel.places.shapes import SketchMap
from hunhe.portals.cockpit.drawings import bounds, day_river, shade
from hunhe.portals.cockpit.shapes import Happening, Indicator, IndicatorName, Wall
from hunhe.ui import words

MOST_BESIDE = 3
UNKNOWN = "#165162"
MOST_MARKS = 3


def _name(name: IndicatorName) -> tuple[str, str, str]:
    """What an indicator is called, its unit, its period."""
    today = gettext("since 00:00")
    names: dict[IndicatorName, tuple[str, str, str]] = {
        "batches": (gettext("Batches arrived"), gettext("batches"), today),
        "loaded": (gettext("Rows loaded"), gettext("rows"), today),
        "quarantine_rate": (gettext("Quarantine rate"), "%", today),
        "subjects": (gettext("Golden subjects"), gettext("people"), gettext("at this moment")),
        "calls": (gettext("Data calls"), gettext("times"), today),
        "refused": (gettext("Refused calls"), gettext("times"), today),
    }
    return names[name]


def tile(indicator: Indicator, with_link: bool = True) -> dict[str, Any]:
    """The arguments of a tile."""
    name, unit, period = _name(indicator.name)
    value: object = indicator.value
    if indicator.name == "quarantine_rate":
        value = f"{indicator.value * 100:.2f}"
    elif indicator.value >= 1_000_000:
        value, unit = _large(indicator.value, unit)
    else:
        value = int(indicator.value)
    url = reverse("cockpit:drill", args=[indicator.name]) if with_link else ""
    shown = {"name": name, "value": value, "unit": unit, "period": period, "as_of": indicator.as_of, "fresh": indicator.fresh}
    return shown | {"values": indicator.values, "url": url, "note": ""}


def _large(value: float, unit: str) -> tuple[str, str]:
    """Above a million a wall says 103.2 万 (1.03 million); the list behind has every digit."""
    if words.in_chinese():
        return f"{value / 10_000:,.1f}", gettext("ten thousand") + unit
    return f"{value / 1_000_000:,.2f}", "million " + unit


def wall_context(wall: Wall, sketch: SketchMap) -> dict[str, Any]:
    """Everything `cockpit/parts/wall.html` shows."""
    local = timezone.localtime(wall.now)
    part = (local.hour * 60 + local.minute) / 1440
    people = wall.people
    limits = bounds(list(people.values()))
    unit = sketch.width / 100
    floes = [
        {
            "name": _short(floe.name),
            "path": floe.path,
            "people": people.get(floe.code[:6]),
            "fill": shade(people.get(floe.code[:6], 0), limits) if people else UNKNOWN,
            "x": floe.label_x,
            "y": floe.label_y,
            "y2": floe.label_y + 3 * unit,
            "url": reverse("cockpit:drill", args=["subjects"]),
        }
        for floe in sketch.floes
    ]
    trouble = [happening for happening in wall.happenings if happening.kind != "ok"]
    return {
        "wall": wall,
        "tiles": [tile(indicator) for indicator in wall.indicators],
        "sketch": sketch,
        "floes": floes,
        "legend": _legend(limits) if people else [],
        "text": 2.5 * unit,
        "text_small": 2.25 * unit,
        "bank": 2.2 * unit,
        "stream": 0.5 * unit,
        "trouble": trouble[:MOST_BESIDE],
        "arrivals": [happening for happening in wall.happenings if happening.kind == "ok"][:MOST_BESIDE],
        "river": day_river(wall.slots, part),
        "most": max(wall.slots, default=0),
        "marks": _marks(wall.happenings, part * 100),
    }


def _short(name: str) -> str:
    """和平区 → 和平, 沈北新区 → 沈北; two characters stay whole."""
    suffix = next((suffix for suffix in ("新区", "区", "县", "市") if name.endswith(suffix)), "")
    return name.removesuffix(suffix) if len(name) - len(suffix) >= 2 else name


def _legend(limits: list[int]) -> list[dict[str, str]]:
    edges = [words.number(limit) for limit in limits]
    if not edges:
        return []
    said = [gettext("below %(n)s") % {"n": edges[0]}]
    said += [f"{low}–{high}" for low, high in itertools.pairwise(edges)]
    said.append(gettext("%(n)s or more") % {"n": edges[-1]})
    return [{"fill": shade(value, limits), "label": label} for value, label in zip([limits[0] - 1, *limits], said, strict=True)]


def _marks(happenings: tuple[Happening, ...], here: float) -> list[dict[str, Any]]:
    """Up to three happenings on the river, apart from one another and from the word at `here`, troubles first."""
    marks: list[dict[str, Any]] = []
    for happening in sorted(happenings, key=lambda one: (one.kind == "ok", -one.at.timestamp())):
        local = timezone.localtime(happening.at)
        x = (local.hour * 60 + local.minute) / 14.4
        if all(abs(x - mark["x"]) > 16 for mark in marks) and len(marks) < MOST_MARKS:
            marks.append({"x": x, "label": happening.label, "left": x > 80 or 0 <= here - x < 18})
    return marks


def drill_context(indicator: Indicator) -> dict[str, Any]:
    """Everything the list behind a tile shows."""
    lines = sorted(indicator.lines, key=lambda line: (-line.value, line.label))
    return {
        "lines": lines,
        "tile": tile(indicator, with_link=False),
        "rate": indicator.name == "quarantine_rate",
        "sum": sum(line.value for line in lines),
        "whole": sum(line.whole for line in lines),
        "most": max((line.value for line in lines), default=0),
        "api_path": f"/api/v1/cockpit/today/{indicator.name}",
    }
