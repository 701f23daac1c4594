"""HTTP: `/api/v1/identity/…`."""

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from hunhe.kernel.identity import actions, queries, shapes
from hunhe.stone.errors import Unauthenticated, msgid
from hunhe.ui.callers import caller

router = Router()


class Me(Schema):
    id: str
    kind: str
    username: str | None
    name: str
    department: str | None
    subject_id: str | None
    posts: list[str]
    may: list[str]
    level: int


class ClientOut(Schema):
    id: str
    name: str
    department: str
    hint: str
    created_at: datetime
    revoked_at: datetime | None


class ClientPage(Schema):
    items: list[ClientOut]
    next: str | None


class ClientIn(Schema):
    name: str = Field(min_length=1, max_length=120)
    department: str = Field(min_length=1, max_length=60)


class NewClientOut(Schema):
    client: ClientOut
    secret: str


@router.get("/me", response=Me)
def me(request: HttpRequest) -> Me:
    """Who you are to the city. 401 when nobody is signed in."""
    who = caller(request)
    if who.kind == "anonymous":
        raise Unauthenticated("door.sign_in", msgid("Please sign in first."))
    return Me(
        id=who.id,
        kind=who.kind,
        username=request.user.get_username() or None,
        name=who.name,
        department=who.department,
        subject_id=who.subject_id,
        posts=list(who.posts),
        may=sorted(who.may),
        level=who.level,
    )


@router.get("/clients", response=ClientPage)
def list_clients(request: HttpRequest, department: str, cursor: str | None = None) -> ClientPage:
    """The API clients of your department, newest first."""
    page = queries.list_clients(who=caller(request), department=department, cursor=cursor)
    return ClientPage(items=[_out(client) for client in page.items], next=page.next)


@router.post("/clients", response={201: NewClientOut})
def create_client(request: HttpRequest, body: ClientIn) -> Status[NewClientOut]:
    """A new client of your department. The secret is shown this once."""
    made = actions.create_client(who=caller(request), name=body.name, department=body.department)
    return Status(201, NewClientOut(client=_out(made.client), secret=made.secret))


@router.delete("/clients/{client_id}", response={204: None})
def revoke_client(request: HttpRequest, client_id: str) -> Status[None]:
    """End a client for good."""
    actions.revoke_client(who=caller(request), client_id=client_id)
    return Status(204, None)


@router.post("/clients/{client_id}/revoke", response={204: None})
def revoke_client_by_post(request: HttpRequest, client_id: str) -> Status[None]:
    """The same, for callers that know no DELETE."""
    return revoke_client(request, client_id)


def _out(client: shapes.Client) -> ClientOut:
    return ClientOut(
        id=client.id,
        name=client.name,
        department=client.department,
        hint=client.hint,
        created_at=client.created_at,
        revoked_at=client.revoked_at,
    )
