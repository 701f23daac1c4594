from datetime import UTC, datetime, timedelta

import pytest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from hunhe.stone import clock
from hunhe.stone.page import Page


def render(source: str, **context: object) -> str:
    request = RequestFactory().get("/list/", {"state": "open", "cursor": "abc"})
    return engines["django"].from_string(source).render(context, request)


def test_status_has_shape_and_word() -> None:
    shown = render('{% status "late" word %}', word="<late>")
    assert "#s-late" in shown
    assert "&lt;late&gt;" in shown


def test_a_tile_says_when_it_is_old() -> None:
    old = clock.now() - timedelta(minutes=47)
    with translation.override("en"):
        shown = render('{% tile "Bays" 41208 "" "today" as_of=moment fresh=300 %}', moment=old)
        assert 'class="tile stale"' in shown
        assert "do not read it as now" in shown
        fresh = render('{% tile "Bays" 41208 "" "today" as_of=moment fresh=3600 %}', moment=old)
    assert 'class="tile"' in fresh
    assert "41,208" in fresh


@pytest.mark.parametrize(
    ("source", "query"),
    [
        ('{% qs state="closed" %}', "?state=closed"),
        ("{% qs state=None %}", "?"),
        ('{% qs cursor="next" %}', "?state=open&amp;cursor=next"),
    ],
)
def test_qs_changes_one_parameter_and_drops_the_cursor(source: str, query: str) -> None:
    assert render(source) == query


def test_pager_leads_on_and_back() -> None:
    shown = render("{% pager page %}", page=Page((1,), "n2"))
    assert 'href="?state=open&amp;cursor=n2"' in shown
    assert 'href="?state=open"' in shown
    assert "rel=" not in render("{% pager page %}", page=Page((1,), None))


def test_state_labels_are_looked_up_by_room_and_enum() -> None:
    assert render('{{ "open"|state:"flow.case" }}') != "open"


def test_short_keeps_both_ends() -> None:
    assert render('{{ "9f3a00000000c21e"|short }}') == "9f3a…c21e"
    assert render('{{ "short"|short }}') == "short"


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1000, 1_000_000, "0.10%"), (986, 1000, "98.6%"), (0, 10, "0.0%"), (1, 0, "—")]
)
def test_share(part: int, whole: int, text: str) -> None:
    assert render("{{ part|share:whole }}", part=part, whole=whole) == text


def test_due_marks_what_is_overdue() -> None:
    now = datetime.now(tz=UTC)
    assert "due late" in render("{% due limit started=begin %}", limit=now - timedelta(days=1), begin=now - timedelta(days=5))
    assert "due pause" in render("{% due limit paused=True %}", limit=now - timedelta(days=1))
    assert "<svg" not in render("{% due limit %}", limit=None)
