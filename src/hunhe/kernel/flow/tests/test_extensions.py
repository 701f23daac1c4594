"""More time: asked for in time by those whose turn it is, approved by the person in charge, once, and told with the reason."""

from collections.abc import Callable
from datetime import datetime

import pytest

from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import content, models
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Case, Extension
from hunhe.kernel.flow.tests.conftest import CITIZEN, MONDAY, NEIGHBOUR, days, official, run_jobs, step
from hunhe.kernel.notify import queries as notify
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

EXAMINER = official("market_regulation", "examiner", "service.may_review")
HEAD = official("market_regulation", "head", "service.may_review", "service.may_decide")
DEPUTY = official("market_regulation", "deputy", "service.may_decide")
OUTSIDER = official("civil_affairs", "outsider", "service.may_review", "service.may_decide")
WHY = "现场要再看一次"
PERMIT = """
id = "permit"
version = "2026-11"
name = "许可"
owner = "market_regulation"
basis = "本测试"
valid_from = "2026-01-01"
[departments]
front = "market_regulation"
[open]
stage = "review"
by = ["citizen"]
department = "market_regulation"
subject = "required"
origins = ["subject"]
[[stages]]
id = "review"
name = "审查"
actor = { department = "front", may = "service.may_review" }
deadlines = [{ length = 10, basis = "本测试", continues = ["decide"], extension = { length = 10, basis = "本测试", by = { department = "front", may = "service.may_decide" } } }]
timeouts = [{ then = "notify", after = -1, to = { department = "front", may = "service.may_review" } }]
[[stages]]
id = "decide"
name = "决定"
actor = { department = "front", may = "service.may_decide" }
deadlines = [{ length = 10, basis = "本测试", continues = ["review"], extension = { length = 10, basis = "本测试", by = { department = "front", may = "service.may_decide" } } }]
[[stages]]
id = "short"
name = "送达"
actor = { department = "front", may = "service.may_review" }
deadlines = [{ length = 1, basis = "本测试" }]
[[stages]]
id = "done"
name = "完"
final = "done"
[[moves]]
id = "propose"
name = "提出"
from = ["review"]
to = "decide"
[[moves]]
id = "send_back"
name = "退回"
kind = "return"
from = ["decide"]
to = "review"
[[moves]]
id = "grant"
name = "准予"
from = ["decide"]
to = "short"
[[moves]]
id = "deliver"
name = "送达"
from = ["short"]
to = "done"
"""


@pytest.fixture
def case(town: None) -> Case:
    content.apply(HEAD, [ContentFile.parsed("kernel/flow/procedures/permit.toml", "test", PERMIT)])
    return flow.open_case(
        who=CITIZEN,
        procedure="permit",
        department=None,
        facts={},
        subject_id="person_1",
        origin="subject",
        title="许可",
        key="k",
    )


def ask(who: Who, case: Case, why: str = WHY) -> Case:
    return flow.ask_extension(who=who, case_id=case.id, reason=why, expected_version=case.rev)


def decide(who: Who, case: Case, note: str = "", *, approves: bool = True) -> Case:
    return flow.decide_extension(who=who, case_id=case.id, approves=approves, note=note, expected_version=case.rev)


def shown(who: Who, case: Case) -> Extension:
    found = cases.case_file(who=who, case_id=case.id).turns[0].extension
    assert found is not None
    return found


def test_ten_more_working_days_and_the_applicant_reads_why(case: Case) -> None:
    assert case.due_at == datetime.fromisoformat("2026-11-30T09:00:00+00:00")
    assert (shown(EXAMINER, case).may_ask, shown(HEAD, case).may_decide) == (True, False)
    asked = ask(EXAMINER, case)
    assert asked.due_at == case.due_at
    assert (shown(EXAMINER, case).may_ask, shown(EXAMINER, case).may_decide, shown(HEAD, case).may_decide) == (
        False,
        False,
        True,
    )
    given = decide(HEAD, asked)
    assert given.due_at == datetime.fromisoformat("2026-12-14T09:00:00+00:00")
    assert shown(CITIZEN, case).state == "given"
    events = cases.history(who=CITIZEN, case_id=case.id)
    assert [(event.what, event.by_name, event.note) for event in events[1:]] == [
        ("more_asked", "examiner", WHY),
        ("extended", "head", WHY),
    ]
    assert all(event.entry_id for event in events)
    (notice,) = notify.list_notices(who=CITIZEN).items
    assert (notice.params["why"], notice.params["day"]) == (WHY, "2026-12-14")


