"""HTTP: `/api/v1/exchange/…` and the lane `/exchange/v1/<service>`."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from hunhe.hub.exchange import actions, queries
from hunhe.hub.exchange.lane import PREFIX, make_lane
from hunhe.hub.exchange.shapes import UseGroup
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page
from hunhe.ui.callers import caller

router = Router()
lanes = {PREFIX: make_lane}

Word = Field(min_length=1, max_length=140)


class ColumnOut(Schema):
    name: str
    title: str
    kind: str
    sensitive: bool
    level: str


class ServiceOut(Schema):
    code: str
    resource: str
    kind: str
    keys: list[str]
    title: str
    department: str
    columns: list[ColumnOut]
    sharing: str
    condition: str
    basis: str
    cycle: str


class GrantOut(Schema):
    id: str
    case_id: str
    service: str
    resource: str
    department: str
    provider: str
    purpose: str
    basis: str
    columns: dict[str, str]
    procedures: list[str]
    quota_per_day: int
    expires_on: date
    state: str
    reason: str
    opened_at: datetime
    hold_basis: str
    hold_until: date | None
    overreach: int
    used_today: int


class CallOut(Schema):
    id: str
    at: datetime
    client: str
    department: str
    service: str
    version: int | None
    purpose: str
    case_id: str
    officer: str
    outcome: str
    code: str
    given: list[str]
    masked: list[str]
    withheld: list[str]
    entry_id: str


class UseOut(Schema):
    id: str
    at: datetime
    department: str
    department_name: str
    resource_title: str
    purpose: str
    case_id: str
    case_number: str
    outcome: str
    code: str
    looked: list[str]
    masked: list[str]
    not_looked: list[str]
    entry_id: str
    leaf_hash: str
    group: str
    basis: str
    told_from: date | None
    channel: str
    place: str


class ServicePage(Schema):
    items: list[ServiceOut]
    next: str | None


class GrantPage(Schema):
    items: list[GrantOut]
    next: str | None


class CallPage(Schema):
    items: list[CallOut]
    next: str | None


class UsePage(Schema):
    items: list[UseOut]
    next: str | None


class ApplicationIn(Schema):
    resource: str = Word
    service: str = Word
    columns: list[str] = Field(min_length=1, max_length=200)
    purpose: str = Field(min_length=1, max_length=200)
    basis: str = Field(min_length=1, max_length=2000)
    procedure: str = Field("", max_length=48)
    quota_per_day: int = Field(ge=1, le=10_000_000)
    expires_on: date
    key: str = Field(min_length=1, max_length=128)
    hold_basis: str = Field("", max_length=2000)
    hold_until: date | None = None


class CaseOut(Schema):
    case_id: str
    number: str
    stage: str
    state: str
    rev: int


class DecisionIn(Schema):
    expected_version: int
    columns: dict[str, str] = Field(max_length=200)
    quota_per_day: int
    expires_on: date
    note: str = Field("", max_length=2000)


class ReasonIn(Schema):
    reason: str = Field(min_length=1, max_length=500)


class SignerIn(Schema):
    department: str = Word
    name: str = Field(min_length=1, max_length=80)
    public_key: str = Field(min_length=1, max_length=400)


class SignerOut(Schema):
    id: str
    department: str
    name: str
    fingerprint: str
    added_at: datetime


class AssertionIn(Schema):
    department: str = Word
    case: str = Field(min_length=1, max_length=64)
    subject: str = Field(min_length=1, max_length=80)
    procedure: str = Field(min_length=1, max_length=80)
    officer: str = Field(min_length=1, max_length=80)
    expires: str = Field(min_length=1, max_length=40)
    signature: str = Field(min_length=1, max_length=400)
    base: str = Field("population", max_length=40)


class AssertionOut(Schema):
    id: str
    department: str
    case: str
    procedure: str
    officer: str
    expires_at: datetime


@router.get("/services", response=ServicePage)
def list_services(request: HttpRequest, cursor: str | None = None) -> Any:
    """Services that published resources offer."""
    return _page(queries.list_services(who=caller(request), cursor=cursor))


@router.get("/services/{code}", response=ServiceOut)
def service_by_code(request: HttpRequest, code: str) -> Any:
    """One service with its columns."""
    return asdict(queries.service_by_code(who=caller(request), code=code))


@router.get("/grants", response=GrantPage)
def list_grants(request: HttpRequest, department: str | None = None, cursor: str | None = None) -> Any:
    """Grants your department holds or has given, newest first."""
    return _page(queries.list_grants(who=caller(request), department=_department(request, department), cursor=cursor))


@router.post("/grants", response={201: CaseOut})
def apply_for_grant(request: HttpRequest, body: ApplicationIn) -> Any:
    """Apply: opens a case that the bureau checks and the provider decides. The same key gives the same case."""
    asked = body.dict()
    asked["columns"] = tuple(asked["columns"])
    return Status(201, _case(actions.apply_for_grant(who=caller(request), **asked)))


@router.get("/grants/{grant_id}", response=GrantOut)
def grant_by_id(request: HttpRequest, grant_id: str) -> Any:
    """One grant, seen from either side."""
    return asdict(queries.grant_by_id(who=caller(request), grant_id=grant_id))


@router.post("/grants/{grant_id}/suspend", response=GrantOut)
def suspend_grant(request: HttpRequest, grant_id: str, body: ReasonIn) -> Any:
    """Stop a grant for now; the next call is refused."""
    return asdict(actions.suspend_grant(who=caller(request), grant_id=grant_id, reason=body.reason))


@router.post("/grants/{grant_id}/resume", response=GrantOut)
def resume_grant(request: HttpRequest, grant_id: str, body: ReasonIn) -> Any:
    """Let a suspended grant run again."""
    return asdict(actions.resume_grant(who=caller(request), grant_id=grant_id, reason=body.reason))


@router.post("/grants/{grant_id}/revoke", response=GrantOut)
def revoke_grant(request: HttpRequest, grant_id: str, body: ReasonIn) -> Any:
    """End a grant for good; the next call is refused."""
    return asdict(actions.revoke_grant(who=caller(request), grant_id=grant_id, reason=body.reason))


@router.get("/requests/{case_id}")
def request_by_case(request: HttpRequest, case_id: str) -> dict[str, Any]:
    """A grant request with the least that would serve, what was checked, and who else has this data."""
    return asdict(queries.request_by_case(who=caller(request), case_id=case_id))


@router.post("/requests/{case_id}/decide", response=CaseOut)
def decide_grant(request: HttpRequest, case_id: str, body: DecisionIn) -> Any:
    """The provider's yes: `give`, `mask` or `withhold` per column, with quota and last day."""
    decision = body.dict()
    return _case(actions.decide_grant(who=caller(request), case_id=case_id, **decision))


