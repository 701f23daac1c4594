"""From report to close: one case for one problem, nobody checks their own work, every reporter hears."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hunhe.kernel.audit.models import Entry
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as flow_queries
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as identity_queries
from hunhe.kernel.notify.models import Notice
from hunhe.networks.governance import actions, climbing, following, models, queries
from hunhe.networks.governance.shapes import Component, State, Why
from hunhe.networks.governance.tests import scene
from hunhe.networks.governance.tests.scene import (
    ALL_ROUND,
    COVER,
    DISPATCHER,
    FIXER,
    INSPECTOR,
    LAT,
    LON,
    METRE,
    PATROL,
    SUPERVISOR,
    citizen,
)
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def city(prepared_city: None, at: Callable[[datetime], None]) -> None:
    at(MONDAY)


def test_four_reports_of_one_cover_are_one_case_and_four_people_hear() -> None:
    made = [scene.report(citizen(n), lat=LAT + n * 4 * METRE) for n in range(4)]
    assert len({report.problem_id for report in made}) == 1
    assert [report.joined for report in made] == [False, True, True, True]
    scene.settle()
    problem = scene.dispatched(made[0].problem_id)
    assert problem.reports == 4
    scene.settle()
    told = Notice.objects.filter(key__contains=problem.id)
    assert {(notice.audience, notice.title) for notice in told} == {
        (f"account:acc_c{n}", title) for n in range(4) for title in ("Filed: %(title)s", "Somebody is on the way: %(title)s")
    }


def test_two_covers_eight_metres_apart_are_two_cases() -> None:
    entered = [Component(code=f"{n}", kind=COVER, name="雨水井盖", lon=LON, lat=LAT + n * 8 * METRE) for n in (0, 1)]
    assert actions.put_components(who=SUPERVISOR, components=entered) == 2
    first = scene.report(citizen(1), component="0")
    second = scene.report(citizen(2), component="1", lat=LAT + 8 * METRE)
    assert first.problem_id != second.problem_id
    third = scene.report(citizen(3), component="1", lat=LAT)
    assert third.problem_id == second.problem_id


def test_a_report_joins_by_place_and_time_only(at: Callable[[datetime], None]) -> None:
    first = scene.report(citizen(1))
    assert scene.report(citizen(2), lat=LAT + 25 * METRE).problem_id != first.problem_id
    assert scene.report(citizen(3), kind="c0102").problem_id != first.problem_id
    assert scene.report(citizen(4), separate=True).problem_id != first.problem_id
    at(MONDAY + timedelta(hours=2, minutes=1))
    (known, *_) = queries.nearby(who=citizen(5), kind=COVER, lon=LON, lat=LAT)
    assert not known.same
    assert scene.report(citizen(5)).problem_id != first.problem_id
    assert scene.report(citizen(6), join=first.problem_id).problem_id == first.problem_id


def test_what_is_near_is_shown_before() -> None:
    scene.report(citizen(1))
    (found,) = queries.nearby(who=citizen(2), kind=COVER, lon=LON, lat=LAT + 10 * METRE)
    assert (found.distance_m, found.same, found.mine) == (10, True, False)
    assert queries.nearby(who=citizen(1), kind=COVER, lon=LON, lat=LAT)[0].mine


def test_the_same_key_is_one_report_and_another_wish_under_it_a_conflict() -> None:
    first = scene.report(citizen(), key="k")
    assert scene.report(citizen(), key="k") == first
    assert models.Report.objects.count() == 1
    with pytest.raises(Conflict):
        scene.report(citizen(), key="k", words="别的")


def test_from_report_to_close() -> None:
    problem_id = scene.report(photo_ids=[scene.photo(citizen()).id]).problem_id
    problem = scene.dispatched(problem_id)
    assert (problem.state, problem.team) == (State.DOING, "drainage_2")
    assert problem.due_at == MONDAY + timedelta(hours=5)  # 4 working hours from 9:00, over noon
    problem = scene.fixed(problem, LAT + 30 * METRE)
    assert problem.state is State.CHECKING
    problem = scene.closed(problem)
    assert (problem.state, problem.settled_at) == (State.SETTLED, MONDAY)
    scene.settle()
    mine = queries.my_report_of(who=citizen(), problem_id=problem_id)
    assert [line.move for line in mine.lines] == ["", "file", "dispatch", "near", "close"]
    assert mine.reopen_until == MONDAY + timedelta(days=7)


def test_a_photo_from_500_metres_away_goes_back_and_the_clock_runs_on(at: Callable[[datetime], None]) -> None:
    problem = scene.dispatched(scene.report().problem_id)
    due = problem.due_at
    at(MONDAY + timedelta(minutes=30))
    problem = scene.fixed(problem, LAT + 500 * METRE)
    assert (problem.state, problem.reworks, problem.due_at) == (State.DOING, 1, due)
    problem = scene.fixed(problem, LAT + 99 * METRE)
    assert (problem.state, problem.reworks) == (State.CHECKING, 1)


def test_a_photo_that_says_no_place_does_not_count_unless_the_device_does() -> None:
    problem = scene.dispatched(scene.report().problem_id)
    nowhere = scene.photo(FIXER, None, None)
    problem = actions.report_fix(who=FIXER, problem_id=problem.id, photo_ids=[nowhere.id], expected_version=problem.rev)
    assert problem.state is State.DOING


def test_a_photo_is_used_once() -> None:
    first, second = scene.report(citizen(1)), scene.report(citizen(2), kind="c0102")
    body = scene.jpeg()
    problem = scene.dispatched(first.problem_id)
    photo = actions.keep_photo(who=FIXER, name="a.jpg", stream=_stream(body))
    actions.report_fix(who=FIXER, problem_id=problem.id, photo_ids=[photo.id], expected_version=problem.rev)
    other = scene.dispatched(second.problem_id)
    again = actions.keep_photo(who=FIXER, name="b.jpg", stream=_stream(body))
    with pytest.raises(Invalid, match=r"photo\.again"):
        actions.report_fix(who=FIXER, problem_id=other.id, photo_ids=[again.id], expected_version=other.rev)


def test_whoever_fixes_cannot_check_not_even_through_the_engine() -> None:
    problem = scene.fixed(scene.dispatched(scene.report().problem_id), who=ALL_ROUND)
    with pytest.raises(Denied, match="apart"):
        actions.check_problem(who=ALL_ROUND, problem_id=problem.id, passes=True, expected_version=problem.rev)
    with pytest.raises(Denied):
        flow.move_case(who=ALL_ROUND, case_id=problem.id, move="close", expected_version=problem.rev)
    assert "close" not in {move.id for move in flow_queries.moves_for(who=ALL_ROUND, case_id=problem.id)}
    assert scene.closed(problem).state is State.SETTLED


def test_nobody_gets_round_the_photo_by_calling_the_engine() -> None:
    """Photos are of this problem and new, and only the city's job says how far away they were taken."""
    problem = scene.dispatched(scene.report().problem_id)
    sent_back = actions.check_problem(
        who=INSPECTOR, problem_id=problem.id, passes=False, expected_version=scene.fixed(problem).rev, note="还在响"
    )
    shown = flow_queries.case_by_id(who=FIXER, case_id=problem.id).facts["fix_photos"]
    for photos in (["made_up"], shown):
        with pytest.raises(Invalid, match=r"governance\.fix\.photo"):
            flow.move_case(
                who=FIXER, case_id=problem.id, move="fix", expected_version=sent_back.rev, facts={"fix_photos": photos}
            )
    assert scene.stage(problem.id) == "fix"


