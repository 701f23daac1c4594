"""What the page of a grant request shows."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

from hunhe.hub.exchange import queries, telling
from hunhe.hub.exchange.forms import DecisionForm
from hunhe.hub.exchange.rules.masking import mask
from hunhe.hub.exchange.shapes import Column, ColumnChoice, GrantRequest
from hunhe.kernel.flow import queries as flow
from hunhe.kernel.flow.shapes import Move
from hunhe.stone.who import Who
from hunhe.ui.shapes import Step, StepState

_EXAMPLES = {
    "name": "林晚晴",
    "id_number": "210103199004260426",
    "uscc": "91210100MA0000000X",
    "phone": "13800000426",
    "address": "沈阳市和平区示例街1号",
    "amount": "4321",
    "date": "2026-03-01",
    "email": "lin@example.org",
    "account": "6222000000000426",
    "text": "在职",
}
_OWN_FORM = ("grant", "resubmit")
_ORDER = ("check", "reply", "granted")


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One asked-for column: what it would look like, and what is suggested."""

    column: Column
    choice: ColumnChoice
    whole: str
    masked: str


def request_context(who: Who, case_id: str, form: DecisionForm | None = None) -> dict[str, Any]:
    """Everything for the template; the decision form only if it is the caller's turn to decide."""
    asked = queries.request_by_case(who=who, case_id=case_id)
    rows = [_row(column, asked) for column in asked.service.columns if column.name in asked.application.columns]
    kept = [row for row in rows if row.choice != "withhold"]
    turns = flow.case_file(who=who, case_id=case_id).turns
    first = {
        "expected_version": asked.rev,
        "quota_per_day": asked.suggested_quota,
        "expires_on": asked.application.expires_on,
    }
    return {
        "asked": asked,
        "rows": rows,
        "kept": kept,
        "names": telling.department_names(),
        "procedures": procedure_names(asked.application.procedures),
        "steps": _steps(asked),
        "onward": [move for move in asked.moves if move.id not in _OWN_FORM and not _asks_why(move)],
        "with_reason": [move for move in asked.moves if move.id not in _OWN_FORM and _asks_why(move)],
        "corrects": any(move.id == "resubmit" for move in asked.moves),
        "pauses": [pause for turn in turns for pause in turn.pauses],
        "paused": next((turn for turn in turns if turn.pause), None),
        "passed": sum(check.ok for check in asked.checks),
        "form": (form or DecisionForm(initial=first)) if any(move.id == "grant" for move in asked.moves) else None,
    }


def procedure_names(wanted: Iterable[str]) -> list[str]:
    """Procedures by name; by id where the city has them no more."""
    known = {card.id: card.name for card in flow.list_procedures(who=Who.system("exchange"))}
    return [known.get(one, one) for one in wanted]


def _asks_why(move: Move) -> bool:
    return move.needs_reason or move.kind in ("return", "refuse") or any(fact.required for fact in move.facts)


def _row(column: Column, asked: GrantRequest) -> ColumnRow:
    whole = _EXAMPLES.get(column.kind, "…")
    return ColumnRow(column, asked.suggested.get(column.name, "withhold"), whole, mask(column.kind, whole) or "")


def _steps(asked: GrantRequest) -> list[Step]:
    """Asked → bureau → provider → opened → last day."""
    ended = asked.state == "closed"
    reached = len(_ORDER) if ended else _ORDER.index(asked.stage) if asked.stage in _ORDER else 0
    labels = [gettext("Bureau checks"), gettext("Provider answers"), gettext("Open")]
    steps = [Step(gettext("Asked"), "done")]
    refused = ended and asked.stage != "granted"
    for number, label in enumerate(labels):
        state: StepState = "done" if number < reached else "now" if number == reached and not ended else "ahead"
        steps.append(Step(label, state if not (refused and number == 2) else "late"))
    steps.append(Step(gettext("Ends"), "ahead", f"{asked.application.expires_on:%Y-%m}"))
    return steps
