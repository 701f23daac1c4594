"""Decisions of the service network: who qualifies, which materials, what is missing, what counts as online. Pure; days are passed in."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from hunhe.networks.service.item import Condition, Field, Form, Material, ServiceItem
from hunhe.networks.service.shapes import FieldValue, MaterialLine, MaterialState, OnlineRates, Verdict
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.expressions import guard

CONDITION_NAMES = frozenset({"person", "answers"})
ANSWER_NAMES = frozenset({"answers"})
LONGEST_VALUE = 300
PHONE = re.compile(r"^(1[3-9]\d{9}|0\d{2,3}-?\d{7,8})$")
PROVING_GRADES = ("A", "B")
DISPUTABLE = ("text", "date")
EVIDENCE = "proof_"


def age_on(birth: date, day: date) -> int:
    """Full years of age; who is born on 29 February turns on 1 March of a common year."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def day_of_age(birth: date, years: int) -> date:
    """The first day on which somebody is `years` old."""
    try:
        return birth.replace(year=birth.year + years)
    except ValueError:
        return date(birth.year + years, 3, 1)


def person_facts(golden: Mapping[str, str], local: bool, day: date) -> dict[str, Any]:
    """What conditions know as `person`, out of a golden record's values; `local`: registered in a division of this city."""
    birth = as_day(golden.get("birth_date", ""))
    return {
        "age": age_on(birth, day) if birth else -1,
        "birth_date": birth.isoformat() if birth else "",
        "status": golden.get("status", ""),
        "division_code": golden.get("division_code", ""),
        "is_local": local,
    }


def as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def verdict_on(condition: Condition, person: Mapping[str, Any] | None, answers: Mapping[str, str]) -> Verdict:
    """Whether a person meets a condition; unknown while it is not known who asks, or an answer is missing."""
    if person is None:
        return Verdict(condition=condition.id, name=condition.name, met=None)
    if condition.age_from is not None:
        birth = as_day(str(person["birth_date"]))
        if birth is None:
            return Verdict(condition=condition.id, name=condition.name, met=None)
        met = int(person["age"]) >= condition.age_from
        day = None if met else day_of_age(birth, condition.age_from)
        return Verdict(condition=condition.id, name=condition.name, met=met, says="" if met else condition.unmet, day=day)
    try:
        met = guard(condition.rule, CONDITION_NAMES).holds({"person": dict(person), "answers": dict(answers)})
    except Invalid:
        return Verdict(condition=condition.id, name=condition.name, met=None)
    return Verdict(condition=condition.id, name=condition.name, met=met, says="" if met else condition.unmet)


def verdicts(item: ServiceItem, person: Mapping[str, Any] | None, answers: Mapping[str, str]) -> tuple[Verdict, ...]:
    return tuple(verdict_on(condition, person, answers) for condition in item.conditions)


def qualifies(found: Iterable[Verdict]) -> bool | None:
    """No as soon as one condition is not met, yes when all are, else unknown."""
    all_met = True
    for verdict in found:
        if verdict.met is False:
            return False
        all_met = all_met and verdict.met is True
    return True if all_met else None


def fitting_answers(item: ServiceItem, given: Mapping[str, str]) -> dict[str, str]:
    """Answers to questions that the item asks, each one of its options; anything else is left out."""
    found = {}
    for question in item.questions:
        said = given.get(question.id, "")
        if said in {option.id for option in question.options}:
            found[question.id] = said
    return found


def all_answered(item: ServiceItem, answers: Mapping[str, str]) -> bool:
    return all(question.id in answers for question in item.questions)


def applies(when: str, answers: Mapping[str, str]) -> bool:
    """Whether something belongs to the situation. While an answer is missing it does not."""
    if not when:
        return True
    try:
        return guard(when, ANSWER_NAMES).holds({"answers": dict(answers)})
    except Invalid:
        return False


def fields_asked(form: Form, answers: Mapping[str, str], values: Mapping[str, FieldValue]) -> tuple[tuple[str, Field], ...]:
    """(group name, field) of every field that the situation and what was filled in so far ask for."""
    known = {**answers, **{name: value.value for name, value in values.items()}}
    return tuple((group.name, field) for group in form.groups for field in group.fields if applies(field.when, known))


