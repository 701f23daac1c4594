"""Opening a case: who may, with what, under which number, once per key."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from hunhe.kernel.city import queries as city
from hunhe.kernel.flow import advance, journal, models
from hunhe.kernel.flow.asking import said_facts, whole_facts
from hunhe.kernel.flow.content import parsed
from hunhe.kernel.flow.procedure import Procedure
from hunhe.kernel.flow.rows import guard_case
from hunhe.kernel.flow.rules import guard_values, holds, may_open
from hunhe.kernel.flow.shapes import Asked, Origin
from hunhe.kernel.org import queries as org
from hunhe.stone import clock, ids
from hunhe.stone.errors import Conflict, Invalid, NotFound, msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("flow")
LONGEST_TITLE = 200


def open_case(
    who: Who,
    code: str,
    department: str | None,
    given: Mapping[str, Any],
    subject_id: str | None,
    origin: Origin,
    title: str,
    key: str,
) -> models.Case:
    if not 0 < len(key) <= 128:
        raise Invalid("flow.open.key", msgid("Opening a case needs a key of at most 128 signs."))
    digest = _digest(code, department, given, subject_id, title)
    known = _known(who, key, digest)
    if known is not None:
        return known
    stored = models.Procedure.objects.defer("body").filter(code=code, active=True).first()
    if stored is None:
        raise NotFound("flow.procedure.unknown", msgid("There is no procedure %(code)s."), code=code)
    procedure = parsed(stored)
    place = procedure.opening.department or department
    if not place:
        raise Invalid("flow.open.department", msgid("Which department is this case of?"))
    may_open(procedure, who, place, subject_id, origin)
    facts = said_facts(procedure, given, procedure.opening.facts, procedure.opening.optional)
    try:
        with transaction.atomic():
            return _insert(who, stored, procedure, place, facts, subject_id, origin, title, key, digest)
    except IntegrityError:
        # the same key at the same moment: the other one won
        known = _known(who, key, digest)
        if known is None:
            raise
        return known


def _insert(
    who: Who,
    stored: models.Procedure,
    procedure: Procedure,
    department: str,
    facts: dict[str, Any],
    subject_id: str | None,
    origin: Origin,
    title: str,
    key: str,
    digest: str,
) -> models.Case:
    now = clock.now()
    opening = procedure.opening
    asked = Asked(
        who=who, procedure=procedure.id, department=department, subject_id=subject_id, case=None, move="", given=facts
    )
    facts = whole_facts(procedure, asked, opening.facts, opening.optional, opening.checked_by)
    known_departments(procedure, {**facts, "": department})
    if not stored.used:
        models.Procedure.objects.filter(id=stored.id, used=False).update(used=True)
    case = models.Case(
        id=ids.new("case"),
        number=next_number(now),
        procedure=stored,
        procedure_code=procedure.id,
        procedure_name=procedure.name,
        version=procedure.version,
        title=(title or procedure.name)[:LONGEST_TITLE],
        stage=opening.stage,
        stage_name=procedure.stage_by_id[opening.stage].name,
        state="open",
        origin=origin,
        department=department,
        subject_id=subject_id,
        opened_by=who.id,
        key=key,
        key_digest=digest,
        facts=facts,
        opened_at=now,
    )
    values = guard_values(who, facts, guard_case(case), now)
    if not holds(opening.guard, values):
        raise Invalid("flow.open.guard", msgid("%(why)s"), why=opening.refusal or procedure.name)
    case.save(force_insert=True)
    advance.enter(who, case, procedure, (opening.stage,), values, now)
    advance.save(case)
    journal.write(who, case, "opened", now, name=procedure.name, to_stage=case.stage, facts=facts)
    return case


def next_number(now: datetime) -> str:
    """The next number of the city's month, `210100-2611-000001`; numbers of a transaction undone are given again."""
    area = city.city_facts(who=SYSTEM).code
    prefix = f"{area.ljust(6, '0')}-{now.astimezone(city.calendar(who=SYSTEM).zone):%y%m}"
    models.Number.objects.get_or_create(prefix=prefix)
    models.Number.objects.filter(prefix=prefix).update(last=F("last") + 1)
    last = models.Number.objects.values_list("last", flat=True).get(prefix=prefix)
    return f"{prefix}-{last:06d}"


def known_departments(procedure: Procedure, facts: Mapping[str, Any]) -> None:
    """NotFound when a fact or the caller names a department the city does not have: its turn would never be taken."""
    for name, value in facts.items():
        if not name or procedure.facts[name].kind == "department":
            org.department_by_code(who=SYSTEM, code=value)


def _known(who: Who, key: str, digest: str) -> models.Case | None:
    row = models.Case.objects.select_related("procedure").filter(opened_by=who.id, key=key).first()
    if row is not None and row.key_digest != digest:
        raise Conflict("flow.open.key_reused", msgid("This key has already opened another case."))
    return row


def _digest(*parts: object) -> str:
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()