def test_once_for_the_whole_limit_whichever_stage_it_spans(case: Case) -> None:
    given = decide(HEAD, ask(EXAMINER, case))
    with pytest.raises(Conflict, match=r"flow\.extension\.once"):
        ask(EXAMINER, given)
    there = step(EXAMINER, given, "propose")
    assert there.due_at == given.due_at, "the limit runs on, extended"
    with pytest.raises(Conflict, match=r"flow\.extension\.once"):
        ask(DEPUTY, there)
    back = step(HEAD, there, "send_back", note="再看")
    assert back.due_at == given.due_at
    with pytest.raises(Conflict, match=r"flow\.extension\.once"):
        ask(EXAMINER, back)


def test_not_by_others_not_by_oneself_not_without_a_reason(case: Case) -> None:
    for who, error in ((CITIZEN, Denied), (DEPUTY, Denied), (NEIGHBOUR, NotFound), (OUTSIDER, NotFound)):
        with pytest.raises(error):
            ask(who, case)
    with pytest.raises(Invalid, match=r"flow\.move\.reason"):
        ask(EXAMINER, case, "  ")
    asked = ask(HEAD, case)
    with pytest.raises(Conflict, match=r"flow\.extension\.asked"):
        ask(EXAMINER, asked)
    with pytest.raises(Denied, match=r"flow\.extension\.second_person"):
        decide(HEAD, asked)
    for who, error in ((CITIZEN, Denied), (EXAMINER, Denied), (NEIGHBOUR, NotFound), (OUTSIDER, NotFound)):
        with pytest.raises(error):
            decide(who, asked)
    assert decide(DEPUTY, asked).due_at != case.due_at


def test_a_no_needs_a_reason_is_told_to_whoever_asked_and_leaves_the_limit(case: Case) -> None:
    asked = ask(EXAMINER, case)
    with pytest.raises(Invalid, match=r"flow\.move\.reason"):
        decide(HEAD, asked, approves=False)
    refused = decide(HEAD, asked, "材料已经齐了", approves=False)
    assert refused.due_at == case.due_at
    assert not any("day" in notice.params for notice in notify.list_notices(who=CITIZEN).items)
    with pytest.raises(Conflict, match=r"flow\.extension\.not_asked"):
        decide(HEAD, refused)
    assert ask(EXAMINER, refused, "换了理由").rev > refused.rev


def test_not_after_the_limit_has_passed_and_reminders_move_with_it(case: Case, at: Callable[[datetime], None]) -> None:
    asked = ask(EXAMINER, case)
    at(MONDAY + days(13.5))
    run_jobs()
    fired = models.Timer.objects.filter(task__case_id=case.id, what="0")
    assert list(fired.values_list("state", flat=True)) == ["fired"], "one day before the limit"
    current = cases.case_by_id(who=HEAD, case_id=case.id)
    decide(HEAD, current)
    assert sorted(fired.values_list("state", flat=True)) == ["armed", "fired"]
    at(MONDAY + days(15))
    run_jobs()
    assert not models.Task.objects.get(case_id=case.id, live=1).overdue
    at(MONDAY + days(29))
    run_jobs()
    assert models.Task.objects.get(case_id=case.id, live=1).overdue
    assert asked.rev == current.rev


def test_too_late(case: Case, at: Callable[[datetime], None]) -> None:
    at(MONDAY + days(15))
    with pytest.raises(Conflict, match=r"flow\.extension\.late"):
        ask(EXAMINER, case)


def test_asked_in_time_but_answered_too_late(case: Case, at: Callable[[datetime], None]) -> None:
    asked = ask(EXAMINER, case)
    at(MONDAY + days(15))
    with pytest.raises(Conflict, match=r"flow\.extension\.late"):
        decide(HEAD, asked)


def test_a_limit_without_extension_and_a_turn_that_ended(case: Case) -> None:
    there = step(EXAMINER, ask(EXAMINER, case), "propose")
    with pytest.raises(Conflict, match=r"flow\.extension\.not_asked"):
        decide(DEPUTY, there)
    last = step(HEAD, there, "grant")
    with pytest.raises(Invalid, match=r"flow\.extension\.none"):
        ask(EXAMINER, last)
    assert cases.case_file(who=EXAMINER, case_id=case.id).turns[0].extension is None


def test_the_subject_cannot_approve() -> None:
    text = PERMIT.replace('by = { department = "front", may = "service.may_decide" }', "by = { subject = true }", 1)
    found = list(content.check([ContentFile.parsed("kernel/flow/procedures/permit.toml", "test", text)]))
    assert [doubt.key for doubt in found] == ["stages[0].deadlines[0].extension.by"]
