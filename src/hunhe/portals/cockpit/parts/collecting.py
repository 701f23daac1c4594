"""Collection's part of the wall: batches, rows, what was held back, what failed."""

from collections.abc import Mapping

from django.utils.translation import gettext

from hunhe.hub.collect import queries as collect
from hunhe.hub.collect.shapes import Arrivals, Batch, BatchState, DatasetArrivals
from hunhe.portals.cockpit.parts.span import Span
from hunhe.portals.cockpit.shapes import Happening, Indicator, Line, Part
from hunhe.stone.who import Who
from hunhe.ui import words
from hunhe.ui.pages import link

FRESH = 86_400
"""Batches come by cycle, mostly once a day: only a day without any is stale."""
MUCH = 0.02
"""Share of rows held back that is worth a look."""


def part(who: Who, span: Span, departments: Mapping[str, str]) -> Part:
    arrivals = collect.arrivals_between(who=who, start=span.start, end=span.end)
    return Part(
        indicators=_indicators(arrivals, span, departments),
        slots=span.by_slot((moment, batches) for moment, batches, _ in arrivals.per_ten_minutes),
        happenings=tuple(_happening(batch, arrivals) for batch in arrivals.latest if batch.finished_at is not None),
    )


def _indicators(arrivals: Arrivals, span: Span, departments: Mapping[str, str]) -> tuple[Indicator, ...]:
    as_of = max((one.last_at for one in arrivals.datasets), default=None)
    batches = span.by_slot((moment, count) for moment, count, _ in arrivals.per_ten_minutes)
    rows = span.by_slot((moment, loaded) for moment, _, loaded in arrivals.per_ten_minutes)

    batches_url = link("collect:batches")

    def line(one: DatasetArrivals, value: int, whole: int = 0) -> Line:
        url = f"{batches_url}?dataset={one.dataset}" if batches_url else ""
        department = departments.get(one.department, one.department)
        return Line(label=one.name, department=department, value=value, whole=whole, at=one.last_at, url=url)

    found = arrivals.datasets
    return (
        Indicator(
            name="batches",
            lines=tuple(line(one, one.batches) for one in found),
            as_of=as_of,
            fresh=FRESH,
            values=span.course(batches),
        ),
        Indicator(
            name="loaded",
            lines=tuple(line(one, one.loaded) for one in found),
            as_of=as_of,
            fresh=FRESH,
            values=span.course(rows),
        ),
        Indicator(
            name="quarantine_rate",
            lines=tuple(line(one, one.quarantined, one.source_rows) for one in found if one.source_rows),
            as_of=as_of,
            fresh=FRESH,
        ),
    )


def _happening(batch: Batch, arrivals: Arrivals) -> Happening:
    names = {one.dataset: one.name for one in arrivals.datasets}
    label = gettext("%(name)s, batch %(seq)s") % {"name": names.get(batch.dataset, batch.dataset), "seq": batch.seq}
    url = link("collect:batch", batch.id)
    at = batch.finished_at or batch.started_at
    if batch.state == BatchState.FAILED:
        return Happening(at=at, label=label, note=gettext("The whole batch stayed out."), kind="late", url=url)
    held, rows = batch.quarantined or 0, batch.source_rows or 0
    if rows and held / rows > MUCH:
        note = gettext("%(n)s rows held back") % {"n": words.number(held)}
        return Happening(at=at, label=label, note=note, kind="you", url=url)
    note = gettext("%(n)s rows loaded") % {"n": words.number(batch.loaded or 0)}
    return Happening(at=at, label=label, note=note, kind="ok", url=url)
