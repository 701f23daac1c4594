"""Handling: materials checked one by one, gaps told once, corrections sent in, steps taken in flow."""

from collections.abc import Mapping
from typing import IO, Any

from django.db import transaction

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Asked, Case, Move
from hunhe.networks.service import content, drafting, lines, models, rules
from hunhe.networks.service.item import Material
from hunhe.networks.service.sending import application_row
from hunhe.networks.service.shapes import FieldValue, MaterialState
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, msgid
from hunhe.stone.who import Who

CHECKED, GAPS = "checked", "gaps"
"""Facts by which a procedure says that a move rests on checked materials, or tells what is wanting. This room supplies them."""
LONGEST_NOTE = 300


def check_material(who: Who, case_id: str, material: str, *, fits: bool, note: str) -> None:
    """Write down that a material fits or what is wrong with it; only while it is the caller's turn to accept."""
    if not fits and not note.strip():
        raise Invalid("service.material.why", msgid("Say what is wrong with it; the applicant reads this."))
    with transaction.atomic():
        row = application_row(case_id, lock=True)
        offered = cases.moves_for(who=who, case_id=case_id)
        if not any({CHECKED, GAPS} & set(move.supplied) for move in offered):
            raise Denied("service.material.not_now", msgid("Materials are checked while it is your turn to accept."))
        state = MaterialState.FITS if fits else MaterialState.WANTING
        said = {"state": state, "note": note.strip()[:LONGEST_NOTE], "checked_by": who.id, "checked_at": clock.now()}
        if not fits:
            said["met_by"] = ""  # what was handed in does not count; its file stays to be seen until a new one comes
        found = models.Material.objects.filter(application=row, code=material[:48]).update(**said)
        if not found:
            raise Invalid("service.material.unknown", msgid("This application has no such material."))
        audit.record(
            who=who,
            act="service.material.checked",
            object=case_id,
            subject_id=row.subject_id,
            detail={"material": material, "state": state.value},
        )


def take_step(who: Who, case_id: str, move: str, expected_version: int, facts: Mapping[str, Any], note: str, key: str) -> Case:
    """Move an application. One that tells gaps says them as its reason where no other words are given."""
    with transaction.atomic():
        row = application_row(case_id, lock=True)
        offered = next((one for one in cases.moves_for(who=who, case_id=case_id) if one.id == move), None)
        if offered is not None and GAPS in offered.supplied:
            note = note.strip() or "；".join(gaps_of(row))
        return flow.move_case(
            who=who, case_id=case_id, move=move, expected_version=expected_version, facts=facts, note=note, key=key
        )


def checked_materials(asked: Asked) -> list[str]:
    """For flow: the materials an acceptance rests on. Invalid while one was not looked at."""
    row = _asked_row(asked)
    states = dict(models.Material.objects.filter(application=row).values_list("code", "state"))
    open_ones = [code for code, state in states.items() if state not in (MaterialState.FITS, MaterialState.FOLLOWS)]
    if open_ones:
        names = "、".join(found.name for code in open_ones if (found := _material(row, code)) is not None)
        raise Invalid("service.material.unchecked", msgid("Check first: %(names)s."), names=names)
    return sorted(states) or ["-"]


def told_gaps(asked: Asked) -> list[str]:
    """For flow: what the applicant is told to mend."""
    return gaps_of(_asked_row(asked))


def _asked_row(asked: Asked) -> models.Application:
    if asked.case is None:
        raise Invalid("service.application.first", msgid("Materials belong to an application that was sent."))
    return application_row(asked.case.id, lock=True)


def gaps_of(row: models.Application) -> list[str]:
    """Everything found wanting, in words: it is told at once, and once. Invalid when nothing was."""
    found = models.Material.objects.filter(application=row, state=MaterialState.WANTING).order_by("id")
    gaps = [f"{wanted.name}：{one.note}" for one in found if (wanted := _material(row, one.code)) is not None]
    if not gaps:
        raise Invalid("service.correction.nothing", msgid("Mark what is wanting first; all of it is told at once, and once."))
    return gaps


def _material(row: models.Application, code: str) -> Material | None:
    return rules.material_of(content.item_of(row.item), content.form_of(row.item), code)


def attach(who: Who, case_id: str, material: str, name: str, stream: IO[bytes]) -> None:
    """The applicant, or the clerk for somebody at the counter, hands in again what was found wanting."""
    with transaction.atomic():
        row = application_row(case_id, lock=True)
        _may_correct(who, row)
        wanted = models.Material.objects.filter(application=row, code=material[:48], state=MaterialState.WANTING).first()
        if wanted is None:
            raise Invalid("service.material.unknown", msgid("No file is needed here."))
        wanted.file_id = drafting.keep_file(who, name, stream)
        wanted.met_by, wanted.grade = "upload", "C"
        wanted.save(update_fields=["file_id", "met_by", "grade"])
        audit.record(
            who=who, act="service.material.handed_in", object=case_id, subject_id=row.subject_id, detail={"material": material}
        )


def correct(
    who: Who,
    case_id: str,
    expected_version: int,
    values: Mapping[str, str],
    shown: Mapping[str, bool],
    note: str,
    key: str,
) -> Case:
    """Send the corrections in. Everything that was found wanting must have been handed in again, signed, or shown at the counter."""
    with transaction.atomic():
        row = application_row(case_id, lock=True)
        move = _may_correct(who, row)
        form = content.form_of(row.item)
        facts: dict[str, Any] = {}
        known = lines.values_of(row.values)
        for name, said in values.items():
            field = form.fields.get(name)
            fixed = name in known and known[name].grade in rules.PROVING_GRADES
            if field is None or (fixed and not field.editable):
                continue
            value = rules.checked_value(field, said)
            if value and (name not in known or known[name].value != value):
                known[name] = FieldValue(value=value, grade="C", source=drafting.OWN_WORD)
                facts[name] = value
        _hand_in(who, row, shown, facts)
        row.values = lines.stored(known)
        row.save(update_fields=["values"])
        takes = {fact.id for fact in move.facts}
        return flow.move_case(
            who=who,
            case_id=case_id,
            move=move.id,
            expected_version=expected_version,
            facts={name: value for name, value in facts.items() if name in takes},
            note=note,
            key=key,
        )


def _hand_in(who: Who, row: models.Application, shown: Mapping[str, bool], facts: dict[str, Any]) -> None:
    """Take what was found wanting as given again: a new file, a signed statement, or what the clerk was shown."""
    for one in models.Material.objects.filter(application=row, state=MaterialState.WANTING).order_by("id"):
        material = _material(row, one.code)
        if material is None:
            continue
        if not one.met_by and shown.get(one.code, False) and (material.promise or who.kind == "official"):
            one.met_by, one.grade = ("promise", "D") if material.promise else ("counter", "B")
        if not one.met_by:
            raise Invalid("service.correction.missing", msgid("Still missing: %(names)s."), names=material.name)
        if one.met_by == "upload" and material.fact:
            facts[material.fact] = one.file_id
        one.state, one.note = MaterialState.GIVEN, ""
        one.save(update_fields=["met_by", "grade", "state", "note"])


def _may_correct(who: Who, row: models.Application) -> Move:
    """The forward move out of the stage in which the applicant mends gaps. Conflict where there is none for this caller."""
    file = cases.case_file(who=who, case_id=row.case_id)
    move = next((move for move in file.moves if move.kind == "forward"), None)
    if move is None or not any(turn.for_subject for turn in file.turns):
        raise Conflict("service.correction.not_now", msgid("Nothing is to be corrected now."))
    return move
