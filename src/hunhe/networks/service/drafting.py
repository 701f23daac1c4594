"""Filling in: one open draft per person and item, saved at every step, taken up again where it was left."""

from collections.abc import Mapping
from dataclasses import replace
from typing import IO

import msgspec
from django.db import IntegrityError, transaction

from hunhe.hub.bases import actions as bases
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.consent import actions as consent
from hunhe.kernel.files import actions as files
from hunhe.networks.service import catalogue, content, lines, models, people, rules
from hunhe.networks.service.item import Form, ServiceItem
from hunhe.networks.service.shapes import Dispute, Draft, FieldValue
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, Invalid, NotFound, msgid
from hunhe.stone.who import Who

PREFILL = "service.prefill"
PAPER = "service.material"
SEE = "service.may_see_applications"
LONGEST_WORDS = 500
OWN_WORD = ""
"""Source of what the applicant wrote: the page says so in the reader's language."""


def start(who: Who, item: str, answers: Mapping[str, str], *, prefill: bool) -> Draft:
    """The caller's open draft of an item, or a new one. Refused before anything is filled in where they do not qualify."""
    subject_id = real_name(who)
    row = catalogue.active(item)
    known = _open_of(subject_id, item)
    if known is not None and known.item_id == row.id:
        return again(who, known, answers, prefill=prefill)
    about = content.item_of(row)
    said = rules.fitting_answers(about, answers)
    if not rules.all_answered(about, said):
        raise Invalid("service.draft.answers", msgid("Answer the questions first; they decide what you need."))
    record = people.own_record(who)
    refuse_if_unfit(about, record, said)
    form = content.form_of(row)
    values = prefilled_values(form, record) if prefill else {}
    try:
        with transaction.atomic():
            if known is not None:
                models.Draft.objects.filter(id=known.id).update(state="discarded")  # of a version no longer in force
            draft = models.Draft.objects.create(
                id=ids.new("draft"),
                item=row,
                item_code=about.id,
                subject_id=subject_id,
                account=who.id,
                answers=said,
                values=lines.stored(values),
                prefilled=prefill,
                saved_at=clock.now(),
            )
            models.ServiceItem.objects.filter(id=row.id, used=False).update(used=True)
            record_consent(who, draft.id, subject_id, about.id, given=prefill)
    except IntegrityError:  # the same person, the same item, at the same moment
        known = _open_of(subject_id, item)
        if known is None:
            raise
        draft = known
    return lines.draft_shape(draft)


def again(who: Who, row: models.Draft, answers: Mapping[str, str], *, prefill: bool) -> Draft:
    """Take up an open draft; other answers than before change the situation, what was filled in stays."""
    about = content.item_of(row.item)
    said = row.answers | rules.fitting_answers(about, answers)
    wants_prefill = prefill and not row.prefilled
    if said == row.answers and not wants_prefill:
        return lines.draft_shape(row)
    record = people.own_record(who)
    refuse_if_unfit(about, record, said)
    with transaction.atomic():
        row = _locked(row.id, row.subject_id)
        row.answers = said
        if wants_prefill:
            own = lines.values_of(row.values)
            row.values = lines.stored(prefilled_values(content.form_of(row.item), record) | own)
            row.prefilled = True
            record_consent(who, row.id, row.subject_id, about.id, given=True)
        row.saved_at = clock.now()
        row.save(update_fields=["answers", "values", "prefilled", "saved_at"])
        audit.record(who=who, act="service.draft.saved", object=row.id, subject_id=row.subject_id)
    return lines.draft_shape(row)


def save(who: Who, draft_id: str, given: Mapping[str, str], promises: Mapping[str, bool]) -> Draft:
    """Keep what was filled in. Lines that the bases fill and that cannot be changed here are left as they are. Invalid names the line."""
    with transaction.atomic():
        row = _locked(draft_id, real_name(who))
        item, form = content.item_of(row.item), content.form_of(row.item)
        values = lines.values_of(row.values)
        for name, said in given.items():
            field = form.fields.get(name)
            if field is None:
                raise Invalid("service.form.unknown", msgid("%(name)s is no line of this form."), name=name[:60])
            if _is_fixed(values.get(name), editable=field.editable):
                continue
            value = rules.checked_value(field, said)
            if not value:
                values.pop(name, None)
            elif name not in values or values[name].value != value:
                values[name] = FieldValue(value=value, grade="C", source=OWN_WORD, as_of=clock.now().date().isoformat())
        known = {material.id for material in item.materials if material.promise}
        signed = [one for one in {**dict.fromkeys(row.promises, True), **promises}.items() if one[1] and one[0] in known]
        row.values, row.promises, row.saved_at = lines.stored(values), [name for name, _ in signed], clock.now()
        row.save(update_fields=["values", "promises", "saved_at"])
        audit.record(
            who=who, act="service.draft.saved", object=row.id, subject_id=row.subject_id, detail={"lines": sorted(given)}
        )
    return lines.draft_shape(row)


def _is_fixed(value: FieldValue | None, *, editable: bool) -> bool:
    return value is not None and value.grade in rules.PROVING_GRADES and not editable


def attach(who: Who, draft_id: str, material: str, name: str, stream: IO[bytes]) -> Draft:
    """Keep a file for a material of the draft; a new one takes the place of the old."""
    with transaction.atomic():
        row = _locked(draft_id, real_name(who))
        wanted = rules.material_of(content.item_of(row.item), content.form_of(row.item), material)
        if wanted is None or not wanted.upload or (material.startswith(rules.EVIDENCE) and not _is_disputed(row, material)):
            raise Invalid("service.material.unknown", msgid("No file is needed here."))
        row.files = row.files | {material: keep_file(who, name, stream)}
        row.saved_at = clock.now()
        row.save(update_fields=["files", "saved_at"])
        audit.record(
            who=who, act="service.draft.saved", object=row.id, subject_id=row.subject_id, detail={"material": material}
        )
    return lines.draft_shape(row)


