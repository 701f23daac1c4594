"""Ids that outlive builds, builds that do nothing twice, merges under four eyes, and a builder that is killed."""

import pytest

from hunhe.hub.bases import actions, building, models, queries
from hunhe.hub.bases.shapes import BuildState, MergeState
from hunhe.hub.bases.tests.city import (
    EMPLOYMENT,
    ENTERPRISE,
    INSURED,
    RESIDENT,
    SYSTEM,
    build,
    employed,
    enterprise,
    insured,
    links,
    number,
    put,
    resident,
)
from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.tests.processes import run_process
from hunhe.kernel.events import actions as events
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db(transaction=True)
LI, WANG = number(1), number(2)
ONE = Who(id="acc_one", kind="official", department="data_bureau", may=frozenset({"bases.may_merge", "bases.may_see_golden"}))
TWO = Who(id="acc_two", kind="official", department="data_bureau", may=frozenset({"bases.may_merge"}))
FIRM = "91350100M000100Y43"


def first_city() -> None:
    put(RESIDENT, [resident(LI, "李静", phone="13800000001"), resident(WANG, "王强")])
    put(EMPLOYMENT, [employed("JY1", LI, "李静"), employed("JY2", WANG, "王强")])
    put(INSURED, [insured("I1", None, "周涛", phone="13600000000")])


def test_the_same_inputs_build_nothing_and_new_ones_keep_every_id() -> None:
    first_city()
    first = build()
    before = links()
    again = build()
    assert (again.id, again.tables) == (first.id, first.tables)
    assert models.Build.objects.count() == 1
    put(EMPLOYMENT, [employed("JY2", WANG, "王强"), employed("JY1", LI, "李静"), employed("JY3", number(3), "赵敏")])
    third = build()
    assert third.inputs[EMPLOYMENT] == (first.inputs[EMPLOYMENT] or 0) + 1
    assert (third.subjects, third.new_subjects) == (4, 1)
    assert {key: subject for key, subject in links().items() if key in before} == before


def test_a_row_that_gets_its_number_later_keeps_its_subject() -> None:
    first_city()
    build()
    lonely = links()[INSURED, "I1"]
    put(INSURED, [insured("I1", number(8), "周涛", phone="13600000000")])
    build()
    assert links()[INSURED, "I1"] == lonely
    assert queries.subject_by_id_number(who=SYSTEM, base="population", number=number(8)) == lonely


def test_two_subjects_that_prove_to_be_one_leave_an_alias() -> None:
    first_city()
    build()
    lonely = links()[INSURED, "I1"]
    put(INSURED, [insured("I1", LI, "李静", phone="13600000000")])
    build()
    li = links()[RESIDENT, LI]
    assert links()[INSURED, "I1"] == li != lonely
    assert queries.resolve_alias(who=SYSTEM, subject_id=lonely) == li
    record = queries.subject(who=SYSTEM, base="population", subject_id=lonely)
    assert (record.subject_id, record.asked_as) == (li, lonely)


def test_a_number_given_to_somebody_else_gets_an_id_of_its_own() -> None:
    """A corrected number leaves; whoever has the old number afterwards is not taken for the former person."""
    first_city()
    build()
    li = links()[EMPLOYMENT, "JY1"]
    put(RESIDENT, [resident(number(9), "李静"), resident(WANG, "王强")])
    put(EMPLOYMENT, [employed("JY1", number(9), "李静"), employed("JY2", WANG, "王强")])
    build()
    assert links()[EMPLOYMENT, "JY1"] == li
    put(EMPLOYMENT, [employed("JY1", number(9), "李静"), employed("JY2", WANG, "王强"), employed("JY7", LI, "孙磊")])
    build()
    assert links()[EMPLOYMENT, "JY1"] == li != links()[EMPLOYMENT, "JY7"]


def test_merging_needs_a_second_person_and_can_be_undone() -> None:
    first_city()
    build()
    before = links()
    li, zhou = before[RESIDENT, LI], before[INSURED, "I1"]
    proposal = actions.merge_subjects(who=ONE, base="population", subject_id=li, other=zhou, reason="本人到场核实")
    with pytest.raises(Denied):
        actions.decide_merge(who=ONE, merge_id=proposal.id, approve=True)
    assert actions.decide_merge(who=TWO, merge_id=proposal.id, approve=True).state is MergeState.APPROVED
    with pytest.raises(Conflict):
        actions.decide_merge(who=TWO, merge_id=proposal.id, approve=False)
    events.run_due(who=SYSTEM)
    assert links()[INSURED, "I1"] == li
    assert queries.resolve_alias(who=SYSTEM, subject_id=zhou) == li
    undo = actions.unmerge_subject(who=ONE, base="population", subject_id=zhou, reason="不是同一人")
    actions.decide_merge(who=TWO, merge_id=undo.id, approve=True)
    events.run_due(who=SYSTEM)
    assert links() == before
    assert queries.resolve_alias(who=SYSTEM, subject_id=zhou) == zhou