def test_whose_team_it_is_is_not_said_by_the_dispatcher() -> None:
    filed = actions.file_problem(who=DISPATCHER, problem_id=scene.report().problem_id, expected_version=1)
    step = {"who": DISPATCHER, "case_id": filed.id, "move": "dispatch", "expected_version": filed.rev}
    with pytest.raises(Invalid, match=r"flow\.facts\.supplied"):
        flow.move_case(**step, facts={"team": "drainage_2", "team_department": "civil_affairs"})
    with pytest.raises(Invalid, match=r"governance\.team\.unknown"):
        flow.move_case(**step, facts={"team": "nobody"})


def _colleague(name: str) -> Who:
    """A person of the bureau with both posts."""
    account = identity.create_account(
        who=scene.SYSTEM, username=name, password="correct horse", kind="official", department="urban_management", name=name
    )
    for post in ("fixer.drainage_2", "inspector"):
        identity.appoint(who=scene.SYSTEM, account_id=account.id, post=f"urban_management.{post}")
    return identity_queries.who_by_account_id(who=scene.SYSTEM, account_id=account.id)


def test_an_order_is_taken_by_a_person_and_checked_by_another() -> None:
    sun, qian = _colleague("孙修"), _colleague("钱修")
    problem = scene.dispatched(scene.report().problem_id)
    taken = actions.take_order(who=sun, problem_id=problem.id, expected_version=problem.rev)
    assert (taken.taker_name, taken.due_at) == ("孙修", problem.due_at)
    assert actions.take_order(who=sun, problem_id=problem.id, expected_version=problem.rev) == taken, "twice is once"
    (mine,) = queries.list_problems(who=sun, states=(State.DOING,), taker=sun.id).items
    assert mine.id == problem.id
    assert not queries.list_problems(who=qian, states=(State.DOING,), taker=qian.id).items
    with pytest.raises(Denied):
        scene.fixed(taken, who=qian)
    fixed = scene.fixed(actions.take_order(who=qian, problem_id=problem.id, expected_version=taken.rev), who=qian)
    assert (fixed.state, fixed.taker_name) == (State.CHECKING, "钱修")
    with pytest.raises(Denied, match="apart"):
        actions.check_problem(who=qian, problem_id=problem.id, passes=True, expected_version=fixed.rev)
    again = actions.check_problem(who=sun, problem_id=problem.id, passes=False, expected_version=fixed.rev, note="没盖严")
    assert (again.state, again.taker) == (State.DOING, "")
    with pytest.raises(Conflict):
        actions.take_order(who=sun, problem_id=scene.report(kind="c0102").problem_id, expected_version=1)


