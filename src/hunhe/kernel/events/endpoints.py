"""Jobs and dead letters over the API, for administrators."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from ninja import Router

from hunhe.kernel.events import actions, queries
from hunhe.kernel.events.shapes import State
from hunhe.ui.callers import caller

router = Router()


@router.get("/jobs", summary="Jobs, newest first")
def list_jobs(
    request: HttpRequest, state: State | None = None, kind: str | None = None, cursor: str | None = None
) -> dict[str, Any]:
    return asdict(queries.list_jobs(who=caller(request), state=state, kind=kind, cursor=cursor))


@router.get("/dead", summary="Jobs and deliveries that gave up")
def list_dead(request: HttpRequest, cursor: str | None = None) -> dict[str, Any]:
    return asdict(queries.list_dead(who=caller(request), cursor=cursor))


@router.post("/dead/{id}/retry", summary="Try a dead job or delivery again", response={204: None})
def retry_dead(request: HttpRequest, id: str) -> tuple[int, None]:
    actions.retry_dead(who=caller(request), id=id)
    return 204, None