def test_rows_can_be_set_apart() -> None:
    put(RESIDENT, [resident(LI, "李静")])
    put(EMPLOYMENT, [employed("JY1", LI, "李静"), employed("JY2", LI, "李静")])
    put(INSURED, [])
    build()
    li = links()[RESIDENT, LI]
    with pytest.raises(Invalid):
        actions.unmerge_subject(who=ONE, base="population", subject_id=li, rows=[(EMPLOYMENT, "JY9")], reason="错")
    with pytest.raises(NotFound):
        actions.unmerge_subject(who=ONE, base="population", subject_id=li, reason="错")
    part = actions.unmerge_subject(who=ONE, base="population", subject_id=li, rows=[(EMPLOYMENT, "JY2")], reason="冒用")
    assert actions.decide_merge(who=TWO, merge_id=part.id, approve=True).state is MergeState.APPROVED
    events.run_due(who=SYSTEM)
    found = links()
    assert found[RESIDENT, LI] == found[EMPLOYMENT, "JY1"] == li != found[EMPLOYMENT, "JY2"]
    done = building.newest("population", BuildState.DONE, BuildState.FAILED)
    assert done is not None
    assert done.failures == {}


@pytest.mark.parametrize("where", ["_commit", "_finish"])
def test_a_killed_build_is_finished_by_the_next_try(where: str) -> None:
    first_city()
    build()
    before = links()
    put(EMPLOYMENT, [employed("JY1", LI, "李静"), employed("JY2", WANG, "王强"), employed("JY3", number(3), "赵敏")])
    asked = actions.build(who=SYSTEM, base="population")
    job = models.Build.objects.get(id=asked.id)
    code = f"""
from hunhe.hub.bases import building
from hunhe.kernel.events import actions as events, queries
from hunhe.stone.who import Who
who = Who.system("test")
building.{where} = die
events.run_due(who=who)
"""
    assert run_process(code).returncode == -9
    job.refresh_from_db()
    assert job.state == BuildState.BUILDING
    assert where == "_finish" or links() == before
    from hunhe.kernel.events import models as event_models

    event_models.Job.objects.filter(kind=building.KIND).exclude(state="done").update(state="waiting")
    events.run_due(who=SYSTEM)
    job.refresh_from_db()
    assert job.state == BuildState.DONE
    assert {key: subject for key, subject in links().items() if key in before} == before
    assert len(links()) == len(before) + 1
    table = lake.active(who=SYSTEM, table="base.population")
    assert table is not None
    assert (table.seq, table.rows) == (job.seq, 4)


def test_firms_are_one_by_credit_code_and_employers_make_unknown_ones_known() -> None:
    other = "91350211M000100Y43"
    put(ENTERPRISE, [enterprise(FIRM, "沈阳瑞恒商贸有限公司", status="吊销", legal_rep="李静")])
    put(
        EMPLOYMENT,
        [
            employed("JY1", LI, "李静", employer_uscc=FIRM, employer="沈阳瑞恒商贸"),
            employed("JY2", WANG, "王强", employer_uscc=other, employer="没有登记的单位"),
        ],
    )
    put(INSURED, [insured("I1", LI, "李静", employer_uscc=FIRM)])
    done = build("legal_person")
    assert (done.state, done.failures) == (BuildState.DONE, {})
    assert links("legal_person") == {
        (ENTERPRISE, FIRM): queries.subject_by_id_number(who=SYSTEM, base="legal_person", number=FIRM)
    }
    record = queries.subject(who=SYSTEM, base="legal_person", subject_id=links("legal_person")[ENTERPRISE, FIRM])
    name = next(field for field in record.fields if field.name == "name")
    assert (record.status, name.value, [loser.value for loser in name.losers]) == (
        "revoked",
        "沈阳瑞恒商贸有限公司",
        ["沈阳瑞恒商贸"],
    )
    assert done.states in ({"revoked": 1}, {"revoked": 1, "unregistered": 1})
