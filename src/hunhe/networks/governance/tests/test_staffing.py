"""Teams with people, inspectors of an area, levels with a holder: all by posts and appointments, deputies included."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from hunhe.house import doctor
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as flow_queries
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as identity_queries
from hunhe.kernel.notify import queries as notify
from hunhe.networks.governance import actions, climbing, models, queries, rules
from hunhe.networks.governance.shapes import State, Why
from hunhe.networks.governance.tests import scene
from hunhe.networks.governance.tests.scene import DISPATCHER, LAT, LON
from hunhe.stone.errors import Denied
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
DEPARTMENT = "urban_management"
MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def city(prepared_city: None, at: Callable[[datetime], None]) -> None:
    at(MONDAY)


def person(name: str, *posts: str) -> str:
    account = identity.create_account(
        who=scene.SYSTEM, username=name, password="correct horse", kind="official", department=DEPARTMENT, name=name
    )
    for post in posts:
        identity.appoint(who=scene.SYSTEM, account_id=account.id, post=f"{DEPARTMENT}.{post}")
    return account.id


def who(account_id: str) -> Who:
    return identity_queries.who_by_account_id(who=scene.SYSTEM, account_id=account_id)


def test_only_members_take_an_order_and_a_deputy_is_one() -> None:
    zhao, sun = person("赵", "fixer.drainage_2"), person("孙", "fixer.drainage_1")
    problem = scene.dispatched(scene.report().problem_id)
    for refused in (who(sun), who(person("李", "fixer"))):
        with pytest.raises(Denied, match="not_your_team"):
            actions.take_order(who=refused, problem_id=problem.id, expected_version=problem.rev)
        with pytest.raises(Denied):
            flow.transfer_task(who=refused, case_id=problem.id, to_account=refused.id, expected_version=problem.rev)
        with pytest.raises(Denied):
            scene.fixed(problem, who=refused)
        assert not flow_queries.moves_for(who=refused, case_id=problem.id)
        assert not flow_queries.inbox(who=refused, department=DEPARTMENT).items
    identity.delegate(
        who=who(zhao), post=f"{DEPARTMENT}.fixer.drainage_2", deputy_id=sun, since=MONDAY.date(), until=MONDAY.date()
    )
    assert [task.case_id for task in flow_queries.inbox(who=who(sun), department=DEPARTMENT).items] == [problem.id]
    taken = actions.take_order(who=who(sun), problem_id=problem.id, expected_version=problem.rev)
    assert taken.taker_name == "孙"


def test_a_new_order_is_told_to_the_team_alone() -> None:
    zhao, sun = person("赵", "fixer.drainage_2"), person("孙", "fixer.drainage_1")
    scene.dispatched(scene.report().problem_id)
    told = [len(notify.list_notices(who=who(account)).items) for account in (zhao, sun)]
    assert told == [1, 0]


def test_category_and_area_find_the_team_of_that_area() -> None:
    for team in ("drainage_2", "drainage_heping"):
        person(team, f"fixer.{team}")
    here = scene.report().problem_id
    models.Problem.objects.filter(id=here).update(divisions=["210102", "210102019", "210102019001"])
    assert queries.teams_for(who=DISPATCHER, problem_id=here)[0].team.id == "drainage_heping"
    models.Problem.objects.filter(id=here).update(divisions=["210103", "210103020"])
    found = queries.teams_for(who=DISPATCHER, problem_id=here)
    assert found[0].team.id == "drainage_2"
    assert "drainage_heping" not in {one.team.id for one in found}


def test_a_team_without_people_is_seen_before_anything_is_sent_there() -> None:
    problem_id = scene.report().problem_id
    assert {one.members for one in queries.teams_for(who=DISPATCHER, problem_id=problem_id)} == {0}
    person("赵", "fixer.drainage_1")
    first, *others = queries.teams_for(who=DISPATCHER, problem_id=problem_id)
    assert (first.team.id, first.why, first.members) == ("drainage_1", Why.ABLE, 1)
    assert (others[0].team.id, others[0].why, others[0].members) == ("drainage_2", Why.OWNER, 0)
    found = queries.who_is_where(who=DISPATCHER)
    assert "排水二队" in found.vacant
    assert "排水一队" not in found.vacant
    finding = doctor._street()
    assert not finding.ok
    assert "排水二队" in finding.detail


def test_inspectors_check_in_their_area_and_never_their_own_fix() -> None:
    qian, zhou, wu = person("钱", "inspector.heping"), person("周", "inspector"), person("吴", "inspector", "fixer.drainage_2")
    problem = scene.fixed(scene.dispatched(scene.report().problem_id), who=who(wu))
    step = {"problem_id": problem.id, "passes": True, "expected_version": problem.rev}
    for refused in (qian, wu):
        with pytest.raises(Denied):
            actions.check_problem(who=who(refused), **step)
    assert queries.areas_of_inspector(who=who(qian)) == ("210102",)
    assert not queries.list_problems(who=who(qian), states=(State.CHECKING,), areas=("210102",)).items
    assert queries.list_problems(who=who(zhou), states=(State.CHECKING,), areas=("210103020",)).items
    assert queries.areas_of_inspector(who=who(zhou)) == ()
    assert actions.check_problem(who=who(zhou), **step).state is State.SETTLED


def test_an_inspector_of_the_area_checks_there() -> None:
    qian = person("钱", "inspector.heping")
    west = LON - 0.06
    problem_id = scene.report(lon=west).problem_id
    problem = models.Problem.objects.get(id=problem_id)
    models.Problem.objects.filter(id=problem_id).update(divisions=["210102"], division="210102")
    sent = scene.dispatched(problem_id)
    fixed = actions.report_fix(
        who=scene.FIXER,
        problem_id=problem_id,
        photo_ids=[scene.photo(scene.FIXER, west, LAT).id],
        expected_version=sent.rev,
    )
    assert rules.distance_m(problem.lon, problem.lat, west, LAT) < 1
    closed = actions.check_problem(who=who(qian), problem_id=problem_id, passes=True, expected_version=fixed.rev)
    assert closed.state is State.SETTLED


def test_each_level_names_and_tells_the_holder_of_its_post_or_the_next_above(at: Callable[[datetime], None]) -> None:
    street, district, city = person("街", "chief.quanyuan"), person("区", "chief.shenhe"), person("市", "supervisor")
    problem = scene.dispatched(scene.report().problem_id)
    assert problem.due_at is not None
    seen = []
    for minutes in (0, 15, 30, 60):
        at(problem.due_at + timedelta(minutes=minutes))
        climbing.climb()
        row = models.Problem.objects.get()
        seen.append((row.level_name, row.level_holder))
    assert seen == [("路长（网格） 青阳社区", ""), ("街道 泉园街道", "街"), ("区 沈河区", "区"), ("市", "市")]
    told = {account: _levels(account) for account in (street, district, city)}
    assert told == {
        street: ["街道 泉园街道 街", "路长（网格） 青阳社区"],
        district: ["区 沈河区 区"],
        city: ["市 市"],
    }


def _levels(account: str) -> list[str]:
    notices = notify.list_notices(who=who(account)).items
    return [str(found.params["level"]) for found in notices if "level" in found.params]


def test_where_every_post_above_is_vacant_those_who_supervise_hear(at: Callable[[datetime], None]) -> None:
    problem = scene.dispatched(scene.report().problem_id)
    assert problem.due_at is not None
    at(problem.due_at)
    climbing.climb()
    assert [
        str(found.params["level"]) for found in notify.list_notices(who=scene.SUPERVISOR).items if "level" in found.params
    ] == ["路长（网格） 青阳社区"]


def test_who_is_where_costs_the_same_however_many_people(django_assert_num_queries: Callable[[int], object]) -> None:
    queries.who_is_where(who=DISPATCHER)
    with django_assert_num_queries(4):
        queries.who_is_where(who=DISPATCHER)
    for number in range(8):
        person(f"p{number}", "fixer.drainage_2", "inspector.heping")
    with django_assert_num_queries(4):
        queries.who_is_where(who=DISPATCHER)
