"""One line of history: the event row, its audit entry and the news for other rooms, in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import models
from hunhe.kernel.flow.shapes import Happening
from hunhe.stone.who import Who


def write(
    who: Who,
    case: models.Case,
    what: Happening,
    now: datetime,
    *,
    move: str = "",
    name: str = "",
    from_stage: str = "",
    to_stage: str = "",
    note: str = "",
    facts: Mapping[str, Any] | None = None,
    seen: Mapping[str, Any] | None = None,
    key: str | None = None,
    as_of: datetime | None = None,
) -> None:
    """Append to a locked case's history. facts: what came with the step. seen: all facts its guard was weighed on."""
    detail = {"number": case.number, "move": move, "from": from_stage, "to": to_stage, "note": note, "facts": dict(facts or {})}
    detail |= {"as_of": as_of.isoformat()} if as_of else {}
    entry_id = audit.record(who=who, act=f"flow.case.{what}", object=case.id, subject_id=case.subject_id, detail=detail)
    models.Event.objects.create(
        case=case,
        seq=case.seq,
        what=what,
        move=move,
        name=name,
        from_stage=from_stage,
        to_stage=to_stage,
        by=who.id,
        by_name=who.name[:128],
        department=who.department or "",
        at=now,
        note=note,
        facts=dict(facts or {}),
        seen=dict(seen or {}),
        key=key or None,
        entry_id=entry_id,
        as_of=as_of,
    )
    publish(who, case, what, move)


def publish(who: Who, case: models.Case, what: str, move: str = "") -> None:
    """Tell other rooms. Payloads carry ids only; whoever needs more asks, and is asked who they are."""
    payload = {
        "case": case.id,
        "procedure": case.procedure_code,
        "stage": case.stage,
        "state": case.state,
        "outcome": case.outcome,
        "move": move,
        "seq": case.seq,
    }
    events.publish(who=who, name=f"flow.case.{what}", aggregate=case.id, payload=payload)
