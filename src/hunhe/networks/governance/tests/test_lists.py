"""Lists: as many queries for many rows as for few, pages that neither repeat nor skip, and no table read from end to end."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conftest import official_client
from hunhe.networks.governance import models, queries, tally
from hunhe.networks.governance.shapes import State
from hunhe.networks.governance.tests import scene
from hunhe.networks.governance.tests.scene import COVER, DISPATCHER, FIXER, LAT, LON, METRE, SUPERVISOR, citizen
from hunhe.stone import clock
from hunhe.stone.page import Page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prepared_city")]
FEW, MANY = 2, 9
LISTS: dict[str, Callable[[], Any]] = {
    "orders": lambda: queries.list_problems(who=FIXER, states=(State.WAITING,)),
    "overdue": lambda: queries.list_problems(who=SUPERVISOR, overdue=True),
    "map": lambda: queries.problems_on_map(who=DISPATCHER),
    "mine": lambda: queries.my_reports(who=citizen()),
    "nearby": lambda: queries.nearby(who=citizen(2), kind=COVER, lon=LON, lat=LAT),
    "day": lambda: queries.day_count(who=DISPATCHER, start=clock.now(), end=clock.now()),
}


def _report(first: int, last: int, apart: float = 100) -> list[str]:
    return [scene.report(lat=LAT + apart * METRE * n, separate=True).problem_id for n in range(first, last)]


def _cost(ask: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        ask()
    return len(seen)


@pytest.mark.parametrize("name", LISTS)
def test_more_rows_cost_no_more_queries(name: str) -> None:
    ask = LISTS[name]
    _report(0, FEW, apart=1)
    ask()  # what is held for seconds is held now
    few = _cost(ask)
    _report(FEW, MANY, apart=1)
    assert _cost(ask) == few


PAGES = (
    ("dispatcher", "/desk/dispatch/"),
    ("fixer.drainage_2", "/desk/street/orders/"),
    ("inspector", "/desk/street/checks/"),
    ("dispatcher", "/desk/street/teams/"),
    ("supervisor", "/desk/street/overdue/"),
    ("patrol", "/desk/street/new/"),
)


@pytest.mark.usefixtures("demo_folder", "built")
@pytest.mark.parametrize(("role", "path"), PAGES)
def test_pages_cost_the_same_however_much_is_on_them(role: str, path: str) -> None:
    client = official_client(role, "urban_management")

    def fill(first: int, last: int) -> None:
        problems = [scene.dispatched(problem_id) for problem_id in _report(first, last)][1:]
        models.Problem.objects.filter(id__in=[problem.id for problem in problems]).update(due_at=clock.now())
        scene.report(citizen(2), lat=LAT + 5000 * METRE)

    def cost(client: Client) -> int:
        return _cost(lambda: client.get(path))

    fill(0, FEW)
    cost(client)
    few = cost(client)
    fill(FEW, MANY)
    assert cost(client) == few


@pytest.mark.parametrize(
    "ask",
    [
        lambda cursor: queries.list_problems(who=DISPATCHER, cursor=cursor),
        lambda cursor: queries.list_problems(who=DISPATCHER, states=(State.WAITING,), cursor=cursor),
        lambda cursor: queries.my_reports(who=citizen(), cursor=cursor),
    ],
    ids=["all", "waiting", "mine"],
)
def test_pages_neither_repeat_nor_skip(monkeypatch: pytest.MonkeyPatch, ask: Callable[[str | None], Page[Any]]) -> None:
    monkeypatch.setattr(queries, "PAGE", 2)
    made = _report(0, 5)
    seen: list[str] = []
    cursor: str | None = None
    for _ in range(3):
        page = ask(cursor)
        seen += [getattr(found, "problem", found).id for found in page.items]
        cursor = page.next
        if len(seen) == 2:
            made += _report(5, 6)  # somebody reports while somebody reads
    assert cursor is None or ask(cursor).items
    assert len(seen) == len(set(seen))
    assert set(made[:5]) <= set(seen)


WHOLE_TABLE = (
    ("orders of a team", lambda: queries._chosen((State.DOING,), "", (), ["drainage_2"]).order_by("reported_at", "id")),
    ("what waits", lambda: queries._chosen((State.WAITING,), "").order_by("reported_at", "id")),
    ("all", lambda: queries._chosen((), "").order_by("reported_at", "id")),
    ("before a level", lambda: models.Problem.objects.filter(level="city", live=1).order_by("reported_at", "id")),
    ("to climb", lambda: models.Problem.objects.filter(climbs_at__lte=clock.now()).order_by("climbs_at")),
    ("who reported", lambda: models.Report.objects.filter(subject_id="per_1").order_by("-id")),
    ("one reporter", lambda: models.Report.objects.filter(problem_id="x", account="y")),
    ("the day", lambda: tally._counted(clock.now())),
)


@pytest.mark.parametrize(("name", "rows"), WHOLE_TABLE, ids=[name for name, _ in WHOLE_TABLE])
def test_no_list_reads_a_table_from_end_to_end_or_sorts_it(name: str, rows: Callable[[], Any]) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("SQLite says so plainly; the indexes are the same elsewhere")
    plan = rows().explain()
    assert "USING INDEX" in plan or "USING COVERING INDEX" in plan, plan
    assert "TEMP B-TREE" not in plan, plan