def dispute(who: Who, draft_id: str, name: str, said: str, explanation: str) -> Draft:
    """“The register has this wrong”: a correction ticket goes to the department whose value it is; the applicant goes on with
    their own word and evidence for it. Invalid where the line is none of a register, or says the same.
    """
    with transaction.atomic():
        row = _locked(draft_id, real_name(who))
        form, values = content.form_of(row.item), lines.values_of(row.values)
        field, known = form.fields.get(name), values.get(name)
        if field is None or known is None or not rules.is_disputable(field, known):
            raise Invalid("service.dispute.none", msgid("This line does not come from a register, or can simply be changed."))
        value = rules.checked_value(field, said)
        if not value or value == known.value:
            raise Invalid("service.dispute.same", msgid("Write what it should be."))
        words = f"应为：{value}。{explanation.strip()}"[:LONGEST_WORDS]
        ticket = bases.question_field(who=who, subject_id=row.subject_id, field=field.golden, explanation=words)
        doubted = Dispute(value=known.value, source=known.source, case_id=ticket.id, number=ticket.number)
        values[name] = FieldValue(value=value, grade="C", source=OWN_WORD, as_of=clock.now().date().isoformat())
        row.values, row.disputes = lines.stored(values), row.disputes | {name: msgspec.to_builtins(doubted)}
        row.saved_at = clock.now()
        row.save(update_fields=["values", "disputes", "saved_at"])
        detail = {"line": name, "ticket": ticket.id}
        audit.record(who=who, act="service.value.disputed", object=row.id, subject_id=row.subject_id, detail=detail)
    return lines.draft_shape(row)


def _is_disputed(row: models.Draft, material: str) -> bool:
    return material.removeprefix(rules.EVIDENCE) in row.disputes


def keep_file(who: Who, name: str, stream: IO[bytes]) -> str:
    """Store a paper; `may_read` says who opens it."""
    owner = replace(Who.system("service", on_behalf_of=who.id), subject_id=who.subject_id)
    return files.store(who=owner, name=name, stream=stream, purpose=PAPER).id


def may_read(who: Who, file_id: str) -> bool:
    """For the files room: a paper of an application is read by the person it is about and by the officials of the department
    that handles it; one of a draft by nobody but the applicant, whose own file it is.
    """
    held = models.Material.objects.select_related("application").filter(file_id=file_id).first()
    if held is None:
        return False
    if who.kind == "citizen":
        return who.subject_id == held.application.subject_id
    return who.kind == "official" and who.department == held.application.department and who.holds(SEE)


def discard(who: Who, draft_id: str) -> None:
    with transaction.atomic():
        row = _locked(draft_id, real_name(who))
        row.state, row.values, row.files, row.promises, row.disputes = "discarded", {}, {}, [], {}
        row.saved_at = clock.now()
        row.save(update_fields=["state", "values", "files", "promises", "disputes", "saved_at"])
        audit.record(who=who, act="service.draft.discarded", object=row.id, subject_id=row.subject_id)


def real_name(who: Who) -> str:
    """The caller's subject; Invalid while their name is not confirmed."""
    if who.subject_id is None:
        raise Invalid("service.draft.real_name", msgid("Confirm your real name first; then the city fills in what it knows."))
    return who.subject_id


def refuse_if_unfit(item: ServiceItem, record: Mapping[str, FieldValue], answers: Mapping[str, str]) -> None:
    """Invalid where the bases show that a condition is not met: said before anybody fills in anything."""
    found = rules.verdicts(item, people.facts(record) if record else None, answers)
    failed = next((verdict for verdict in found if verdict.met is False), None)
    if failed is not None:
        raise Invalid(
            "service.draft.unfit",
            msgid("You cannot apply for this now. %(why)s"),
            why=said_of(item, failed.condition, failed.says, failed.day.isoformat() if failed.day else ""),
        )


def said_of(item: ServiceItem, condition: str, says: str, day: str) -> str:
    """The words of an unmet condition, with the day and the age it names."""
    age = next((one.age_from for one in item.conditions if one.id == condition), None)
    return says.replace("{day}", day).replace("{age}", str(age or ""))


def prefilled_values(form: Form, record: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    return {name: record[field.golden] for name, field in form.fields.items() if field.golden and field.golden in record}


def record_consent(who: Who, draft_id: str, subject_id: str, item: str, *, given: bool) -> None:
    """Whether the applicant let the city fill in what it knows: a yes is a consent that can be taken back, a no is recorded too."""
    if given:
        consent.give_consent(who=who, kind=PREFILL)
    act = "service.prefill.allowed" if given else "service.prefill.declined"
    audit.record(who=who, act=act, object=draft_id, subject_id=subject_id, detail={"item": item})


def _open_of(subject_id: str, item: str) -> models.Draft | None:
    rows = models.Draft.objects.select_related("item")
    return rows.filter(subject_id=subject_id, item_code=item, state="open").first()


def _locked(draft_id: str, subject_id: str) -> models.Draft:
    row = own(draft_id, subject_id, lock=True)
    if row.state != "open":
        raise Conflict("service.draft.closed", msgid("This draft has been sent or thrown away."))
    return row


def own(draft_id: str, subject_id: str, *, lock: bool = False) -> models.Draft:
    """The caller's own draft. NotFound for anybody else's."""
    rows = models.Draft.objects.select_related("item")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    row = rows.filter(id=draft_id.replace("\x00", ""), subject_id=subject_id).first()
    if row is None:
        raise NotFound("service.draft.unknown", msgid("There is no such draft of yours."))
    return row
