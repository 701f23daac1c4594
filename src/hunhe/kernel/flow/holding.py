"""What this room holds about a person: their cases. Archives are kept by law, so that nothing here erases."""

from django.utils.translation import gettext

from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent.shapes import Table
from hunhe.kernel.flow import display, models
from hunhe.kernel.flow.rows import procedure_of
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import words

MOST = 5_000


def register() -> None:
    consent.register_holding(who=Who.system("start"), room="flow", title=msgid("My cases"), read=_read)


def _read(subject_id: str) -> tuple[Table, ...]:
    rows = list(
        models.Case.objects.select_related("procedure").filter(subject_id=subject_id).order_by("-opened_at")[: MOST + 1]
    )
    cases = rows[:MOST]
    names = display.department_names()
    columns = (
        ("number", gettext("Number")),
        ("title", gettext("Case")),
        ("procedure", gettext("Procedure")),
        ("department", gettext("Department")),
        ("stage", gettext("Stage")),
        ("opened_at", gettext("Opened")),
        ("closed_at", gettext("Closed")),
        ("facts", gettext("What is known")),
    )
    told = tuple(
        (
            case.number,
            case.title,
            case.procedure_name,
            names.get(case.department, case.department),
            case.stage_name,
            case.opened_at,
            case.closed_at,
            _facts(case),
        )
        for case in cases
    )
    table = Table(name="cases", title=gettext("My cases"), columns=columns, rows=told, cut=len(rows) > MOST)
    return table, _history({case.id: case.number for case in cases})


def _facts(case: models.Case) -> dict[str, object]:
    named = procedure_of(case).facts
    return {named[fact].name if fact in named else fact: value for fact, value in case.facts.items()}


def _history(numbers: dict[str, str]) -> Table:
    rows = models.Event.objects.filter(case__in=list(numbers)[:500]).order_by("-at", "-seq")[:MOST]
    columns = (
        ("number", gettext("Number")),
        ("at", gettext("When")),
        ("name", gettext("Step")),
        ("entry_id", gettext("Receipt")),
    )
    told = tuple(
        (numbers[row.case_id], row.at, row.name or words.state(row.what, "flow.happening"), row.entry_id) for row in rows
    )
    return Table(name="history", title=gettext("What happened in them"), columns=columns, rows=told)