@router.get("/signers", response=list[SignerOut])
def list_signers(request: HttpRequest, department: str | None = None) -> Any:
    """Keys with which your department's systems vouch for cases."""
    found = queries.list_signers(who=caller(request), department=_department(request, department))
    return [asdict(signer) for signer in found]


@router.post("/signers", response={201: SignerOut})
def register_signer(request: HttpRequest, body: SignerIn) -> Any:
    """Make a public key of your department's own system known."""
    return Status(201, asdict(actions.register_signer(who=caller(request), **body.dict())))


@router.post("/assert-case", response={201: AssertionOut})
def assert_case(request: HttpRequest, body: AssertionIn) -> Any:
    """Vouch, signed and for a few hours, for a case that lives in your department's own system."""
    return Status(201, asdict(actions.assert_case(who=caller(request), **body.dict())))


@router.get("/calls", response=CallPage)
def calls_of(request: HttpRequest, department: str | None = None, cursor: str | None = None) -> Any:
    """Calls of a department's clients, refused ones included, newest first."""
    return _page(queries.calls_of(who=caller(request), department=_department(request, department), cursor=cursor))


@router.get("/my-uses", response=UsePage)
def my_uses(request: HttpRequest, cursor: str | None = None, group: UseGroup = "all") -> Any:
    """Who used your data, for what, what they saw and did not see, each with its receipt."""
    who = caller(request)
    return _page(queries.uses_of(who=who, subject_id=who.subject_id or "", cursor=cursor, group=group))


@router.get("/trace/{entry_id}")
def trace(request: HttpRequest, entry_id: str) -> dict[str, Any]:
    """Receipt → call → golden field → source row → batch."""
    return asdict(queries.trace(who=caller(request), entry_id=entry_id))


def _department(request: HttpRequest, named: str | None) -> str:
    department = named or caller(request).department
    if department is None and caller(request).kind != "anonymous":
        raise NotFound("exchange.department.none", msgid("Name a department: `?department=`."))
    return department or ""


def _page(page: Page[Any]) -> dict[str, Any]:
    return {"items": [asdict(item) for item in page.items], "next": page.next}


def _case(case: Any) -> dict[str, Any]:
    return {"case_id": case.id, "number": case.number, "stage": case.stage, "state": case.state, "rev": case.rev}
