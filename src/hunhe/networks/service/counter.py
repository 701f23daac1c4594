"""The counter: a clerk fills in for somebody who has no phone, after asking."""

from collections.abc import Mapping

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.networks.service import catalogue, content, drafting, lines, people, rules
from hunhe.networks.service.sending import counter_subject, refuse_elsewhere
from hunhe.networks.service.shapes import CounterSheet
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who


def open_sheet(
    who: Who, item_code: str, name: str, id_number: str, answers: Mapping[str, str], *, spoken_consent: bool
) -> CounterSheet:
    """What the bases know of the person, and what is still to be asked or shown. The spoken yes is recorded first."""
    row = catalogue.active(item_code)
    item, form = content.item_of(row), content.form_of(row)
    refuse_elsewhere(who, item.owner)
    if not spoken_consent:
        raise Invalid(
            "service.counter.consent", msgid("Ask first whether the city may fill in what it knows, and note the yes.")
        )
    subject_id = counter_subject(who, name, id_number)
    with transaction.atomic():
        detail = {"item": item.id, "purpose": "service.prefill", "spoken": True}
        audit.record(who=who, act="service.prefill.allowed", object=f"item:{item.id}", subject_id=subject_id, detail=detail)
    record = people.record_for_clerk(who, subject_id)
    said = rules.fitting_answers(item, answers)
    values = drafting.prefilled_values(form, record)
    found = rules.verdicts(item, people.facts(record), said)
    failed = next((verdict for verdict in found if verdict.met is False), None)
    why = drafting.said_of(item, failed.condition, failed.says, str(failed.day or "")) if failed else ""
    return CounterSheet(
        item=item.id,
        name=item.short_name,
        applicant=values["name"].value if "name" in values else name,
        lines=lines.form_lines(form, said, values),
        materials=tuple(rules.material_line(one, values) for one in rules.materials_asked(item, said)),
        unfit=why,
    )
