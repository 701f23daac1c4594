"""Days are kept and closed; today is held against yesterday at this time."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from hunhe.kernel.audit import queries as audit
from hunhe.kernel.indicators import actions, counting, keeping, queries, registry
from hunhe.kernel.indicators.models import DayFigure
from hunhe.kernel.indicators.shapes import Line, Reading, Span
from hunhe.kernel.indicators.tests.test_figures import LEADER, START, SYSTEM, definition
from hunhe.stone import clock
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(registry, "indicators", {})
    monkeypatch.setattr(registry, "happenings", {})
    monkeypatch.setattr(registry, "families", {})
    monkeypatch.setattr(registry, "greyings", {})
    yield
    counting.forget()
    clock.install(None)


def at(hours: float) -> None:
    """So many hours after the start of the 27th."""
    clock.install(lambda: START + timedelta(hours=hours))


class Visits:
    """A room that counts visits within the span, and how many stand in line."""

    def __init__(self) -> None:
        self.hours = [-3.0, 1.0, 2.0, 9.5, 20.0, 23.9]
        self.standing, self.broken = 5, False
        actions.register_indicator(who=SYSTEM, indicator=definition(id="test.visits_today"), read=self.visits)
        actions.register_indicator(who=SYSTEM, indicator=definition(id="test.line_now", period="now"), read=self.line)
        share = definition(id="test.share_today", kind="share", denominator="y")
        actions.register_indicator(who=SYSTEM, indicator=share, read=self.share)

    def visits(self, who: Who, span: Span) -> Reading:
        if self.broken:
            raise RuntimeError
        moments = [START + timedelta(hours=hour) for hour in self.hours]
        seen = [moment for moment in moments if span.start <= moment < span.end and moment <= span.now]
        slots = span.by_slot((moment, 1) for moment in seen)
        return Reading(lines=(Line(label="visits", value=len(seen)),), as_of=span.now, slots=slots)

    def line(self, who: Who, span: Span) -> Reading:
        return Reading(lines=(Line(label="line", value=self.standing),), as_of=span.now)

    def share(self, who: Who, span: Span) -> Reading:
        return Reading(lines=(Line(label="share", value=1, whole=4),), as_of=span.now)


def kept(day: date) -> dict[str, tuple[int, bool]]:
    return {row.indicator: (row.total, row.closed) for row in DayFigure.objects.filter(day=day)}


def test_a_day_is_taken_again_and_again_and_closed_once() -> None:
    visits = Visits()
    at(10)
    keeping.keep()
    assert kept(TODAY) == {"test.visits_today": (3, False), "test.line_now": (5, False), "test.share_today": (1, False)}
    at(20.5)
    visits.standing = 8
    keeping.keep()
    assert kept(TODAY)["test.visits_today"] == (4, False)
    at(24.2)
    visits.standing = 99
    keeping.keep()
    assert kept(TODAY) == {"test.visits_today": (5, True), "test.line_now": (8, True), "test.share_today": (1, True)}
    assert kept(TODAY + timedelta(days=1))["test.line_now"] == (99, False)
    keeping.keep()
    closed = [entry for entry in audit.list_entries(who=SYSTEM).items if entry.act == "indicators.day.closed"]
    assert [entry.object for entry in closed] == ["day:2026-11-27"]


def test_days_left_open_while_the_city_stood_still_are_closed_later() -> None:
    Visits()
    at(10)
    keeping.keep()
    at(24 * 4 + 1)
    keeping.keep()
    assert kept(TODAY)["test.visits_today"] == (5, True)
    assert not DayFigure.objects.filter(closed=False, day__lt=TODAY + timedelta(days=4)).exists()


def test_a_room_that_fails_costs_the_others_nothing() -> None:
    visits = Visits()
    visits.broken = True
    at(10)
    keeping.keep()
    assert set(kept(TODAY)) == {"test.line_now", "test.share_today"}


@pytest.mark.parametrize(("hours", "before"), [(24.5, 0), (26.1, 2), (33.6, 3), (47.95, 5)])
def test_today_is_held_against_yesterday_at_this_time(hours: float, before: int) -> None:
    Visits()
    at(23.95)
    keeping.keep()
    at(hours)
    keeping.keep()
    visits, line, share = queries.readings(who=LEADER, ids=("test.visits_today", "test.line_now", "test.share_today"))
    assert (visits.before, line.before, share.before) == (before, 5, 0.25)


def test_without_a_yesterday_nothing_is_said(django_assert_num_queries: Any) -> None:
    Visits()
    at(5)
    with django_assert_num_queries(1):
        assert [one.before for one in queries.today(who=LEADER).figures] == [None, None, None]
