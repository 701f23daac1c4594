"""What the population base knows about an applicant, field by field, with the source that has the say."""

from collections.abc import Mapping
from typing import Any

from hunhe.hub.bases import queries as bases
from hunhe.hub.bases.shapes import Golden
from hunhe.hub.collect import queries as collect
from hunhe.kernel.city import queries as city
from hunhe.kernel.org import queries as org
from hunhe.kernel.places import queries as places
from hunhe.networks.service import rules
from hunhe.networks.service.item import ServiceItem
from hunhe.networks.service.shapes import FieldValue, Grade
from hunhe.stone import clock
from hunhe.stone.errors import HunheError, NotFound
from hunhe.stone.who import Who
from hunhe.wallet.licence import queries as licences

BASE = "population"
SYSTEM = Who.system("service")
_GRADES: Mapping[str, Grade] = {"A": "A", "B": "B", "C": "C", "D": "D"}


def own_record(who: Who) -> dict[str, FieldValue]:
    """The caller's own golden record; empty while the base does not know them. The look is recorded as their own."""
    if who.kind != "citizen" or who.subject_id is None:
        return {}
    try:
        return _values(bases.own_subject(who=who, subject_id=who.subject_id))
    except NotFound:
        return {}


def record_for_clerk(who: Who, subject_id: str) -> dict[str, FieldValue]:
    """The record of a person who stands at the counter and said yes. The look is recorded, with the clerk's name."""
    return _values(bases.subject(who=Who.system("service", on_behalf_of=who.id), base=BASE, subject_id=subject_id))


def subject_at_counter(number: str) -> str | None:
    return bases.subject_by_id_number(who=SYSTEM, base=BASE, number=number)


def facts(record: Mapping[str, FieldValue]) -> dict[str, Any]:
    """What conditions know of a person, today."""
    today = clock.now().astimezone(city.calendar(who=SYSTEM).zone).date()
    golden = {name: value.value for name, value in record.items()}
    return rules.person_facts(golden, _is_of_the_city(golden.get("division_code", "")), today)


def _is_of_the_city(division: str) -> bool:
    """By the tree of divisions: codes need not begin alike."""
    try:
        return city.city_facts(who=SYSTEM).code in places.division_by_code(who=SYSTEM, code=division).path
    except NotFound:
        return False


def division_name(code: str) -> str:
    """The path of a division below the city in words; the code where the city has no such division."""
    try:
        return " ".join(part.name for part in places.path_of(who=SYSTEM, code=code)[1:]) or code
    except HunheError:
        return code


def licences_held(subject_id: str, item: ServiceItem, case_id: str = "") -> dict[str, str]:
    """Valid licences of the kinds that stand for a material of the item: kind → number. With a case, the look is kept as its use."""
    kinds = {material.licence for material in item.materials if material.licence}
    found = {
        kind: licences.valid_licence(who=SYSTEM, subject_id=subject_id, type=kind, case_id=case_id) for kind in sorted(kinds)
    }
    return {kind: licence.identifier for kind, licence in found.items() if licence is not None}


def _values(golden: Golden) -> dict[str, FieldValue]:
    names: dict[str, str] = {}
    found = {}
    for field in golden.fields:
        source = field.source
        dataset = source.dataset if source else ""
        if dataset and dataset not in names:
            names[dataset] = _source_name(dataset)
        found[field.name] = FieldValue(
            value=field.value,
            grade=_GRADES.get(source.grade, "B") if source else "B",
            source=names.get(dataset, ""),
            as_of=source.as_of[:10] if source else "",
        )
    found.setdefault("status", FieldValue(value=golden.status, grade="B", source=""))
    return found


def _source_name(dataset: str) -> str:
    """The department whose list it is, in short; its code where the content has dropped it."""
    try:
        department = collect.dataset_by_id(who=SYSTEM, dataset=dataset).department
        found = org.department_by_code(who=SYSTEM, code=department)
    except HunheError:
        return dataset.partition(".")[0]
    return found.short_name or found.name