def test_whatever_the_engine_does_the_map_knows(at: Callable[[datetime], None]) -> None:
    """Handed over or stopped through the engine, not through this room: version, limit and name are right all the same."""
    sun = _colleague("孙修")
    problem = scene.dispatched(scene.report().problem_id)
    handed = flow.transfer_task(who=FIXER, case_id=problem.id, to_account=sun.id, expected_version=problem.rev)
    scene.settle()
    (now,) = queries.list_problems(who=sun, taker=sun.id).items
    assert (now.rev, now.taker_name) == (handed.rev, "孙修")
    stopped = flow.suspend_case(who=sun, case_id=problem.id, reason="weather", expected_version=now.rev, note="暴雪")
    at(MONDAY + timedelta(hours=1))
    resumed = flow.resume_case(who=sun, case_id=problem.id, expected_version=stopped.rev)
    scene.settle()
    (now,) = queries.list_problems(who=sun, taker=sun.id).items
    assert (now.rev, now.due_at) == (resumed.rev, resumed.due_at)
    assert now.due_at != problem.due_at


def test_steps_taken_through_the_engine_keep_their_own_moments(at: Callable[[datetime], None]) -> None:
    problem_id = scene.report().problem_id
    filed = flow.move_case(who=DISPATCHER, case_id=problem_id, move="file", expected_version=1)
    at(MONDAY + timedelta(hours=1))
    flow.move_case(
        who=DISPATCHER, case_id=problem_id, move="dispatch", expected_version=filed.rev, facts={"team": "drainage_2"}
    )
    at(MONDAY + timedelta(hours=2))
    scene.settle()
    (now,) = queries.list_problems(who=DISPATCHER).items
    assert (now.filed_at, now.dispatched_at) == (MONDAY, MONDAY + timedelta(hours=1))
    assert (now.state, now.team) == (State.DOING, "drainage_2")


