from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.kernel.city.shapes import WorkCalendar
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import models, queries
from hunhe.kernel.flow.procedure import Deadline
from hunhe.kernel.flow.rules import due_at, shifted_due
from hunhe.kernel.flow.tests.conftest import (
    APPLICANT,
    BUREAU,
    CITIZEN,
    COLLEAGUE,
    MONDAY,
    PROVIDER,
    apply_for_subsidy,
    ask_for_data,
    days,
    run_jobs,
    step,
)
from hunhe.kernel.notify import queries as notify
from hunhe.stone.errors import Conflict, Denied, Invalid

BEFORE_NATIONAL_DAY = datetime(2026, 9, 29, 8, 0, tzinfo=UTC)


def day(moment: datetime) -> str:
    return f"{moment.astimezone(WorkCalendar().zone):%m-%d %H:%M}"


def test_limits_jump_over_holidays_and_count_make_up_days(town, at):
    from hunhe.kernel.city import queries as city
    from hunhe.stone.who import Who

    calendar = city.calendar(who=Who.system("test"))
    at(BEFORE_NATIONAL_DAY)
    case = ask_for_data()
    assert case.due_at == calendar.deadline(BEFORE_NATIONAL_DAY, 2)
    between = [n for n in range(1, 30) if calendar.is_working_day((BEFORE_NATIONAL_DAY + days(n)).date())]
    assert (case.due_at.astimezone(calendar.zone).date() - BEFORE_NATIONAL_DAY.date()).days == between[1]
    assert between[1] > 2, "the national holiday lies in between"


def test_the_reply_has_ten_days_where_it_must_first_publish(town):
    quick = step(BUREAU, ask_for_data(), "pass")
    slow = step(BUREAU, ask_for_data(), "pass", must_publish=True)
    assert (day(quick.due_at), day(slow.due_at)) == ("11-23 17:00", "11-30 17:00")


def test_silence_is_flagged_told_and_brought_one_level_up(town, at):
    case = step(BUREAU, ask_for_data(), "pass")
    assert run_jobs() == 0
    at(case.due_at - days(1))
    run_jobs()
    assert notify.list_notices(who=PROVIDER).items[0].title == "Soon due: %(title)s"
    at(case.due_at + timedelta(minutes=1))
    run_jobs()
    (task,) = queries.inbox(who=PROVIDER, department="public_security").items
    assert task.overdue
    assert [found.case_id for found in queries.escalated(who=BUREAU, department="data_bureau").items] == [case.id]
    assert "Overdue: %(title)s" in [notice.title for notice in notify.list_notices(who=BUREAU).items]
    assert queries.case_by_id(who=BUREAU, case_id=case.id).rev == case.rev
    lines = [line.what for line in queries.history(who=BUREAU, case_id=case.id)]
    assert lines == ["opened", "moved", "reminded", "overdue", "escalated"]
    at(case.due_at + days(9))
    assert run_jobs() == 0
    assert step(PROVIDER, case, "refuse", note="依据不足").stage == "refusal_known"
    assert queries.escalated(who=BUREAU, department="data_bureau").items == ()


def test_a_done_task_has_no_timers_left(town, at):
    case = step(BUREAU, ask_for_data(), "pass")
    at(MONDAY + days(4))
    run_jobs()
    assert queries.case_by_id(who=BUREAU, case_id=case.id).rev == case.rev
    assert not models.Task.objects.filter(case_id=case.id, stage="check", overdue=True).exists()


def test_what_nobody_answers_in_time_is_accepted_by_law(town, at):
    case = apply_for_subsidy()
    at(case.due_at + timedelta(seconds=1))
    run_jobs()
    moved = queries.case_by_id(who=CITIZEN, case_id=case.id)
    assert (moved.stage, moved.rev) == ("review", 2)
    last = queries.history(who=CITIZEN, case_id=case.id)[-1]
    assert (last.move, last.by, last.name) == ("accept_by_law", "system:flow", "逾期未告知，视为受理")
    with pytest.raises(Denied):
        step(COLLEAGUE, apply_for_subsidy(), "accept_by_law")


