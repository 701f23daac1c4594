"""HTTP: `/api/v1/themes/…`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status

from hunhe.hub.themes import actions, queries
from hunhe.hub.themes.shapes import Run, Theme, Why
from hunhe.ui.callers import caller
from hunhe.ui.words import say

router = Router()


class RunOut(Schema):
    id: str
    theme: str
    seq: int
    state: str
    why: str
    inputs: dict[str, int]
    tables: dict[str, int]
    rows: dict[str, int]
    failures: dict[str, int]
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RunPage(Schema):
    items: list[RunOut]
    next: str | None


class TableOut(Schema):
    name: str
    table: str
    title: str
    columns: dict[str, str]
    inputs: list[str]


class ThemeOut(Schema):
    """run: the newest that published; waiting: one is under way or asked for."""

    id: str
    name: str
    owner: str
    basis: str
    about: str
    named: bool
    state: str
    why: str
    inputs: list[str]
    tables: list[TableOut]
    run: RunOut | None
    waiting: bool


class ThemeList(Schema):
    items: list[ThemeOut]


class NodeOut(Schema):
    steps: int
    table: str
    column: str


class LineageOut(Schema):
    items: list[NodeOut]


class ReachedOut(Schema):
    kind: str
    id: str
    name: str
    via: str
    url: str
    steps: int


class WithdrawalOut(Schema):
    id: str
    table: str
    column: str
    reason: str
    at: datetime
    lifted_at: datetime | None


class ReachOut(Schema):
    table: str
    column: str
    found: list[ReachedOut]
    withdrawal: WithdrawalOut | None


class WithdrawIn(Schema):
    column: str
    reason: str


@router.get("/", response=ThemeList)
def list_themes(request: HttpRequest) -> dict[str, Any]:
    """All themes and how they stand."""
    who = caller(request)
    waiting = queries.waiting(who=who)
    return {"items": [_theme(one, one.id in waiting) for one in queries.list_themes(who=who)]}


@router.get("/lineage", response=LineageOut)
def lineage(request: HttpRequest, column: str, down: bool = False) -> dict[str, Any]:
    """What a table or column (`TABLE[.COLUMN]`) rests on, or what rests on it, nearest first."""
    who = caller(request)
    table, name = queries.split_column(who=who, name=column)
    return {"items": [asdict(one) for one in queries.lineage(who=who, table=table, column=name, down=down)]}


@router.get("/reach", response=ReachOut)
def reach(request: HttpRequest, column: str) -> dict[str, Any]:
    """Everything that rests on a column of a list or base."""
    table, _, name = column.rpartition(".")
    found = asdict(queries.reach(who=caller(request), table=table, column=name))
    return found | {"found": [one | {"name": say(one["name"])} for one in found["found"]]}


@router.post("/withdrawals", response={201: WithdrawalOut})
def withdraw(request: HttpRequest, body: WithdrawIn) -> Status[Any]:
    """A column is no longer given."""
    table, _, name = body.column.rpartition(".")
    made = actions.withdraw_column(who=caller(request), table=table, column=name, reason=body.reason)
    return Status(201, asdict(made))


@router.post("/withdrawals/{withdrawal_id}/lift", response=WithdrawalOut)
def lift(request: HttpRequest, withdrawal_id: str) -> dict[str, Any]:
    """The column is given again."""
    return asdict(actions.lift_withdrawal(who=caller(request), withdrawal_id=withdrawal_id))


@router.get("/{theme}", response=ThemeOut)
def theme(request: HttpRequest, theme: str) -> dict[str, Any]:
    """One theme and how it stands."""
    who = caller(request)
    return _theme(queries.theme_by_id(who=who, theme=theme), theme in queries.waiting(who=who))


@router.get("/{theme}/runs", response=RunPage)
def runs(request: HttpRequest, theme: str, cursor: str | None = None) -> dict[str, Any]:
    """Runs of a theme, newest first."""
    page = queries.list_runs(who=caller(request), theme=theme, cursor=cursor)
    return {"items": [_run(one) for one in page.items], "next": page.next}


@router.post("/{theme}/runs", response={202: RunOut})
def run(request: HttpRequest, theme: str) -> Status[Any]:
    """Ask for a run; nothing is run when neither inputs nor SQL changed."""
    return Status(202, _run(actions.run_theme(who=caller(request), theme=theme)))


def _theme(one: Theme, waiting: bool) -> dict[str, Any]:
    return asdict(one) | {"why": _why(one.why), "run": _run(one.run) if one.run else None, "waiting": waiting}


def _run(one: Run) -> dict[str, Any]:
    return asdict(one) | {"why": _why(one.why)}


def _why(one: Why) -> str:
    return say(one.text, one.params) if one.text else ""
