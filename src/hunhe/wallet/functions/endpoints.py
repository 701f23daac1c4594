"""HTTP: `/api/v1/functions/…`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from hunhe.ui.callers import caller
from hunhe.wallet.functions import actions, queries

router = Router()


class FunctionOut(Schema):
    id: str
    number: int
    name: str
    owner: str
    version: str
    basis: str
    min_level: int
    tells: str
    on: bool
    reason: str
    switched_at: datetime | None


class SwitchIn(Schema):
    on: bool
    reason: str = Field(min_length=1, max_length=200)


@router.get("/functions", response=list[FunctionOut])
def list_functions(request: HttpRequest) -> Any:
    """What the city's code can be used for."""
    return [asdict(found) for found in queries.list_functions(who=caller(request))]


@router.post("/functions/{function}/switch", response=FunctionOut)
def switch_function(request: HttpRequest, function: str, body: SwitchIn) -> Any:
    """Let your department's function run or stop; the next scan already meets it."""
    return asdict(actions.switch_function(who=caller(request), function=function, on=body.on, reason=body.reason))
