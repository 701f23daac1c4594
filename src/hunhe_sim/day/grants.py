"""Getting a grant: a department applies, the bureau checks, the provider decides column by column."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.visitor import Json, Visitor, wait_for

REVIEWER = "data_bureau.reviewer"
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for and how the provider decides it. `key` names the application for ever."""

    key: str
    service: str
    resource: str
    provider: str
    applicant: str
    purpose: str
    quota: int
    columns: Mapping[str, str]
    basis: str = "《基本医疗保险经办办法》第八条（示例）"
    procedure: str = ""
    days: int = field(default=180)


def ask_for_grant(cast: Cast, wish: Wish) -> str:
    """Apply and have it checked, so that it waits for the provider: the case, the same however often it is asked for."""
    case = _apply(cast, wish)
    _check(cast.official(REVIEWER), case)
    return case


def obtain_grant(cast: Cast, wish: Wish) -> dict[str, Any]:
    """The grant that grew out of this wish: today, or on an earlier day."""
    applicant = cast.official(f"{wish.applicant}.applicant")
    case = _apply(cast, wish)
    found = _grant_of(applicant, wish, case)
    if found is None:
        _check(cast.official(REVIEWER), case)
        _decide(cast.official(f"{wish.provider}.approver"), wish, case, _until(cast, wish))
        found = wait_for(lambda: _grant_of(applicant, wish, case), PATIENCE, f"the grant for {wish.purpose}")
    return dict(found)


def _until(cast: Cast, wish: Wish) -> str:
    until: str = cast.memory.get(f"until {wish.key}") or (date.today() + timedelta(days=wish.days)).isoformat()  # noqa: DTZ011 — a wish of this machine's user
    cast.memory.keep(f"until {wish.key}", until)
    return until


def _apply(cast: Cast, wish: Wish) -> str:
    applicant = cast.official(f"{wish.applicant}.applicant")
    return str(applicant.post("/api/v1/exchange/grants", _application(wish, _until(cast, wish)), key=wish.key)["case_id"])


def _application(wish: Wish, until: str) -> dict[str, Any]:
    return {
        "resource": wish.resource,
        "service": wish.service,
        "columns": list(wish.columns),
        "purpose": wish.purpose,
        "basis": wish.basis,
        "procedure": wish.procedure,
        "quota_per_day": wish.quota,
        "expires_on": until,
        "key": wish.key,
    }


def _grant_of(applicant: Visitor, wish: Wish, case: str) -> Json | None:
    return next((grant for grant in applicant.pages("/api/v1/exchange/grants") if grant["case_id"] == case), None)


def _check(reviewer: Visitor, case: str) -> None:
    """The bureau's check: the forward move that its procedure offers, unless it was already made."""
    moves = reviewer.get(f"/api/v1/flow/cases/{case}/moves")
    forward = next((move for move in moves if move["kind"] == "forward"), None)
    if forward is not None:
        version = reviewer.get(f"/api/v1/flow/cases/{case}")["rev"]
        body = {"move": forward["id"], "rev": version, "facts": {}, "note": "目的、依据与最少字段相符（示例）"}
        reviewer.post(f"/api/v1/flow/cases/{case}/moves", body, key=f"check {case}")


def _decide(approver: Visitor, wish: Wish, case: str, until: str) -> None:
    request = approver.get(f"/api/v1/exchange/requests/{case}")
    if any(move["id"] == "grant" for move in request["moves"]):
        body = {
            "expected_version": request["rev"],
            "columns": dict(wish.columns),
            "quota_per_day": wish.quota,
            "expires_on": until,
            "note": "按最少够用给（示例）",
        }
        approver.post(f"/api/v1/exchange/requests/{case}/decide", body)


def revoke(cast: Cast, wish: Wish, grant: Mapping[str, Any]) -> None:
    """The provider ends a grant; one that has ended stays so."""
    if grant["state"] != "revoked":
        approver = cast.official(f"{wish.provider}.approver")
        approver.post(f"/api/v1/exchange/grants/{grant['id']}/revoke", {"reason": "用途已结束（示例）"})
