"""Calls as people read them: the department that made them, and the person they were about."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from django.db.models import Q
from django.utils.translation import gettext

from hunhe.hub.exchange import models
from hunhe.hub.exchange.rules.row_filter import parse_filter
from hunhe.hub.exchange.services import find_service
from hunhe.hub.exchange.shapes import Call, Grant, Service, Use
from hunhe.kernel.org import queries as org
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who

_COMPARISONS = {
    "=": msgid("%(column)s is %(value)s"),
    "!=": msgid("%(column)s is not %(value)s"),
    "<": msgid("%(column)s is below %(value)s"),
    "<=": msgid("%(column)s is at most %(value)s"),
    ">": msgid("%(column)s is above %(value)s"),
    ">=": msgid("%(column)s is at least %(value)s"),
    "in": msgid("%(column)s is one of %(value)s"),
}


def untold(day: date) -> Q:
    """Calls that their subject is not to know in full on `day`."""
    return Q(hold_until__gt=day)


def filter_in_words(grant: Grant, titles: Mapping[str, str]) -> str:
    """A row filter as people read it; as it was written where the resource no longer has its columns."""
    try:
        conditions = parse_filter(grant.row_filter, titles)
    except Invalid:
        return grant.row_filter
    said = [
        gettext(_COMPARISONS[one.operator]) % {"column": titles[one.column], "value": "、".join(map(str, one.values))}
        for one in conditions
    ]
    return gettext("; ").join(said)


def call_shape(row: models.Call) -> Call:
    return Call(
        id=row.id,
        at=row.at,
        client=row.client,
        department=row.department,
        service=row.service,
        resource=row.resource,
        version=row.version,
        purpose=row.purpose,
        case_id=row.case_id,
        officer=row.officer,
        outcome="given" if row.outcome == "given" else "refused",
        code=row.code,
        given=tuple(row.given),
        masked=tuple(row.masked),
        withheld=tuple(row.withheld),
        entry_id=row.entry_id,
    )


def use_shapes(rows: Iterable[models.Call], day: date) -> list[Use]:
    """Uses in order, with names in place of codes."""
    names = department_names()
    services: dict[str, Service | None] = {}
    shapes = []
    for row in rows:
        if row.hold_until is not None and row.hold_until > day:
            shapes.append(_untold_use(row))
            continue
        if row.service and row.service not in services:
            services[row.service] = find_service(row.service)
        shapes.append(_use(row, names, services.get(row.service)))
    return shapes


def department_names() -> dict[str, str]:
    return {department.code: department.name for department in org.list_departments(who=Who.system("exchange"))}


def titles(service: Service | None, names: Iterable[str]) -> tuple[str, ...]:
    """Columns by their titles; by name where the resource no longer has them."""
    known = {column.name: column.title for column in service.columns} if service is not None else {}
    return tuple(known.get(name) or name for name in names)


def _use(row: models.Call, names: dict[str, str], service: Service | None) -> Use:
    group: Literal["mine", "statutory", "refused"]
    group = "refused" if row.outcome == "refused" else "mine" if row.origin == "subject" else "statutory"
    return Use(
        id=row.id,
        at=row.at,
        department=row.department,
        department_name=names.get(row.department, row.department),
        resource=row.resource,
        resource_title=service.title if service is not None else row.title or row.resource,
        purpose=row.purpose,
        case_id=row.case_id,
        case_number=row.case_number or row.case_id,
        outcome="given" if row.outcome == "given" else "refused",
        code=row.code,
        looked=titles(service, row.given),
        masked=titles(service, row.masked),
        not_looked=titles(service, row.withheld),
        entry_id=row.entry_id,
        leaf_hash=row.leaf_hash,
        group=group,
        channel=row.channel,
        place=row.place,
    )


def _untold_use(row: models.Call) -> Use:
    """That it was, on which day it will be told, and why not before; nothing else."""
    return Use(
        id=row.id,
        at=row.at,
        department="",
        department_name="",
        resource="",
        resource_title="",
        purpose="",
        case_id="",
        case_number="",
        outcome="withheld",
        code="",
        looked=(),
        masked=(),
        not_looked=(),
        entry_id="",
        leaf_hash="",
        group="statutory",
        basis=row.hold_basis,
        told_from=row.hold_until,
    )
