"""HTTP: `/api/v1/telemetry/…` and the lane `/telemetry/v1/batches`."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from hunhe.hub.telemetry import actions, queries
from hunhe.hub.telemetry.lane import PREFIX, make_lane
from hunhe.hub.telemetry.shapes import NewSite, Warning
from hunhe.stone.page import Page
from hunhe.ui.callers import caller

router = Router()
lanes = {PREFIX: make_lane}


class SiteIn(Schema):
    code: str = Field(min_length=1, max_length=120)
    name: str = Field("", max_length=120)
    division: str = Field("", max_length=12)


class SourceIn(Schema):
    name: str = Field(min_length=1, max_length=120)
    department: str = Field(min_length=1, max_length=40)
    client: str = Field(min_length=1, max_length=40)
    metrics: list[str] = Field(min_length=1, max_length=50)
    sites: list[SiteIn] = Field(max_length=actions.SITES_LIMIT)
    clock: str = Field("+08:00", max_length=6)
    step: int = Field(60, ge=1, le=1440)
    mode: Literal["live", "replay"] = "live"
    simulated: bool = False


class SourceOut(Schema):
    code: str
    name: str
    department: str
    client: str
    clock: str
    step: int
    mode: str
    simulated: bool
    metrics: list[str]


class SiteOut(Schema):
    id: str
    source: str
    code: str
    name: str
    division: str
    mode: str
    simulated: bool
    clock: str
    step: int


class SitePage(Schema):
    items: list[SiteOut]
    next: str | None


class WarningOut(Schema):
    """start, end: in the source's own clock; end None: not over yet."""

    id: str
    source: str
    site_id: str
    site: str
    rule: str
    kind: str
    state: str
    level: str
    start: str
    end: str | None
    peak: float | None
    live: bool
    case_id: str
    found_at: datetime


class WarningPage(Schema):
    items: list[WarningOut]
    next: str | None


class ReadingOut(Schema):
    at: datetime
    text: str
    value: float


class WatchOut(Schema):
    site_id: str
    site: str
    division: str
    rule: str
    state: str
    last_at: datetime | None
    last_value: float | None
    level: str


class RuleOut(Schema):
    code: str
    name: str
    owner: str
    basis: str
    metric: str
    unit: str
    threshold: float
    consecutive: int
    gap_hours: float
    levels: list[tuple[str, float]]
    procedure: str
    order_within_hours: float


@router.get("/sources", response=list[SourceOut])
def list_sources(request: HttpRequest) -> Any:
    """Who measures in this city."""
    return [asdict(source) for source in queries.list_sources(who=caller(request))]


@router.put("/sources/{code}", response=SourceOut)
def register_source(request: HttpRequest, code: str, body: SourceIn) -> Any:
    """Make a source and its sites known, or change its client and sites."""
    said = body.dict()
    said["sites"] = [NewSite(**site) for site in said["sites"]]
    return asdict(actions.register_source(who=caller(request), code=code, **said))


@router.get("/sites", response=SitePage)
def list_sites(request: HttpRequest, source: str | None = None, cursor: str | None = None) -> Any:
    """Sites, of one source or of all."""
    page = queries.list_sites(who=caller(request), source=_plain(source), cursor=cursor)
    return {"items": [asdict(site) for site in page.items], "next": page.next}


@router.get("/sites/{site_id}/readings", response=list[ReadingOut])
def readings_of(request: HttpRequest, site_id: str, metric: str, start: AwareDatetime, end: AwareDatetime) -> Any:
    """Readings between two instants, in order."""
    found = queries.readings_of(who=caller(request), site_id=site_id, metric=_plain(metric) or "", start=start, end=end)
    return [asdict(reading) for reading in found]


@router.get("/watches", response=list[WatchOut])
def list_watches(request: HttpRequest, live: bool = True) -> Any:
    """How every site stands now."""
    return [
        {
            "site_id": watch.site.id,
            "site": watch.site.code,
            "division": watch.site.division,
            "rule": watch.rule,
            "state": watch.state,
            "last_at": watch.last_at,
            "last_value": watch.last_value,
            "level": watch.level,
        }
        for watch in queries.list_watches(who=caller(request), live=live)
    ]


@router.get("/warnings", response=WarningPage)
def list_warnings(
    request: HttpRequest,
    source: str | None = None,
    kind: Literal["over", "offline"] | None = None,
    live: bool | None = None,
    only_open: bool = False,
    cursor: str | None = None,
) -> Any:
    """Warnings, those that began last first."""
    page = queries.list_warnings(
        who=caller(request), source=_plain(source), kind=kind, live=live, only_open=only_open, cursor=cursor
    )
    return _page(page)


@router.get("/warnings/{warning_id}", response=WarningOut)
def warning_by_id(request: HttpRequest, warning_id: str) -> Any:
    """One warning."""
    return _warning(queries.warning_by_id(who=caller(request), warning_id=warning_id))


@router.get("/rules", response=list[RuleOut])
def list_rules(request: HttpRequest) -> Any:
    """The rules in force."""
    return [asdict(rule) for rule in queries.list_rules(who=caller(request))]


def _plain(text: str | None) -> str | None:
    """PostgreSQL keeps no NUL: a name that holds one names nothing."""
    return None if text is None else text.replace("\x00", "")


def _page(page: Page[Warning]) -> dict[str, Any]:
    return {"items": [_warning(item) for item in page.items], "next": page.next}


def _warning(warning: Warning) -> dict[str, Any]:
    return {
        "id": warning.id,
        "source": warning.site.source,
        "site_id": warning.site.id,
        "site": warning.site.code,
        "rule": warning.rule,
        "kind": warning.kind,
        "state": warning.state,
        "level": warning.level,
        "start": warning.start_text,
        "end": warning.end_text,
        "peak": warning.peak,
        "live": warning.live,
        "case_id": warning.case_id,
        "found_at": warning.found_at,
    }