def test_a_stopped_clock_gives_its_days_back(town, at):
    case = step(COLLEAGUE, apply_for_subsidy(), "accept")
    before = case.due_at
    at(MONDAY + days(1))
    with pytest.raises(Invalid, match=r"flow\.pause\.unknown"):
        flow.suspend_case(who=COLLEAGUE, case_id=case.id, reason="lunch", expected_version=case.rev)
    with pytest.raises(Denied):
        flow.suspend_case(who=CITIZEN, case_id=case.id, reason="hearing", expected_version=case.rev)
    case = flow.suspend_case(who=COLLEAGUE, case_id=case.id, reason="hearing", expected_version=case.rev)
    assert (case.state, case.pause) == ("suspended", "hearing")
    with pytest.raises(Conflict, match=r"flow\.case\.suspended"):
        step(COLLEAGUE, case, "propose", amount_fen=1)
    at(before + days(30))
    run_jobs()
    assert not models.Task.objects.filter(case_id=case.id, overdue=True).exists()
    at(MONDAY + days(8))
    case = flow.resume_case(who=APPLICANT, case_id=case.id, expected_version=case.rev)
    assert (case.state, case.due_at - before) == ("open", days(7))
    with pytest.raises(Conflict, match=r"flow\.case\.running"):
        flow.resume_case(who=APPLICANT, case_id=case.id, expected_version=case.rev)
    at(case.due_at)
    run_jobs()
    assert models.Task.objects.filter(case_id=case.id, overdue=True).count() == 1


def test_a_suspended_case_can_still_be_withdrawn(town):
    case = step(COLLEAGUE, apply_for_subsidy(), "accept")
    case = flow.suspend_case(who=COLLEAGUE, case_id=case.id, reason="expert", expected_version=case.rev)
    assert [move.id for move in queries.moves_for(who=CITIZEN, case_id=case.id)] == ["withdraw"]
    assert queries.moves_for(who=COLLEAGUE, case_id=case.id) == ()
    assert flow.withdraw_case(who=CITIZEN, case_id=case.id, expected_version=case.rev).outcome == "withdrawn"


CALENDAR = WorkCalendar()
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


@given(
    moments, st.integers(1, 30), st.floats(0, 20), st.floats(0, 20), st.sampled_from(["working_days", "working_hours", "days"])
)
def test_pausing_never_takes_time_away(start, length, wait, pause, unit):
    """A pause moves a limit later or not at all, and as much as the time that stood still."""
    limit = due_at(CALENDAR, Deadline(length=length, unit=unit, basis="x"), start)
    paused = min(start + days(wait), limit)
    resumed = paused + days(pause)
    later = shifted_due(CALENDAR, unit, limit, paused, resumed)
    assert later >= limit
    if unit == "working_days":
        assert CALENDAR.working_days_between(limit, later) == CALENDAR.working_days_between(paused, resumed)
    elif unit == "days":
        assert later - limit == resumed - paused
    else:
        stood = CALENDAR.working_time_between(paused, resumed)
        assert abs(CALENDAR.working_time_between(limit, later) - stood) < timedelta(seconds=1)


def test_handing_a_turn_to_one_person(prepared_city, at):
    from hunhe.kernel.identity import actions as identity
    from hunhe.kernel.identity import queries as people
    from hunhe.kernel.identity.models import Account
    from hunhe.stone.who import Who

    at(MONDAY)
    system = Who.system("test")

    def hire(name: str, department: str, role: str) -> Who:
        account = identity.create_account(
            who=system, username=name, password="correct horse battery", kind="official", department=department, name=name
        )
        identity.appoint(who=system, account_id=account.id, post=f"{department}.{role}")
        return people.who_for_account(who=system, account=Account.objects.get(pk=account.id))

    one, other = hire("one", "public_security", "approver"), hire("other", "public_security", "approver")
    clerk, away = hire("clerk", "public_security", "clerk"), hire("away", "market_regulation", "approver")
    case = step(BUREAU, ask_for_data(), "pass")
    for unfit in (clerk, away):
        with pytest.raises(Invalid, match=r"flow\.transfer\.unfit"):
            flow.transfer_task(who=one, case_id=case.id, to_account=unfit.id, expected_version=case.rev)
    case = flow.transfer_task(who=one, case_id=case.id, to_account=other.id, expected_version=case.rev)
    assert queries.inbox(who=one, department="public_security").items == ()
    assert [task.account for task in queries.inbox(who=other, department="public_security").items] == [other.id]
    with pytest.raises(Denied):
        step(one, case, "refuse", note="x")
    assert step(other, case, "refuse", note="x").stage == "refusal_known"


