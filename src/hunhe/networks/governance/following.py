"""The problem follows its case: state, times and limits for the map, comparison of photos, and a word to every reporter."""

from datetime import UTC, datetime

from django.db import transaction
from django.urls import reverse

from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Event
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as flow_queries
from hunhe.kernel.flow.shapes import Case, CaseEvent
from hunhe.kernel.identity import queries as identity
from hunhe.kernel.notify import actions as notify
from hunhe.networks.governance import content, landing, models
from hunhe.networks.governance.rules import STATE_OF_STAGE, is_near, level_at
from hunhe.networks.governance.shapes import State
from hunhe.stone import clock
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("governance")
NEVER_YET = datetime(1970, 1, 1, tzinfo=UTC)
PROCEDURE = "street_problem"
TIMES = {"file": "filed_at", "dispatch": "dispatched_at", "near": "fixed_at", "close": "settled_at"}
CHANGES = ("moved", "confirmed", "transferred", "suspended", "resumed", "more_asked", "more_refused", "extended")
REWORKS = ("far", "rework")
ANEW = ("dispatch", "fix")
"""Stages in which an order is nobody's yet, however often it comes there."""
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
    for what in CHANGES:
        events.subscribe(who=start, name=f"flow.case.{what}", subscriber="governance", handler=_hear)
    events.subscribe(who=start, name="governance.report.made", subscriber="governance", handler=_thank)


def case_page(case: Case, skin: str) -> str:
    """Officials open street cases on the page of the street."""
    return reverse("governance:problem", args=[case.id]) if case.procedure == PROCEDURE and skin == "desk" else ""


def follow(row: models.Problem, case: Case, move: str, at: datetime) -> None:
    """Set what a map shows from the case; the caller saves the row."""
    if (row.stage, row.due_at) != (case.stage, case.due_at):
        row.level, row.level_name, row.level_holder, row.climbs_at = "", "", "", models.NEVER
        if case.due_at is not None and STATE_OF_STAGE.get(case.stage, State.VOID).is_open:
            row.climbs_at = level_at(content.book().levels, case.due_at, NEVER_YET)[1] or models.NEVER
    row.stage, row.stage_name, row.rev, row.due_at = case.stage, case.stage_name, case.rev, case.due_at
    state = STATE_OF_STAGE.get(case.stage, State.VOID)
    row.state, row.live = state.value, int(state.is_open)
    row.over_at = models.NEVER if state.is_open else min(row.over_at, at)
    row.team, row.team_name = str(case.facts.get("team", ""))[:40], str(case.facts.get("team_name", ""))[:100]
    row.department, row.team_post = str(case.facts.get("team_department", "")), str(case.facts.get("team_post", ""))
    if move and case.stage in ANEW:
        row.taker = row.taker_name = ""
    _count(row, move, at)
    if case.stage == "fix":
        row.fix_due_at = case.due_at


def _count(row: models.Problem, move: str, at: datetime) -> None:
    if move in TIMES:
        setattr(row, TIMES[move], at)
    if move in REWORKS:
        row.reworks += 1
    if move == "reopen":
        row.reopened += 1
        row.settled_at = None


def moved(row: models.Problem, case: Case, move: str) -> models.Problem:
    """After a move of ours, in its transaction."""
    follow(row, case, move, clock.now())
    row.save()
    if case.stage == "compare":
        return compare(row, case)
    return row


def catch_up(row: models.Problem, case: Case) -> None:
    """The case went on without this room, perhaps by several steps: read them all anew; the caller saves the row."""
    row.reworks = row.reopened = 0
    follow(row, case, "", clock.now())
    file = flow_queries.case_file(who=SYSTEM, case_id=row.id)
    for event in file.events:
        if event.what != "moved":
            continue
        _count(row, event.move, event.at)
        if event.move == "fix":
            row.taker, row.taker_name = event.by, event.by_name[:100]
    if case.stage in ANEW:
        row.taker = next((turn.account for turn in file.turns if turn.account), "")
        names = identity.accounts_by_ids(who=SYSTEM, account_ids=[row.taker])
        row.taker_name = next((found.name[:100] for found in names), "")


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
            catch_up(row, case)
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
