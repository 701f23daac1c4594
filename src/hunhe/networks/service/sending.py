"""Sending: a draft or what was said at the counter becomes one case, with every value's source and every material beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as procedures
from hunhe.kernel.flow.shapes import Case
from hunhe.networks.service import catalogue, content, drafting, lines, models, people, rules
from hunhe.networks.service.item import Form, ServiceItem
from hunhe.networks.service.shapes import Application, Channel, Draft, FieldValue, MaterialLine
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound, msgid
from hunhe.stone.who import Who


def send(who: Who, draft_id: str, key: str) -> Application:
    """Send a draft. Again, with whatever key: the application it became."""
    with transaction.atomic():
        row = drafting.own(draft_id, drafting.real_name(who), lock=True)
        if row.case_id is not None:
            return application(row.case_id)
        if row.state != "open":
            raise Conflict("service.draft.closed", msgid("This draft has been sent or thrown away."))
        draft = lines.draft_shape(row)
        _whole(draft)
        item = content.item_of(row.item)
        record = people.own_record(who)
        drafting.refuse_if_unfit(item, record, row.answers)
        values = _current(lines.values_of(row.values), content.form_of(row.item), row.answers)
        facts = facts_of(who, item, row.answers, values, draft.materials)
        case = flow.open_case(
            who=_in_the_name_of(who),
            procedure=item.procedure,
            department=item.owner,
            facts=facts,
            subject_id=row.subject_id,
            origin="subject",
            title=item.short_name,
            key=f"service:{row.id}",
        )
        _keep(who, case, row.item, row.answers, values, draft.materials, Channel.ONLINE, row.disputes)
        people.licences_held(row.subject_id, item, case.id)
        row.state, row.case_id, row.key = "sent", case.id, key[:128]
        row.save(update_fields=["state", "case_id", "key"])
        return application(case.id)


def _in_the_name_of(who: Who) -> Who:
    """Only this room opens the cases of items, since it judges conditions and materials first; the sender stands as opener."""
    return replace(who, kind="system")


def _whole(draft: Draft) -> None:
    missing = [line.name for line in draft.lines if line.gap]
    missing += [line.name for line in draft.materials if line.is_open]
    if missing:
        raise Invalid("service.draft.gaps", msgid("Still missing: %(names)s."), names="、".join(missing))


def _current(values: Mapping[str, FieldValue], form: Form, answers: Mapping[str, str]) -> dict[str, FieldValue]:
    """Only what the situation asks for: an address kept from an earlier choice is not sent."""
    asked = {field.id for _, field in rules.fields_asked(form, answers, values)}
    return {name: value for name, value in values.items() if name in asked}


def facts_of(
    who: Who,
    item: ServiceItem,
    answers: Mapping[str, str],
    values: Mapping[str, FieldValue],
    materials: Sequence[MaterialLine],
) -> dict[str, Any]:
    """What the case is opened with: answers, values and files under the names that its procedure takes."""
    taken = {fact.id for fact in procedures.procedure_by_id(who=who, procedure=item.procedure).facts}
    known: dict[str, Any] = dict(answers) | {name: value.value for name, value in values.items()}
    for line in materials:
        known_one = item.material_by_id.get(line.id)
        fact = known_one.fact if known_one else ""
        if fact and line.file_id:
            known[fact] = line.file_id
    return {name: value for name, value in known.items() if name in taken}


def take_in(
    who: Who,
    item_code: str,
    *,
    name: str,
    id_number: str,
    answers: Mapping[str, str],
    given: Mapping[str, str],
    seen: Sequence[str],
    files: Mapping[str, str],
    spoken_consent: bool,
    key: str,
) -> Application:
    """Take an application in for somebody who stands at the counter. seen: materials shown or signed there."""
    row = catalogue.active(item_code)
    item, form = content.item_of(row), content.form_of(row)
    refuse_elsewhere(who, item.owner)
    if not spoken_consent:
        raise Invalid(
            "service.counter.consent", msgid("Ask first whether the city may fill in what it knows, and note the yes.")
        )
    subject_id = counter_subject(who, name, id_number)
    said = rules.fitting_answers(item, answers)
    if not rules.all_answered(item, said):
        raise Invalid("service.draft.answers", msgid("Answer the questions first; they decide what you need."))
    record = people.record_for_clerk(who, subject_id)
    drafting.refuse_if_unfit(item, record, said)
    values = drafting.prefilled_values(form, record)
    for field_id, text in given.items():
        field = form.fields.get(field_id)
        if field is None or not (value := rules.checked_value(field, text)):
            continue
        if field_id not in values or field.editable:
            values[field_id] = FieldValue(value=value, grade="C", source=drafting.OWN_WORD)
    values = _current(values, form, said)
    missing = [line.name for line in lines.form_lines(form, said, values) if line.gap]
    if missing:
        raise Invalid("service.draft.gaps", msgid("Still missing: %(names)s."), names="、".join(missing))
    asked, held = rules.materials_asked(item, said), people.licences_held(subject_id, item)
    shown = tuple(
        rules.material_line(
            one,
            values,
            licence=held.get(one.licence, ""),
            file_id=files.get(one.id, ""),
            promised=one.id in seen,
            at_counter=one.id in seen and not one.promise,
        )
        for one in asked
    )
    with transaction.atomic():
        case = flow.open_case(
            who=_in_the_name_of(who),
            procedure=item.procedure,
            department=item.owner,
            facts=facts_of(who, item, said, values, shown),
            subject_id=subject_id,
            origin="office",
            title=item.short_name,
            key=f"counter:{key}",
        )
        if not models.Application.objects.filter(case_id=case.id).exists():
            _keep(who, case, row, said, values, shown, Channel.COUNTER)
            audit.record(
                who=who,
                act="service.counter.spoken_consent",
                object=case.id,
                subject_id=subject_id,
                detail={"item": item.id, "purpose": "service.prefill"},
            )
        return application(case.id)


def refuse_elsewhere(who: Who, owner: str) -> None:
    if who.department != owner:
        raise Denied("service.counter.department", msgid("This matter is taken in at another department's counter."))


def counter_subject(who: Who, name: str, id_number: str) -> str:
    """The living person whose name and number these are. Invalid never says which of the two is wrong."""
    number = "".join(id_number.split()).upper()[:32]
    subject_id = people.subject_at_counter(number)
    record = people.record_for_clerk(who, subject_id) if subject_id else {}
    known = record.get("name")
    if subject_id is None or known is None or "".join(known.value.split()) != "".join(name.split()):
        audit.record(who=who, act="service.counter.no_match", object=f"account:{who.id}")
        raise Invalid(
            "service.counter.no_match", msgid("Name and number do not agree with the population base. Look at the card again.")
        )
    return subject_id


def _keep(
    who: Who,
    case: Case,
    item_row: models.ServiceItem,
    answers: Mapping[str, str],
    values: Mapping[str, FieldValue],
    materials: Sequence[MaterialLine],
    channel: Channel,
    disputes: Mapping[str, Any] | None = None,
) -> None:
    counter = channel is Channel.COUNTER
    row = models.Application.objects.create(
        case_id=case.id,
        number=case.number,
        item=item_row,
        item_code=item_row.code,
        department=case.department,
        subject_id=case.subject_id or "",
        applicant=values["name"].value if "name" in values else who.name,
        channel=channel,
        answers=dict(answers),
        values=lines.stored(values),
        disputes={name: said for name, said in (disputes or {}).items() if name in values},
        sent_at=case.opened_at,
        taken_in_by=who.id if counter else "",
        taken_in_name=who.name if counter else "",
        spoken_consent=counter,
    )
    models.ServiceItem.objects.filter(id=item_row.id, used=False).update(used=True)
    models.Material.objects.bulk_create(
        models.Material(
            application=row,
            code=line.id,
            met_by=line.met_by,
            grade=line.grade or "",
            proof=line.proof,
            file_id=line.file_id,
            state=line.state,
        )
        for line in materials
    )
    audit.record(
        who=who,
        act="service.application.sent",
        object=case.id,
        subject_id=case.subject_id,
        detail={"item": item_row.code, "version": item_row.version, "channel": channel.value, "at": clock.now().isoformat()},
    )


def application_row(case_id: str, *, lock: bool = False) -> models.Application:
    rows = models.Application.objects.select_related("item")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    row = rows.filter(case_id=case_id.replace("\x00", "")).first()
    if row is None:
        raise NotFound("service.application.unknown", msgid("There is no such application, or none that you may see."))
    return row


def application(case_id: str) -> Application:
    """An application with its materials and rating, for a caller who is known to be allowed."""
    row = application_row(case_id)
    materials = list(models.Material.objects.filter(application=row).order_by("id"))
    rating = models.Rating.objects.select_related("application__item").filter(application=row).first()
    return lines.application_shape(row, materials, lines.rating_shape(rating) if rating else None)
