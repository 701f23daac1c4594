"""A person and their own record: how old they are, and “this is not right” as a ticket to the department it comes from."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.utils import timezone

from hunhe.hub.bases import records
from hunhe.hub.bases.shapes import GoldenField
from hunhe.hub.collect import queries as collect
from hunhe.hub.lake import queries as lake
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Case
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Invalid, NotFound, msgid
from hunhe.stone.who import Who

BASE = "population"
PROCEDURE = "correction"
BUREAU = "data_bureau"
RULE = "本人提出：这条不对"


def age_of(subject_id: str) -> int | None:
    """Whole years by the record; None where it knows no birthday."""
    born = _birthday(records.resolved(subject_id))
    if born is None:
        return None
    day = timezone.localtime(clock.now()).date()
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def _birthday(subject_id: str) -> date | None:
    """None where there is no base yet, no record, or no birthday in it."""
    try:
        found = lake.lookup(who=records.WHO, table=f"base.{BASE}", key="subject_id", value=subject_id, columns=("birth_date",))
        return date.fromisoformat(str(found[0]["birth_date"])[:10]) if found and found[0]["birth_date"] else None
    except (NotFound, ValueError):
        return None


def questions_of(subject_id: str) -> Mapping[str, Case]:
    """The newest ticket of each field that the person has questioned, by the field's title."""
    found = cases.cases_of_subject(who=records.WHO, subject_id=subject_id)
    newest: dict[str, Case] = {}
    for case in found.items:
        if case.procedure == PROCEDURE and case.origin == "subject":
            newest.setdefault(str(case.facts.get("field", "")), case)
    return newest


def question(who: Who, subject_id: str, name: str, explanation: str) -> Case:
    """One ticket a field while it runs; it goes to the department whose value stands."""
    if not 0 < len(explanation.strip()) <= 500:
        raise Invalid("bases.question.empty", msgid("Say what is wrong and what would be right, in at most 500 characters."))
    field = next((one for one in records.golden(BASE, subject_id).fields if one.name == name), None)
    if field is None:
        raise NotFound("bases.field.none", msgid("This record has no value for %(field)s."), field=name)
    if field.source is None:
        raise Conflict("bases.question.derived", msgid("This follows from the others; question the one it follows from."))
    running = questions_of(subject_id).get(field.title)
    if running is not None and running.is_open:
        return running
    return _open(who, subject_id, field, explanation.strip(), again=running.id if running else "")


def _open(who: Who, subject_id: str, field: GoldenField, explanation: str, again: str) -> Case:
    source = field.source
    assert source is not None  # asked before
    dataset = collect.dataset_by_id(who=records.WHO, dataset=source.dataset)
    with transaction.atomic():
        case = flow.open_case(
            who=Who.system("bases", on_behalf_of=who.id),
            procedure=PROCEDURE,
            department=BUREAU,
            facts={
                "dataset": dataset.name,
                "source_department": dataset.department,
                "rule": RULE,
                "field": field.title,
                "batch": source.batch,
                "lines": [str(source.line)],
                "explanation": explanation,
            },
            origin="subject",
            subject_id=subject_id,
            title=f"{field.title}不对",
            key=f"own:{subject_id}:{field.name}:{again}"[:128],
        )
        detail = {"field": field.name, "dataset": source.dataset, "case": case.id}
        audit.record(
            who=who, act="bases.field.questioned", object=f"subject:{subject_id}", subject_id=subject_id, detail=detail
        )
    return case