def test_a_case_of_the_street_opens_on_the_page_of_the_street() -> None:
    case = flow_queries.case_by_id(who=scene.SYSTEM, case_id=scene.report().problem_id)
    assert following.case_page(case, "desk") == f"/desk/street/{case.id}/"
    assert not following.case_page(case, "citizen")


def test_a_reporter_reopens_within_the_days(at: Callable[[datetime], None]) -> None:
    problem = scene.closed(scene.fixed(scene.dispatched(scene.report().problem_id)))
    with pytest.raises(NotFound):
        actions.reopen_problem(who=citizen(9), problem_id=problem.id, why="没好")
    again = actions.reopen_problem(who=citizen(), problem_id=problem.id, why="盖子又响了")
    assert (again.state, again.reopened) == (State.WAITING, 1)
    closed = scene.closed(scene.fixed(scene.dispatched(problem.id, again.rev)))
    assert closed.state is State.SETTLED
    at(MONDAY + timedelta(days=8))
    scene.settle()
    assert scene.stage(problem.id) == "closed"
    with pytest.raises(Conflict):
        actions.reopen_problem(who=citizen(), problem_id=problem.id, why="又响")


def test_the_wrong_team_sends_it_back_with_a_reason() -> None:
    problem = scene.dispatched(scene.report().problem_id, team="greening_1")
    with pytest.raises(Invalid):
        actions.move_problem(who=FIXER, problem_id=problem.id, move="send_back", expected_version=problem.rev)
    back = actions.move_problem(
        who=FIXER, problem_id=problem.id, move="send_back", expected_version=problem.rev, note="井盖归排水队"
    )
    assert (back.state, back.stage) == (State.WAITING, "dispatch")


@pytest.mark.parametrize(
    ("ask", "grant", "refuse", "then"),
    [("ask_extension", "grant_extension", "refuse_extension", "fix"), ("ask_hang", "hang", "refuse_hang", "hung")],
)
def test_side_moves_are_approved_by_another_and_a_refusal_stops_no_clock(
    at: Callable[[datetime], None], ask: str, grant: str, refuse: str, then: str
) -> None:
    problem = scene.dispatched(scene.report().problem_id)
    due = problem.due_at
    at(MONDAY + timedelta(hours=1))
    asked = actions.move_problem(who=FIXER, problem_id=problem.id, move=ask, expected_version=problem.rev, note="要换井座")
    assert asked.state is State.ASKING
    with pytest.raises(Denied):
        actions.move_problem(who=FIXER, problem_id=problem.id, move=grant, expected_version=asked.rev)
    back = actions.move_problem(who=SUPERVISOR, problem_id=problem.id, move=refuse, expected_version=asked.rev, note="抓紧")
    assert (back.stage, back.due_at) == ("fix", due)
    asked = actions.move_problem(who=FIXER, problem_id=problem.id, move=ask, expected_version=back.rev, note="真要换")
    granted = actions.move_problem(who=SUPERVISOR, problem_id=problem.id, move=grant, expected_version=asked.rev)
    assert granted.stage == then


def test_voiding_needs_a_reason_and_a_second_person() -> None:
    problem_id = scene.report().problem_id
    asked = actions.move_problem(
        who=DISPATCHER, problem_id=problem_id, move="ask_void", expected_version=1, note="现场没有这回事"
    )
    gone = actions.move_problem(who=SUPERVISOR, problem_id=problem_id, move="void", expected_version=asked.rev)
    assert (gone.state, gone.is_open) == (State.VOID, False)


def test_overdue_is_seen_one_level_up(at: Callable[[datetime], None]) -> None:
    problem = scene.dispatched(scene.report().problem_id)
    at(MONDAY + timedelta(hours=7))
    scene.settle()
    (late,) = queries.list_problems(who=SUPERVISOR, overdue=True).items
    assert (late.id, late.team_name, late.overdue) == (problem.id, "排水二队", True)
    up = flow_queries.escalated(who=SUPERVISOR, department="urban_management").items
    assert [task.case_id for task in up] == [problem.id]


