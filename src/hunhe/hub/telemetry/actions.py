"""Making a source known, and saying how readings reach the hub."""

import re
from collections.abc import Sequence

from django.db import transaction

from hunhe.hub.telemetry import judging, landing, models
from hunhe.hub.telemetry.content import rules_in_force
from hunhe.hub.telemetry.rows import source_shape
from hunhe.hub.telemetry.rules.moments import read_clock
from hunhe.hub.telemetry.shapes import Mode, NewSite, Source
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.identity import queries as identity
from hunhe.kernel.org import queries as org
from hunhe.stone import clock as city_clock
from hunhe.stone import ids
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.who import Who

SITES_LIMIT = 2_000
_CODE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_METRIC = re.compile(r"[a-z][a-z0-9_]{0,23}")


@door(may="telemetry.may_register_sources", scope=Scope.DEPARTMENT)
def register_source(
    *,
    who: Who,
    code: str,
    name: str,
    department: str,
    client: str,
    metrics: Sequence[str],
    sites: Sequence[NewSite],
    clock: str = "+08:00",
    step: int = 60,
    mode: Mode = "live",
    simulated: bool = False,
) -> Source:
    """Make a source and its sites known, or change who sends for it and what its sites are called. Sites that are not named stay.

    client: an API client of the same department. Clock, step and mode never change: what is kept was read by them (Conflict).
    """
    offset = _offset(clock)
    _check(code, name, metrics, sites, step, mode)
    org.department_by_code(who=who, code=department)
    _check_client(department, client)
    with transaction.atomic():
        row = models.Source.objects.select_for_update().filter(code=code).first()
        if row is None:
            row = models.Source(code=code, offset=offset, step=step, mode=mode, registered_at=city_clock.now())
            row.department = department
        elif (row.department, row.offset, row.step, row.mode) != (department, offset, step, mode):
            raise Conflict(
                "telemetry.source.fixed", msgid("A source keeps its department, clock, step and mode. Register another.")
            )
        row.name, row.client, row.simulated = name.strip(), client, simulated
        row.metrics = sorted({*row.metrics, *metrics})
        row.save()
        _keep_sites(row, sites)
        detail = {"client": client, "sites": len(sites), "mode": mode, "clock": clock}
        audit.record(who=who, act="telemetry.source.registered", object=f"source:{code}", detail=detail)
    return source_shape(row)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def deliver_with(*, who: Who, deliver: landing.Deliver) -> None:
    """At start: `deliver(dataset, rows, key)` takes waiting readings into the hub and returns the batch's id, in the caller's
    transaction; the same key again is the same delivery."""
    landing.deliver_with(deliver)


def _keep_sites(source: models.Source, sites: Sequence[NewSite]) -> None:
    known = {site.code: site for site in models.Site.objects.filter(source=source)}
    rules = [rule for rule in rules_in_force() if rule.metric in source.metrics]
    for site in sites:
        row = known.get(site.code) or models.Site(id=ids.new("site"), source=source, code=site.code)
        row.name, row.division = site.name.strip() or site.code, site.division
        row.save()
        judging.watch_site(row.id, rules, city_clock.now())


def _offset(text: str) -> int:
    try:
        return read_clock(text)
    except ValueError as error:
        raise Invalid("telemetry.source.clock", msgid("A clock is an offset from UTC, like +08:00.")) from error


def _check(code: str, name: str, metrics: Sequence[str], sites: Sequence[NewSite], step: int, mode: str) -> None:
    names = [site.code for site in sites]
    wrong = (
        not _CODE.fullmatch(code)
        or not 0 < len(name.strip()) <= 120
        or not metrics
        or not all(_METRIC.fullmatch(metric) for metric in metrics)
        or not 1 <= step <= 1440
        or mode not in ("live", "replay")
        or len(sites) > SITES_LIMIT
        or len(set(names)) != len(names)
        or not all(0 < len(site.code) <= 120 and len(site.name) <= 120 and len(site.division) <= 12 for site in sites)
        or any("\x00" in text for site in sites for text in (site.code, site.name, site.division))
    )
    if wrong:
        raise Invalid(
            "telemetry.source.form",
            msgid("A source needs a code, a name, metrics, a step of 1 to 1440 minutes, and sites that differ in their codes."),
        )


def _check_client(department: str, client: str) -> None:
    system, cursor = Who.system("telemetry"), None
    while True:
        page = identity.list_clients(who=system, department=department, cursor=cursor)
        if any(found.id == client and found.revoked_at is None for found in page.items):
            return
        cursor = page.next
        if cursor is None:
            raise Invalid("telemetry.source.client", msgid("The sending client must be one of the same department."))
