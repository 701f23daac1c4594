"""HTTP: `/api/v1/code/…` and the lane `/code/v1/scan`."""

import base64
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Header, Router, Schema, Status
from pydantic import Field

from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page
from hunhe.ui.callers import caller
from hunhe.wallet.code import actions, queries
from hunhe.wallet.code.lane import PREFIX, make_lane
from hunhe.wallet.code.rules import window
from hunhe.wallet.code.shapes import Batch

router = Router()
lanes = {PREFIX: make_lane}

Key = Annotated[str | None, Header(alias="Idempotency-Key", max_length=120)]
Id = Field(min_length=1, max_length=40)


class DeviceOut(Schema):
    id: str
    name: str
    state: str
    enrolled_at: datetime
    renewed_at: datetime | None
    revoked_at: datetime | None


class DeviceIn(Schema):
    name: str = Field(min_length=1, max_length=40)
    public_key: str = Field(min_length=44, max_length=44)
    proof: str = Field(min_length=88, max_length=88)


class NameIn(Schema):
    name: str = Field(min_length=1, max_length=40)


class RenewalIn(Schema):
    keys: list[Annotated[str, Field(min_length=44, max_length=44)]] = Field(min_length=1, max_length=window.BATCH)
    signature: str = Field(min_length=88, max_length=88)


class BatchOut(Schema):
    device: DeviceOut
    certificates: list[str]
    now: datetime
    not_after: datetime
    rotate_seconds: int


class IssuerOut(Schema):
    id: str
    algorithm: int
    public: str


class LivenessOut(Schema):
    id: str
    state: str
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    page: str


class TerminalIn(Schema):
    name: str = Field(min_length=1, max_length=60)
    function: str = Field(min_length=1, max_length=60)
    place: str = Field("", max_length=60)
    department: str | None = Field(None, max_length=60)


class TerminalOut(Schema):
    id: str
    department: str
    name: str
    place: str
    function: str
    state: str
    registered_at: datetime
    revoked_at: datetime | None


class NewTerminalOut(Schema):
    terminal: TerminalOut
    secret: str


class TerminalPage(Schema):
    items: list[TerminalOut]
    next: str | None


class ScanIn(Schema):
    payload: str = Field(max_length=2000)
    terminal: str = Field(max_length=40)
    function: str = Field("", max_length=60)


class ScanOut(Schema):
    id: str
    at: datetime
    terminal: str
    terminal_name: str
    function: str
    outcome: str
    code: str
    pseudonym: str
    entry_id: str


class ScanPage(Schema):
    items: list[ScanOut]
    next: str | None


class ConnectionIn(Schema):
    location: str = Field(min_length=1, max_length=500)
    secret: str = Field("", max_length=500)


class ConnectionOut(Schema):
    name: str
    location: str
    has_secret: bool
    set_at: datetime


@router.get("/issuer", response=IssuerOut)
def issuer(request: HttpRequest) -> Any:
    """The public key that signs certificates: with it a terminal checks a code alone."""
    found = queries.issuer(who=caller(request))
    return {"id": found.id, "algorithm": found.algorithm, "public": base64.b64encode(found.public).decode()}


@router.get("/devices", response=list[DeviceOut])
def list_devices(request: HttpRequest) -> Any:
    """Your devices."""
    return [asdict(device) for device in queries.list_devices(who=caller(request))]


@router.post("/devices", response={201: DeviceOut})
def enrol_device(request: HttpRequest, body: DeviceIn) -> Any:
    """Make this device's key known. The same key again is the same device."""
    return Status(201, asdict(actions.enrol_device(who=caller(request), **body.dict())))


@router.post("/devices/{device_id}/certificates", response=BatchOut)
def renew_certificates(request: HttpRequest, device_id: str, body: RenewalIn) -> Any:
    """Certificates for the next 24 hours, one per key."""
    made = actions.renew_certificates(who=caller(request), device_id=device_id, keys=body.keys, signature=body.signature)
    return _batch(made)