def test_past_its_limit_it_climbs_level_by_level_at_the_citys_minutes(at: Callable[[datetime], None]) -> None:
    problem = scene.dispatched(scene.report().problem_id)
    assert problem.due_at is not None
    seen = []
    for minutes in (-1, 0, 14, 15, 30, 59, 60, 600):
        at(problem.due_at + timedelta(minutes=minutes))
        climbing.climb()
        climbing.climb()
        seen.append(models.Problem.objects.get().level)
    assert seen == ["", "grid", "grid", "street", "district", "district", "city", "city"]
    told = Notice.objects.filter(key__startswith=f"governance:climbed:{problem.id}").order_by("id")
    assert [notice.params["level"] for notice in told] == [
        "路长（网格） 青阳社区", "街道 泉园街道", "区 沈河区", "市",
    ]  # fmt: skip
    (late,) = queries.list_problems(who=SUPERVISOR, overdue=True, level="city").items
    assert (late.id, late.level_name) == (problem.id, "市")
    assert not queries.list_problems(who=SUPERVISOR, overdue=True, level="grid").items


def test_a_level_missed_is_not_told_late_and_a_new_stage_begins_below(at: Callable[[datetime], None]) -> None:
    problem = scene.dispatched(scene.report().problem_id)
    assert problem.due_at is not None
    at(problem.due_at + timedelta(minutes=45))
    climbing.climb()
    assert Notice.objects.filter(key__startswith="governance:climbed").count() == 1
    fixed = scene.fixed(problem)
    assert (fixed.state, fixed.level) == (State.CHECKING, "")
    assert fixed.due_at is not None
    at(fixed.due_at)
    climbing.climb()
    assert models.Problem.objects.get().level == "grid"
    at(fixed.due_at + timedelta(hours=2))
    scene.closed(queries.list_problems(who=SUPERVISOR).items[0])
    climbing.climb()
    assert models.Problem.objects.get().level == ""


def test_who_could_go_and_why() -> None:
    found = queries.teams_for(who=DISPATCHER, problem_id=scene.report().problem_id)
    assert (found[0].team.id, found[0].why) == ("drainage_2", Why.OWNER)
    assert found[-1].why is Why.TERRITORY
    assert {one.why for one in found[1:-1]} == {Why.ABLE}


def test_what_nobody_owns_goes_to_the_territory() -> None:
    problem_id = scene.report(kind="e0501").problem_id
    models.Problem.objects.filter(id=problem_id).update(kind="e0999")
    (only,) = queries.teams_for(who=DISPATCHER, problem_id=problem_id)
    assert only.team.id == "territory"


def test_a_reporter_may_stay_unnamed() -> None:
    problem_id = scene.report(citizen(1), anonymous=True).problem_id
    scene.report(PATROL)
    names = [report.by_name for report in queries.problem_file(who=DISPATCHER, problem_id=problem_id).reports]
    assert names == ["", "patrol"]


def test_originals_are_for_those_who_handle_it_and_each_look_is_recorded() -> None:
    photo = scene.photo(citizen())
    scene.report(photo_ids=[photo.id])
    for who in (citizen(2), SUPERVISOR, PATROL):
        with pytest.raises(NotFound):
            queries.open_photo(who=who, photo_id=photo.id, original=True)
    with queries.open_photo(who=DISPATCHER, photo_id=photo.id, original=True).content as content:
        assert b"hunhe test" in content.read()
    assert Entry.objects.filter(act="governance.photo.seen", object=photo.id).count() == 1
    with queries.open_photo(who=DISPATCHER, photo_id=photo.id).content as content:
        shown = content.read()
    assert shown.startswith(b"\xff\xd8")
    assert b"hunhe test" not in shown
    assert b"Exif" not in shown


def test_only_citizens_and_patrols_report() -> None:
    with pytest.raises(Denied):
        scene.report(DISPATCHER)
    assert scene.report(PATROL).source == "patrol"


def test_outside_the_city_there_is_no_street() -> None:
    with pytest.raises(NotFound):
        scene.report(lon=2.35, lat=48.85)


def _stream(body: bytes) -> "scene.io.BytesIO":
    return scene.io.BytesIO(body)
