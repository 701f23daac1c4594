"""The exchange's part of the wall: calls answered and refused."""

from collections.abc import Mapping

from django.utils.translation import gettext

from hunhe.hub.exchange import queries as exchange
from hunhe.hub.exchange.shapes import CallCount
from hunhe.portals.cockpit.parts.span import Span
from hunhe.portals.cockpit.shapes import Indicator, Line, Part
from hunhe.stone.who import Who

FRESH = 3600
"""A city calls all day; an hour without a call is worth saying."""


def part(who: Who, span: Span, departments: Mapping[str, str]) -> Part:
    found = exchange.calls_between(who=who, start=span.start, end=span.end)

    def line(count: CallCount) -> Line:
        label = count.service if not count.code else f"{count.service} {_refusal(count.code)}"
        return Line(
            label=label, department=departments.get(count.department, count.department), value=count.calls, at=count.last_at
        )

    calls = span.by_slot((moment, count) for moment, count, _ in found.per_ten_minutes)
    refused = span.by_slot((moment, count) for moment, _, count in found.per_ten_minutes)
    as_of = max((count.last_at for count in found.counts), default=None)
    return Part(
        indicators=(
            Indicator(
                name="calls",
                lines=tuple(line(count) for count in found.counts),
                as_of=as_of,
                fresh=FRESH,
                values=span.course(calls),
            ),
            Indicator(
                name="refused",
                lines=tuple(line(count) for count in found.counts if count.outcome == "refused"),
                as_of=as_of,
                fresh=FRESH,
                values=span.course(refused),
            ),
        ),
        slots=calls,
    )


def _refusal(code: str) -> str:
    label = f"state.exchange.refusal.{code}"
    return gettext(label)
