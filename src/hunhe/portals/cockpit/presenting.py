"""From figures to what the templates show: names, units, links, positions."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from hunhe.kernel.city.shapes import Claim
from hunhe.kernel.indicators.shapes import DISTRICT, Figure, Happening, Indicator, Line, measured
from hunhe.kernel.places.shapes import SketchMap
from hunhe.portals.cockpit.drawings import bounds, day_river, shade
from hunhe.portals.cockpit.saying import amount
from hunhe.portals.cockpit.shapes import Article, Claimed, Order, Shown, Wall
from hunhe.stone import clock, ids
from hunhe.stone.page import Page
from hunhe.stone.who import Who
from hunhe.ui import assets, words
from hunhe.ui.pages import link

MOST_TROUBLE = 4
MOST_BESIDE = 6
UNKNOWN = "#165162"
MOST_MARKS = 3
WORD = 18
LARGE = 1_000_000


def tile(figure: Figure, with_link: bool = True, claims: Sequence[Claim] = ()) -> dict[str, Any]:
    """The arguments of a tile. claims: what the article says of it; the first share among them is its goal."""
    indicator = figure.indicator
    goal = next((claim for claim in claims if claim.unit == "%" and indicator.kind == "share"), None)
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
        "note": _yesterday(figure),
        "part": f"tile:{indicator.id}" if with_link else "",
        "share": figure.value if indicator.kind == "share" and figure.counted_at else None,
        "goal": float(goal.value) / 100 if goal else None,
        "goal_word": gettext("the article %(n)s") % {"n": _claimed_value(goal)} if goal else "",
    }


def _yesterday(figure: Figure) -> str:
    """What it was a day ago, at this time where the day has a course."""
    if figure.before is None:
        return ""
    value = amount(figure.indicator, figure.before)
    said = gettext("yesterday by now %(n)s") if figure.reading.slots else gettext("yesterday %(n)s")
    return said % {"n": value}


def _period(indicator: Indicator) -> str:
    return gettext("since 00:00") if indicator.period == "today" else gettext("at this moment")


def shown(figure: Figure) -> tuple[str, str]:
    """A value and its unit as a wall says them: a dash where there is none; above a million 103.2 万 (1.03 million), and the
    list has every digit."""
    unit = words.say(figure.indicator.unit)
    if figure.value is None or figure.counted_at is None:
        return "—", ""
    if figure.indicator.kind == "share":
        return amount(figure.indicator, figure.value), unit
    if figure.value < LARGE:
        return amount(figure.indicator, figure.value), unit
    if words.in_chinese():
        return f"{figure.value / 10_000:,.1f}", gettext("ten thousand") + unit
    return f"{figure.value / LARGE:,.2f}", "million " + unit


def wall_context(wall: Wall, sketch: SketchMap, wanted: str = "") -> dict[str, Any]:
    """Everything `cockpit/parts/wall.html` shows."""
    today, local = wall.today, timezone.localtime(wall.today.span.now)
    part = (local.hour * 60 + local.minute) / 1440
    arrivals = [_told(one) for one in today.happenings if one.kind == "ok" and not one.level]
    trouble = _gravest_first(one for one in today.happenings if one.kind != "ok" or one.level)
    return {
        "now": today.span.now,
        "tiles": [tile(figure, claims=wall.claims.get(figure.indicator.id, ())) for figure in wall.tiles],
        **map_context(wall, sketch, wanted),
        "trouble": [_told(one, number == 0) for number, one in enumerate(trouble[:MOST_TROUBLE])],
        "troubles": len(trouble),
        "orders": [order(one, wall.departments) for one in wall.orders.first],
        "orders_running": wall.orders.count,
        "arrivals": arrivals[: max(0, MOST_BESIDE - len(trouble[:MOST_TROUBLE]) - len(wall.orders.first))],
        "arrived": bool(arrivals),
        "river": day_river(today.slots, part),
        "most": max(today.slots, default=0),
        "marks": _marks(today.happenings, part * 100),
    }


def map_context(wall: Wall, sketch: SketchMap, wanted: str) -> dict[str, Any]:
    """The sketch map with one figure on it."""
    figure, unit = wall.mapped(wanted), sketch.width / 100
    values = figure.by_district() if figure else {}
    scaled = {code: _scaled(figure, value) for code, value in values.items()} if figure else {}
    limits = bounds(list(scaled.values()))
    warned = _warned(wall.today.happenings)
    floes = [
        {
            "name": _short(floe.name),
            "path": floe.path,
            "value": amount(figure.indicator, values.get(floe.code[:DISTRICT], _absent(figure))) if figure else "",
            "fill": shade(scaled.get(floe.code[:DISTRICT], 0), limits) if figure else UNKNOWN,
            "x": floe.label_x,
            "y": floe.label_y,
            "y2": floe.label_y + 3 * unit,
            "level": warned.get(floe.code[:DISTRICT], 0),
            "sign": f"{assets.url('icons.svg')}#w{warned.get(floe.code[:DISTRICT], 0)}",
            "sign_x": floe.label_x - 2.25 * unit,
            "sign_y": floe.label_y - 7 * unit,
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
        "sign": 4.5 * unit,
    }


def _warned(happenings: Iterable[Happening]) -> dict[str, int]:
    """The gravest legal warning of each district, by code."""
    return {one.division[:DISTRICT]: one.level for one in reversed(_gravest_first(happenings)) if one.level and one.division}


def _absent(figure: Figure) -> float | None:
    """A district without lines has none of a count; of a share nothing is known."""
    return 0 if figure.indicator.kind == "count" else None


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


def _told(happening: Happening, first: bool = False) -> dict[str, Any]:
    """A line beside the map; the first of the troubles stands out where it is grave."""
    return {
        "at": happening.at,
        "label": words.say(happening.label, happening.params),
        "note": words.say(happening.note, happening.params),
        "kind": happening.kind,
        "level": happening.level,
        "sign": f"w{happening.level}",
        "level_word": _level_words().get(happening.level, ""),
        "worst": first and (happening.level == 1 if happening.level else happening.kind == "late"),
        "url": happening.url,
    }


def _level_words() -> dict[int, str]:
    return {1: gettext("Red warning"), 2: gettext("Orange warning"), 3: gettext("Yellow warning"), 4: gettext("Blue warning")}


def _gravest_first(happenings: Iterable[Happening]) -> list[Happening]:
    """Legal warnings by level, then what broke, then what is worth a look; the newest of each first."""
    ranks = {"late": 5, "you": 6, "ok": 7}
    return sorted(happenings, key=lambda one: (one.level or ranks[one.kind], -one.at.timestamp()))


def _marks(happenings: tuple[Happening, ...], here: float) -> list[dict[str, Any]]:
    """Up to three happenings on the river, apart from one another and from the word at `here`, troubles first; what would
    have to be written across `here` or over the edge is left to the lists."""
    marks: list[dict[str, Any]] = []
    for happening in sorted(happenings, key=lambda one: (one.kind == "ok", -one.at.timestamp())):
        local = timezone.localtime(happening.at)
        x = (local.hour * 60 + local.minute) / 14.4
        left = x > 80 or here - x < WORD
        if (x >= WORD or not left) and all(abs(x - mark["x"]) > 16 for mark in marks) and len(marks) < MOST_MARKS:
            marks.append({"x": x, "label": words.say(happening.label, happening.params), "left": left})
    return marks


def order(one: Order, departments: Mapping[str, str]) -> dict[str, Any]:
    """An order as lists show it: about which number, asked of whom, how far it is."""
    words_of = {
        "asked": gettext("waits for an answer"),
        "answered": gettext("answered, to be read"),
        "closed": gettext("order closed"),
        "withdrawn": gettext("taken back"),
    }
    kinds = {"asked": "run", "answered": "you", "closed": "ok", "withdrawn": "idle"}
    late = one.state in ("asked", "answered") and one.due_at is not None and one.due_at < clock.now()
    return {
        "order": one,
        "name": words.say(one.name),
        "answering": departments.get(one.answering, one.answering),
        "state": words_of[one.state],
        "kind": "late" if late else kinds[one.state],
        "due_at": one.due_at if one.state in ("asked", "answered") else None,
        "url": reverse("cockpit:drill", args=[one.indicator]) + f"#{one.case_id}",
        "case": link("flow:case", one.case_id),
    }


def orders_context(page: Page[Order], departments: Mapping[str, str]) -> dict[str, Any]:
    """Everything the page of orders shows."""
    return {"page": page, "orders": [order(one, departments) for one in page.items]}


def happenings_context(page: Page[Happening]) -> dict[str, Any]:
    """Everything the page of the day's happenings shows."""
    return {"page": page, "happenings": [_told(one) for one in page.items]}


