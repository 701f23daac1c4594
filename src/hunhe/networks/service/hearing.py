"""What flow tells: accepted, corrected, lapsed, late, closed; kept beside the application for lists, counts and the hub."""

from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event
from hunhe.kernel.flow import queries as cases
from hunhe.networks.service import landing, models
from hunhe.networks.service.handling import CHECKED, GAPS
from hunhe.stone import clock
from hunhe.stone.who import Who

SYSTEM = Who.system("service")


def subscribe() -> None:
    start = Who.system("start")
    for name, handler in (("moved", moved), ("overdue", overdue), ("closed", closed)):
        events.subscribe(who=start, name=f"flow.case.{name}", subscriber="service", handler=handler)


def moved(event: Event) -> None:
    row = models.Application.objects.filter(case_id=event.payload["case"]).first()
    if row is None:
        return
    step = next((one for one in cases.history(who=SYSTEM, case_id=row.case_id) if one.seq == event.payload["seq"]), None)
    if step is None:
        return
    if step.as_of is not None:
        row.lapsed, row.lapsed_at, row.accepted_at = True, step.at, step.as_of
    elif CHECKED in step.facts:
        row.accepted_at = step.at
    elif GAPS in step.facts:
        row.corrected = True
    else:
        return
    row.save(update_fields=["lapsed", "lapsed_at", "accepted_at", "corrected"])


def overdue(event: Event) -> None:
    models.Application.objects.filter(case_id=event.payload["case"]).update(overdue=True)


def closed(event: Event) -> None:
    case_id = str(event.payload["case"])
    done = models.Application.objects.filter(case_id=case_id, closed_at=None).update(
        outcome=str(event.payload["outcome"]), closed_at=clock.now()
    )
    if done:
        landing.soon()
        return
    rating = models.Rating.objects.filter(callback=case_id, answered_at=None).first()
    if rating is not None:
        case = cases.case_by_id(who=SYSTEM, case_id=case_id)
        rating.answered_at, rating.result = clock.now(), str(case.facts.get("result", ""))
        rating.save(update_fields=["answered_at", "result"])
