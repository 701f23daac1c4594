"""The problem follows its case: state, times and limits for the map, comparison of photos, and a word to every reporter."""

from datetime import datetime

from django.db import transaction

from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as flow_queries
from hunhe.kernel.flow.shapes import Case, CaseEvent
from hunhe.kernel.notify import actions as notify
from hunhe.networks.governance import content, landing, models
from hunhe.networks.governance.rules import STATE_OF_STAGE, is_near
from hunhe.networks.governance.shapes import State
from hunhe.stone import clock
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("governance")
PROCEDURE = "street_problem"
TIMES = {"file": "filed_at", "dispatch": "dispatched_at", "near": "fixed_at", "close": "settled_at"}
REWORKS = ("far", "rework")
WORDS = {
    "file": msgid("Filed: %(title)s"),
    "dispatch": msgid("Somebody is on the way: %(title)s"),
    "near": msgid("Fixed, now being checked: %(title)s"),
    "far": msgid("Not yet accepted, to be done again: %(title)s"),
    "rework": msgid("Not yet accepted, to be done again: %(title)s"),
    "send_back": msgid("Handed to another team: %(title)s"),
    "grant_extension": msgid("Will take longer: %(title)s"),
    "hang": msgid("Put off for now: %(title)s"),
    "take_up": msgid("Taken up again: %(title)s"),
    "close": msgid("Done: %(title)s"),
    "reopen": msgid("Opened again: %(title)s"),
    "void": msgid("Will not be dealt with: %(title)s"),
}


def subscribe() -> None:
    start = Who.system("start")
    for what in ("moved", "confirmed"):
        events.subscribe(who=start, name=f"flow.case.{what}", subscriber="governance", handler=_hear)
    events.subscribe(who=start, name="governance.report.made", subscriber="governance", handler=_thank)


def follow(row: models.Problem, case: Case, move: str, at: datetime) -> None:
    """Set what a map shows from the case; the caller saves the row."""
    row.stage, row.stage_name, row.rev, row.due_at = case.stage, case.stage_name, case.rev, case.due_at
    state = STATE_OF_STAGE.get(case.stage, State.VOID)
    row.state, row.live = state.value, int(state.is_open)
    row.team, row.team_name = str(case.facts.get("team", ""))[:40], str(case.facts.get("team_name", ""))[:100]
    row.department = str(case.facts.get("team_department", ""))
    if move in TIMES:
        setattr(row, TIMES[move], at)
    if move in REWORKS:
        row.reworks += 1
    if move == "reopen":
        row.reopened += 1
        row.settled_at = None
    if case.stage == "fix":
        row.fix_due_at = case.due_at


def moved(row: models.Problem, case: Case, move: str) -> models.Problem:
    """After a move of ours, in its transaction."""
    follow(row, case, move, clock.now())
    row.save()
    if case.stage == "compare":
        return compare(row, case)
    return row


def compare(row: models.Problem, case: Case) -> models.Problem:
    """Whether the fix photos were taken at the place: the nearest counts; one whose place is unknown does not."""
    listed = case.facts.get("fix_photos", [])
    away = models.Photo.objects.filter(problem=row, role="after", id__in=[str(photo) for photo in listed])
    known = [found for found in away.values_list("distance_m", flat=True) if found is not None]
    distance = min(known, default=1_000_000)
    move = "near" if is_near(distance, content.book().near_m) else "far"
    said = flow.move_case(who=SYSTEM, case_id=row.id, move=move, expected_version=case.rev, facts={"fix_distance": distance})
    return moved(row, said, move)


def _hear(event: Event) -> None:
    """Whatever moved the case, a page, a program or a clock, the map is right and the reporters know."""
    if event.payload["procedure"] != PROCEDURE:
        return
    case_id = str(event.payload["case"])
    with transaction.atomic():
        row = models.Problem.objects.select_for_update().filter(id=case_id).first()
        if row is None:
            return
        case = flow_queries.case_by_id(who=SYSTEM, case_id=case_id)
        if row.rev != case.rev:
            follow(row, case, str(event.payload["move"]), clock.now())
            row.save()
        if case.stage == "compare":
            compare(row, case)
    if event.payload["move"] in ("close", "void", "archive"):
        landing.soon()
    tell(row, str(event.payload["move"]), int(event.payload["seq"]))


def _thank(event: Event) -> None:
    report = models.Report.objects.select_related("problem").get(id=str(event.payload["report"]))
    title = msgid("Thank you, received: %(title)s")
    if report.joined:
        title = msgid("Others reported it too, you will hear each step: %(title)s")
    _send(report.problem, report, title, f"governance:report:{report.id}")


def tell(row: models.Problem, move: str, seq: int) -> None:
    """Every reporter hears of a step that means something to them; once."""
    if move not in WORDS:
        return
    for report in models.Report.objects.filter(problem=row).order_by("id"):
        _send(row, report, WORDS[move], f"governance:{row.id}:{seq}:{report.id}")


def _send(row: models.Problem, report: models.Report, title: str, key: str) -> None:
    if not report.account or report.account.startswith(("system:", "erased.")):
        return
    where = row.place or row.where
    notify.send(
        who=SYSTEM,
        to_account=report.account,
        title=title,
        body=msgid("%(where)s, %(number)s"),
        params={"title": row.kind_name, "where": where, "number": row.number},
        link=f"/street/{row.id}/" if report.source == "citizen" else f"/desk/street/{row.id}/",
        key=key,
    )


def public_events(events_: tuple[CaseEvent, ...]) -> list[CaseEvent]:
    """Steps that a reporter may read."""
    return [event for event in events_ if event.what == "opened" or event.move in WORDS]