def drill_context(shown: Shown, who: Who) -> dict[str, Any]:
    """Everything the list behind a tile shows."""
    figure, departments, indicator = shown.figure, shown.departments, shown.figure.indicator
    opens = not indicator.may or who.holds(indicator.may)
    lines = sorted(figure.reading.lines, key=lambda line: (-line.value, line.label))
    return {
        "lines": [_line(line, departments, opens) for line in lines],
        "tile": tile(figure, with_link=False, claims=shown.claims),
        "definition": definition(indicator, departments),
        "claims": [_said(claim) for claim in shown.claims],
        "orders": [order(one, departments) for one in shown.orders],
        "may_order": who.holds("cockpit.may_order") and bool(who.department),
        "key": ids.new("ask"),
        "rate": indicator.kind == "share",
        "sum": figure.total,
        "whole": figure.whole,
        "most": max((line.value for line in lines), default=0),
        "api_path": f"/api/v1/indicators/{indicator.id}",
    }


def _said(claim: Claim) -> dict[str, Any]:
    """A claim beside a number of this city."""
    return {
        "id": claim.id,
        "sentence": claim.sentence,
        "value": _claimed_value(claim),
        "unit": claim.unit,
        "remark": claim.note,
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
        "lasts": _lasts(indicator.fresh),
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


def registry_context(found: Iterable[Shown]) -> dict[str, Any]:
    """Everything the page of all indicators shows: by the department that answers."""
    rows = [
        tile(one.figure)
        | definition(one.figure.indicator, one.departments)
        | {"claims": [_said(claim) for claim in one.claims]}
        for one in found
    ]
    owners = {row["owner"]: [one for one in rows if one["owner"] == row["owner"]] for row in rows}
    return {
        "owners": [{"name": name, "rows": found} for name, found in owners.items()],
        "count": len(rows),
        "stale": sum(row["stale"] for row in rows),
    }


def claims_context(article: Article) -> dict[str, Any]:
    """Everything the page of the article's numbers shows."""
    rows = [_claim(one) for one in article.claims]
    parts = [{"name": name, "rows": list(found)} for name, found in itertools.groupby(rows, key=lambda row: row["part"])]
    return {
        "source": article.source,
        "parts": parts,
        "count": len(rows),
        "standing": [(label, sum(row["standing"] == standing for row in rows)) for standing, label in _standings().items()],
    }


def _standings() -> dict[str, str]:
    return {
        "counted": gettext("counted by this city"),
        "awaited": gettext("not counted yet"),
        "filed": gettext("filed by its owner"),
        "quoted": gettext("quoted from the article"),
    }


def _claim(one: Claimed) -> dict[str, Any]:
    claim = one.claim
    standing = "counted" if one.figures else "awaited" if claim.kind == "computed" else claim.kind
    return {
        "id": claim.id,
        "sentence": claim.sentence,
        "part": _part(claim.row),
        "row": claim.row,
        "value": _claimed_value(claim),
        "unit": claim.unit,
        "standing": standing,
        "standing_word": _standings()[standing],
        "figures": [_counted(figure, one) for figure in one.figures],
        "remark": claim.note,
        "room": claim.room,
    }


def _counted(figure: Figure, one: Claimed) -> dict[str, Any]:
    """What this city counts for a claim: today's value, or the sum of days where the article adds them up."""
    shown_tile, total = tile(figure), one.sums.get(figure.indicator.id)
    if total is None:
        return shown_tile | {"caliber": words.say(figure.indicator.caliber), "since": None}
    value = measured(figure.indicator.kind, total.total, total.whole)
    return shown_tile | {
        "value": amount(figure.indicator, value),
        "unit": words.say(figure.indicator.unit),
        "caliber": words.say(figure.indicator.caliber),
        "since": total.since,
    }


def _claimed_value(claim: Claim) -> str:
    """The article's number as people say it: 65 亿, 5,900; a word stays a word."""
    bounds_said = {"at_least": gettext("over %(n)s"), "at_most": gettext("within %(n)s"), "about": gettext("about %(n)s")}
    try:
        number = float(claim.value)
    except ValueError:
        return claim.value
    if claim.unit == "年":
        return claim.value
    return bounds_said.get(claim.bound, "%(n)s") % {"n": _rounded(number, claim.value)}


def _rounded(number: float, written: str) -> str:
    if not words.in_chinese() or number < 10_000:
        return words.number(int(number)) if number.is_integer() and "." not in written else written
    scale, unit = (100_000_000, "亿") if number >= 100_000_000 else (10_000, "万")
    return f"{number / scale:,.4f}".rstrip("0").rstrip(".") + " " + unit


def _part(row: str) -> str:
    """The part of the mission that a row belongs to."""
    names = {
        "K": gettext("Overview"),
        "E": gettext("Digital economy"),
        "I": gettext("Infrastructure"),
        "H": gettext("Data hub"),
        "C": gettext("One code"),
        "A": gettext("Services in one network"),
        "G": gettext("Governance in one network"),
        "O": gettext("Offices in one network"),
        "S": gettext("Ten scenes"),
        "Z": gettext("Security"),
    }
    return names.get(row[:1], row)