def material_line(
    material: Material,
    values: Mapping[str, FieldValue],
    *,
    licence: str = "",
    file_id: str = "",
    promised: bool = False,
    at_counter: bool = False,
) -> MaterialLine:
    """How a material is met, the least burdensome way first. licence: number of a valid one that the applicant holds."""
    line = MaterialLine(
        id=material.id,
        name=material.name,
        form=material.form,
        issuer=material.issuer,
        necessity=material.necessity,
        copies=material.copies,
        met_by="",
        upload=material.upload,
        promise=material.promise,
        hint=material.hint,
        state=MaterialState.FOLLOWS if material.necessity == "may_follow" else MaterialState.GIVEN,
    )
    proofs = [values.get(name) for name in material.proved_by]
    if material.proved_by and all(proof is not None and proof.grade in PROVING_GRADES for proof in proofs):
        weakest = max((proof for proof in proofs if proof is not None), key=lambda proof: proof.grade)
        return replace(line, met_by="base", grade=weakest.grade, proof=weakest.source)
    if licence:
        return replace(line, met_by="licence", grade="A", proof=licence)
    if file_id:
        return replace(line, met_by="upload", grade="C", file_id=file_id)
    if material.promise and promised:
        return replace(line, met_by="promise", grade="D")
    if at_counter:
        return replace(line, met_by="counter", grade="B")
    return line


def materials_asked(item: ServiceItem, answers: Mapping[str, str]) -> tuple[Material, ...]:
    return tuple(material for material in item.materials if applies(material.when, answers))


def evidence(form: Form, disputed: Iterable[str]) -> tuple[Material, ...]:
    """Papers that stand for what a register has wrong, until its department has mended it."""
    return tuple(
        Material(id=f"{EVIDENCE}{name}", name=f"{form.fields[name].name}的证明", form="copy", issuer="—", upload=True)
        for name in disputed
        if name in form.fields
    )


def material_of(item: ServiceItem, form: Form, code: str) -> Material | None:
    """A material of the item, or the evidence for one of its lines."""
    if code.startswith(EVIDENCE):
        return next(iter(evidence(form, (code.removeprefix(EVIDENCE),))), None)
    return item.material_by_id.get(code)


def is_disputable(field: Field, value: FieldValue | None) -> bool:
    """Whether the applicant may say that the register has it wrong: what cannot simply be written otherwise, and does not say
    who they are.
    """
    known = value is not None and value.grade in PROVING_GRADES
    return known and bool(field.golden) and not field.editable and field.kind in DISPUTABLE


def checked_value(field: Field, said: str) -> str:
    """A value as the applicant wrote it, tidied; Invalid when it cannot be what the field asks for."""
    value = " ".join(said.split())
    if len(value) > LONGEST_VALUE or any(not character.isprintable() for character in value):
        raise Invalid("service.form.value", msgid("%(name)s is too long or holds signs that cannot be read."), name=field.name)
    if not value:
        return ""
    if field.kind == "phone" and not PHONE.fullmatch(value.replace(" ", "")):
        raise Invalid("service.form.phone", msgid("This is no telephone number. Write 11 digits, or area code and number."))
    if field.kind == "date" and as_day(value) is None:
        raise Invalid("service.form.date", msgid("Write %(name)s as year-month-day."), name=field.name)
    if field.kind == "choice" and value not in {option.id for option in field.options}:
        raise Invalid("service.form.choice", msgid("Choose one of the ways offered for %(name)s."), name=field.name)
    return value.replace(" ", "") if field.kind == "phone" else value


def masked(kind: str, value: str) -> str:
    """Numbers that a page need not show whole."""
    if kind == "id_number" and len(value) == 18:
        return f"{value[:4]}{'*' * 10}{value[-4:]}"
    if kind == "phone" and len(value) == 11:
        return f"{value[:3]}****{value[-4:]}"
    return value


def is_online_capable(item: ServiceItem) -> bool:
    """Whether one can apply without coming."""
    return item.online in ("apply", "full")


def is_fully_online(item: ServiceItem) -> bool:
    """Whether one never has to come: no visit, and no original that neither bases, licence, file nor promise can stand for."""
    return (
        item.online == "full"
        and item.visits == 0
        and all(
            material.proved_by or material.licence or material.upload or material.promise or material.necessity == "may_follow"
            for material in item.materials
        )
    )


def online_rates(items: Iterable[ServiceItem]) -> OnlineRates:
    found = list(items)
    return OnlineRates(
        items=len(found),
        online_capable=sum(is_online_capable(item) for item in found),
        fully_online=sum(is_fully_online(item) for item in found),
    )


def fitting_reasons(stars: int, codes: Iterable[str], known: Mapping[str, str]) -> tuple[str, ...]:
    """The standard reasons given with a rating. Invalid for stars out of range and for reasons that belong to other stars."""
    if not 1 <= stars <= 5:
        raise Invalid("service.rating.stars", msgid("Give one to five stars."))
    chosen = tuple(dict.fromkeys(codes))
    if any(code not in known or code[0] != str(stars) for code in chosen):
        raise Invalid("service.rating.reason", msgid("These reasons do not belong to this number of stars."))
    return chosen
