"""What waits for this post, and what the search box finds. Every part asks the room that owns it."""

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from hunhe.hub.catalogue import queries as catalogue
from hunhe.hub.collect import queries as collect
from hunhe.hub.collect.shapes import BatchState
from hunhe.hub.exchange import queries as exchange
from hunhe.hub.exchange.shapes import Grant
from hunhe.kernel.events import queries as events
from hunhe.kernel.flow import queries as flow
from hunhe.portals.desk.shapes import Hit, Landing, NamedBatch
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.who import Who
from hunhe.ui.pages import link

ENDS_SOON = timedelta(days=30)
LATEST = 50
SHOWN = 12


@door(may=Gate.OFFICIAL, scope=Scope.PUBLIC)
def landing(*, who: Who) -> Landing:
    """What waits for the caller. A constant number of queries; only parts that the caller's posts open."""
    department = who.department or ""
    works = who.holds("flow.may_move_cases") and bool(department)
    turns = flow.inbox(who=who, department=department) if works else None
    return Landing(
        tasks=turns.items[:SHOWN] if turns else None,
        more=bool(turns and (turns.next or len(turns.items) > SHOWN)),
        escalated=flow.escalated(who=who, department=department).items[:SHOWN] if works else (),
        batches=_batches(who),
        grants=_grants(who, department),
        dead=events.list_dead(who=who).items[:SHOWN] if who.holds("events.may_see_jobs") else None,
    )


def _batches(who: Who) -> tuple[NamedBatch, ...] | None:
    if not who.holds("collect.may_see_batches"):
        return None
    latest = collect.list_batches(who=who, size=LATEST).items
    noted = [batch for batch in latest if batch.state == BatchState.FAILED or batch.quarantined][:SHOWN]
    names = {dataset.id: dataset.name for dataset in collect.list_datasets(who=who).items} if noted else {}
    return tuple(NamedBatch(batch=batch, name=names.get(batch.dataset, batch.dataset)) for batch in noted)


def _grants(who: Who, department: str) -> tuple[Grant, ...] | None:
    if not who.holds("exchange.may_see_grants") or not department:
        return None
    soon = timezone.localtime(clock.now() + ENDS_SOON).date()
    latest = exchange.list_grants(who=who, department=department).items
    return tuple(grant for grant in latest if grant.state == "suspended" or grant.overreach or grant.expires_on <= soon)[:SHOWN]


@door(may=Gate.OFFICIAL, scope=Scope.PUBLIC)
def search(*, who: Who, text: str) -> tuple[Hit, ...]:
    """Data sets of the catalogue, contracts and turns whose name or number holds the text; at most 60."""
    if not text:
        return ()
    return (*_turns(who, text), *_datasets(who, text), *_resources(who, text))


def _turns(who: Who, text: str) -> Iterator[Hit]:
    if who.holds("flow.may_move_cases") and who.department:
        for task in flow.inbox(who=who, department=who.department).items:
            if text in task.title or text in task.number:
                url = link("flow:case", task.case_id)
                yield Hit(title=task.title, note=f"{task.number} {task.stage_name}", url=url, icon="file-text")


def _datasets(who: Who, text: str) -> Iterator[Hit]:
    if who.holds("collect.may_see_batches"):
        for dataset in collect.list_datasets(who=who).items:
            if text in dataset.name or text in dataset.id:
                url = link("collect:batches") + f"?dataset={dataset.id}"
                yield Hit(title=dataset.name, note=dataset.id, url=url, icon="database")


def _resources(who: Who, text: str) -> Iterator[Hit]:
    for resource in catalogue.search(who=who, text=text).items[:20]:
        url = link("catalogue:resource", resource.code)
        yield Hit(title=resource.name, note=resource.code, url=url, icon="layers-intersect")
