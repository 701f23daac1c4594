"""The cockpit's lane, and orders about numbers: `/api/v1/cockpit/orders`."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Header, Router, Schema, Status
from pydantic import Field

from hunhe.portals.cockpit import actions, queries
from hunhe.portals.cockpit.live import PREFIX, make_lane
from hunhe.portals.cockpit.orders import LONGEST_KEY, LONGEST_QUESTION
from hunhe.ui import words
from hunhe.ui.callers import caller

router = Router()
lanes = {PREFIX: make_lane}

Key = Annotated[str, Header(alias="Idempotency-Key", min_length=1, max_length=LONGEST_KEY)]


class OrderOut(Schema):
    case_id: str
    number: str
    indicator: str
    name: str
    said: str
    counted_at: datetime
    question: str
    department: str
    answering: str
    asked_at: datetime
    state: str
    due_at: datetime | None
    answer: str


class OrderIn(Schema):
    indicator: str = Field(min_length=1, max_length=80)
    question: str = Field(min_length=1, max_length=LONGEST_QUESTION)


class OrderPage(Schema):
    items: list[OrderOut]
    next: str | None


@router.get("/orders", response=OrderPage)
def list_orders(request: HttpRequest, cursor: str | None = None) -> Any:
    """What was asked about numbers, newest first."""
    page = queries.list_orders(who=caller(request), cursor=cursor)
    return {"items": [asdict(one) | {"name": words.say(one.name)} for one in page.items], "next": page.next}


@router.post("/orders", response={201: OrderOut})
def ask_about(request: HttpRequest, body: OrderIn, idempotency_key: Key) -> Any:
    """Ask the department that answers for a number; the number as it stands now is kept with the question."""
    asked = actions.ask_about(who=caller(request), key=idempotency_key, **body.dict())
    return Status(201, asdict(asked) | {"name": words.say(asked.name)})