@router.put("/devices/{device_id}/name", response=DeviceOut)
def rename_device(request: HttpRequest, device_id: str, body: NameIn) -> Any:
    return asdict(actions.rename_device(who=caller(request), device_id=device_id, name=body.name))


@router.post("/devices/{device_id}/revoke", response=DeviceOut)
def revoke_device(request: HttpRequest, device_id: str) -> Any:
    """The phone is lost: what it shows is refused from the next scan on."""
    return asdict(actions.revoke_device(who=caller(request), device_id=device_id))


@router.get("/liveness", response=LivenessOut)
def newest_liveness(request: HttpRequest) -> Any:
    """Your last question to the police."""
    found = queries.newest_liveness(who=caller(request))
    if found is None:
        raise NotFound("code.liveness.none", msgid("You have not asked yet."))
    return asdict(found)


@router.post("/liveness", response={201: LivenessOut})
def ask_liveness(request: HttpRequest) -> Any:
    """Ask the police whether the person before the camera is you; `page` is where you look into it."""
    return Status(201, asdict(actions.ask_liveness(who=caller(request))))


@router.get("/terminals", response=TerminalPage)
def list_terminals(request: HttpRequest, department: str | None = None, cursor: str | None = None) -> Any:
    """Your department's terminals, newest first."""
    return _page(queries.list_terminals(who=caller(request), department=_department(request, department), cursor=cursor))


@router.post("/terminals", response={201: NewTerminalOut})
def register_terminal(request: HttpRequest, body: TerminalIn, key: Key = None) -> Any:
    """Put up a terminal for one function. Its token comes with the first answer only."""
    department = _department(request, body.department)
    made = actions.register_terminal(
        who=caller(request), department=department, name=body.name, function=body.function, place=body.place, key=key or ""
    )
    return Status(201, {"terminal": asdict(made.terminal), "secret": made.secret})


@router.post("/terminals/{terminal_id}/revoke", response=TerminalOut)
def revoke_terminal(request: HttpRequest, terminal_id: str) -> Any:
    """End a terminal and its token for good."""
    return asdict(actions.revoke_terminal(who=caller(request), terminal_id=terminal_id))


@router.post("/scan")
def scan_as_keeper(request: HttpRequest, body: ScanIn) -> HttpResponse:
    """One scan from your screen at a terminal of your department; machines use the lane `/code/v1/scan`."""
    answer = actions.scan_as_keeper(
        who=caller(request),
        department=_department(request, None),
        body=body.model_dump_json().encode(),
        language=translation.get_language() or "zh-hans",
    )
    media = "application/json" if answer.status == 200 else "application/problem+json"
    return HttpResponse(answer.body, status=answer.status, content_type=media)


@router.get("/scans", response=ScanPage)
def scans_of(request: HttpRequest, department: str | None = None, cursor: str | None = None) -> Any:
    """Scans at your department's terminals, refused ones too, newest first."""
    return _page(queries.scans_of(who=caller(request), department=_department(request, department), cursor=cursor))


@router.get("/connections", response=list[ConnectionOut])
def list_connections(request: HttpRequest) -> Any:
    return [asdict(found) for found in queries.list_connections(who=caller(request))]


@router.put("/connections/{name}", response=ConnectionOut)
def set_connection(request: HttpRequest, name: str, body: ConnectionIn) -> Any:
    """Say where the police's liveness service is reached (`liveness`). The secret is never shown again; an empty one keeps the old."""
    return asdict(actions.set_connection(who=caller(request), name=name, location=body.location, secret=body.secret))


def _department(request: HttpRequest, named: str | None) -> str:
    department = named or caller(request).department
    if department is None and caller(request).kind == "official":
        raise NotFound("code.department.none", msgid("Name a department: `?department=`."))
    return department or ""


def _page(page: Page[Any]) -> dict[str, Any]:
    return {"items": [asdict(item) for item in page.items], "next": page.next}


def _batch(made: Batch) -> dict[str, Any]:
    return {
        "device": asdict(made.device),
        "certificates": [base64.b64encode(raw).decode() for raw in made.certificates],
        "now": made.now,
        "not_after": made.not_after,
        "rotate_seconds": window.ROTATE,
    }