SPANNING = """
id = "spanning"
version = "2026-11"
name = "一个时限跨几个环节"
owner = "civil_affairs"
basis = "本测试"
valid_from = "2026-01-01"
[departments]
front = "civil_affairs"
[open]
stage = "take"
[pauses]
hearing = { name = "听证", basis = "本测试" }
[[stages]]
id = "take"
name = "收件"
actor = { department = "front" }
deadlines = [{ length = 5, basis = "本测试" }]
timeouts = [{ then = "move", move = "by_law" }]
[[stages]]
id = "examine"
name = "审查"
actor = { department = "front" }
deadlines = [{ length = 10, basis = "本测试", pauses = ["hearing"], continues = ["decide"] }]
[[stages]]
id = "decide"
name = "决定"
actor = { department = "front" }
deadlines = [{ length = 10, basis = "本测试", continues = ["examine"] }]
[[stages]]
id = "done"
name = "办结"
final = "done"
[[moves]]
id = "accept"
name = "受理"
from = ["take"]
to = "examine"
[[moves]]
id = "by_law"
name = "视为受理"
from = ["take"]
to = "examine"
automatic = true
from_arrival = true
[[moves]]
id = "propose"
name = "提出意见"
from = ["examine"]
to = "decide"
[[moves]]
id = "send_back"
name = "退回"
kind = "return"
from = ["decide"]
to = "examine"
[[moves]]
id = "grant"
name = "准予"
from = ["decide"]
to = "done"
apart_from = ["accept", "propose"]
"""


@pytest.fixture
def spanning(town):
    from hunhe.kernel.city.shapes import ContentFile
    from hunhe.kernel.flow import content
    from hunhe.kernel.flow.tests.conftest import SYSTEM

    content.apply(SYSTEM, [ContentFile.parsed("kernel/flow/procedures/spanning.toml", "test", SPANNING)])
    return flow.open_case(
        who=COLLEAGUE,
        procedure="spanning",
        department="civil_affairs",
        facts={},
        origin="office",
        title="跨环节",
        key="spanning",
    )


def test_a_limit_runs_on_through_the_stages_that_continue_it(spanning, at):
    case = step(COLLEAGUE, spanning, "accept")
    due = case.due_at
    at(MONDAY + days(2))
    case = step(COLLEAGUE, case, "propose")
    assert case.due_at == due
    at(MONDAY + days(3))
    assert step(COLLEAGUE, case, "send_back", note="再看").due_at == due


def test_what_follows_by_law_holds_from_the_day_the_stage_began(spanning, at):
    from hunhe.kernel.city import queries as city
    from hunhe.kernel.flow.tests.conftest import SYSTEM

    at(spanning.due_at + timedelta(hours=1))
    run_jobs()
    case = queries.case_by_id(who=COLLEAGUE, case_id=spanning.id)
    assert case.stage == "examine"
    assert case.due_at == city.calendar(who=SYSTEM).deadline(MONDAY, 10)
    (lapse,) = [line for line in queries.history(who=COLLEAGUE, case_id=case.id) if line.move == "by_law"]
    assert (lapse.as_of, lapse.at > MONDAY) == (MONDAY, True)


def test_whoever_took_an_earlier_step_does_not_take_this_one(spanning):
    case = step(COLLEAGUE, step(COLLEAGUE, spanning, "accept"), "propose")
    assert "grant" not in [move.id for move in queries.moves_for(who=COLLEAGUE, case_id=case.id)]
    with pytest.raises(Denied, match=r"flow\.move\.apart"):
        step(COLLEAGUE, case, "grant")
    assert step(APPLICANT, case, "grant").outcome == "done"
