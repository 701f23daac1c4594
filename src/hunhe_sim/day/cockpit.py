"""The leader's wall: tile, list, program and stream say one number, and one act moves it by one in all of them."""

import re
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.exchange import CALLER, NEVER, client_secret, closed_service
from hunhe_sim.day.report import Step
from hunhe_sim.day.visitor import News, Refused, Visitor, wait_for

LEADER, STEWARD = "data_bureau.leader", "human_resources.steward"
STREAM = "/cockpit/live?lang=zh-hans"
CALLS, REFUSED = "exchange.calls_today", "exchange.refused_today"
DEFINED = ("name", "caliber", "unit", "numerator", "owner", "period")
SECONDS = 30.0
"""Counts are shared for two seconds, events come every two: this is long."""

_TILE = re.compile(r'data-part="tile:([a-z0-9_.]+)".*?class="value">([\d,.]+|—)<', re.DOTALL)
_STALE = re.compile(r'class="tile( stale)?" data-part="tile:([a-z0-9_.]+)"')
_SUM = re.compile(r"<tfoot\b.*?<b>([\d,]+)</b>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number as a program reads it."""

    id: str
    value: float | None
    total: int
    whole: int
    kind: str
    stale: bool


def play_cockpit(cast: Cast, step: Step) -> None:
    leader = cast.official(LEADER)
    ids = _definitions(leader, step)
    _refused_without_rights(cast, step)
    _one_number_everywhere(leader, step, ids)
    _one_act_moves_it_by_one(cast, leader, step)
    _goes_on_where_it_broke(leader, step)
    _age_is_told(leader, step, ids)
    _article(leader, step)


def _definitions(leader: Visitor, step: Step) -> list[str]:
    found = leader.get("/api/v1/indicators/")["items"]
    silent = [one["id"] for one in found if not all(one[name] for name in DEFINED)]
    step.check("every indicator says what counts, in which unit, and who answers for it", bool(found) and not silent, silent)
    halves = [one["id"] for one in found if (one["kind"] == "share") != bool(one["denominator"])]
    step.check("every share has a denominator", not halves, halves)
    page = leader.page("/cockpit/indicators/")
    absent = [one["id"] for one in found if one["id"] not in page]
    step.check("the bureau's page lists them all", not absent, absent)
    step.note("indicators", len(found))
    return [one["id"] for one in found]


def _refused_without_rights(cast: Cast, step: Step) -> None:
    seen = [_status(visitor) for visitor in (cast.stranger(), cast.official(STEWARD))]
    step.check("the stream asks a stranger to sign in and refuses a steward", seen == [401, 403], seen)


def _status(visitor: Visitor) -> int:
    try:
        with visitor.listen(STREAM):
            return 200
    except Refused as refused:
        return refused.status


def _read(leader: Visitor, name: str) -> Figure:
    found = leader.get(f"/api/v1/indicators/{name}")
    lines = found["lines"]
    if (sum(line["value"] for line in lines), sum(line["whole"] for line in lines)) != (found["total"], found["whole"]):
        raise ValueError(f"{name}: the lines do not add up to {found['total']}")
    return Figure(name, found["value"], found["total"], found["whole"], found["kind"], found["stale"])


def _tiles(leader: Visitor) -> dict[str, str]:
    return dict(_TILE.findall(leader.page("/cockpit/")))


def _listed(leader: Visitor, name: str) -> int:
    """The sum at the foot of the list behind a tile; a list of nothing has none."""
    found = _SUM.search(leader.page(f"/cockpit/indicators/{name}/"))
    return int(found.group(1).replace(",", "")) if found else 0


def _streamed(news: Iterator[News]) -> Iterator[dict[str, Any]]:
    """The figures as the stream has told them so far, after each of its events."""
    told: dict[str, Any] = {}
    for one in news:
        if one.event == "wall":
            told |= one.data["figures"]
            yield told


def _first(leader: Visitor) -> Mapping[str, Any]:
    with leader.listen(STREAM) as news:
        return next(_streamed(news))


def _one_number_everywhere(leader: Visitor, step: Step, ids: list[str]) -> None:
    """Compared while nothing moves: read by program before and after."""

    def agreed() -> list[str] | None:
        before = {name: _read(leader, name) for name in ids}
        streamed, tiles = _first(leader), _tiles(leader)
        listed = {name: _listed(leader, name) for name in ids}
        if before != {name: _read(leader, name) for name in ids}:
            return None
        return [name for name, figure in before.items() if not _agrees(figure, listed[name], streamed[name], tiles.get(name))]

    differing = wait_for(agreed, SECONDS, "a moment in which no number moved")
    step.check("list, program and stream agree on every number, and so does each tile", not differing, differing)


def _agrees(figure: Figure, listed: int, streamed: Mapping[str, Any], tile: str | None) -> bool:
    same = figure.total == listed == streamed["total"] and figure.value == streamed["value"]
    return same and (tile is None or _as_shown(figure, tile))


def _as_shown(figure: Figure, tile: str) -> bool:
    if figure.value is None or tile == "—":
        return figure.value is None and tile == "—"
    shown = float(tile.replace(",", ""))
    if figure.kind == "share":
        return abs(shown - figure.value * 100) < (0.06 if figure.value >= 0.1 else 0.006)
    return shown == figure.total if figure.total < 1_000_000 else abs(shown * 10_000 - figure.total) < 1_000


def _one_act_moves_it_by_one(cast: Cast, leader: Visitor, step: Step) -> None:
    """A department calls without a grant: one call more, one refused call more, on every face of the number."""
    before = {name: _read(leader, name).total for name in (CALLS, REFUSED)}
    with leader.listen(STREAM) as news:
        told = _streamed(news)
        next(told)
        machine, body = cast.machine(client_secret(cast, CALLER)), {"key": {"subject_id": "sub_x"}, "purpose": NEVER}
        reply = machine.call(closed_service(cast), body, f"cockpit {uuid.uuid4().hex}")
        step.check("a call without a grant is refused", reply.status_code == 403, reply.status_code)
        wanted = {name: total + 1 for name, total in before.items()}
        moved = next((seen for seen in told if seen[CALLS]["total"] > before[CALLS]), {})
    seen = {name: moved[name]["total"] for name in wanted}
    step.check("the stream brings one call more", seen == wanted, seen)
    by_program = {name: _read(leader, name).total for name in wanted}
    step.check("the program reads one call more", by_program == wanted, by_program)
    listed = {name: _listed(leader, name) for name in wanted}
    step.check("the list adds up to one call more", listed == wanted, listed)
    tiles = {name: text for name, text in _tiles(leader).items() if name in wanted}
    shown = {name: int(text.replace(",", "")) for name, text in tiles.items()}
    step.check("the tile shows one call more", bool(shown) and shown.items() <= wanted.items(), shown)
    step.note("calls", wanted[CALLS])


def _goes_on_where_it_broke(leader: Visitor, step: Step) -> None:
    """While another wall stays open, so that the city goes on counting: who comes back is told only what changed."""
    with leader.listen(STREAM) as stays, leader.listen(STREAM) as breaks:
        first = next(one for one in stays if one.event == "wall")
        last = next(one for one in breaks if one.event == "wall")
        with leader.listen(STREAM, last=last.id) as back:
            again = next(back)
        repeated = set(again.data.get("parts", {})) >= set(first.data["parts"])
    step.check("a broken stream goes on where it was", not repeated, again.event)


def _age_is_told(leader: Visitor, step: Step, ids: list[str]) -> None:
    """A figure is stale exactly when it is older than it may be; its tile says so too."""
    wrong, stale = [], set()
    for name in ids:
        found = leader.get(f"/api/v1/indicators/{name}")
        old = bool(found["fresh"] and found["as_of"]) and _age(found) > found["fresh"]
        stale |= {name} if found["stale"] else set()
        wrong += [name] if found["stale"] != (old or found["failing"]) else []
    step.check("figures are stale exactly when they are older than they may be", not wrong, wrong)
    tiles = {name for mark, name in _STALE.findall(leader.page("/cockpit/")) if mark}
    step.check("their tiles say so", tiles <= stale, tiles)
    step.note("stale", sorted(stale))


def _age(found: Mapping[str, Any]) -> float:
    return (datetime.fromisoformat(found["counted_at"]) - datetime.fromisoformat(found["as_of"])).total_seconds()


def _article(leader: Visitor, step: Step) -> None:
    page = leader.page("/cockpit/claims/")
    claims, samples = page.count('<tr id="'), page.count('class="sample"')
    if claims:
        step.check("the article's numbers stand beside the city's, marked as samples", samples > 1, (claims, samples))
    else:
        step.check("a city that no article speaks of says so", 'class="empty"' in page)
    step.note("claims", claims)
