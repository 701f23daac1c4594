"""Whatever people and jobs do in whatever order, a case is never left half-way."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import handlers, models, queries
from hunhe.kernel.flow.rows import procedure_of
from hunhe.kernel.flow.tests.conftest import (
    APPLICANT,
    BUREAU,
    CITIZEN,
    EVERYBODY,
    MONDAY,
    PROVIDER,
    apply_for_subsidy,
    ask_for_data,
    run_jobs,
    step,
)
from hunhe.stone import clock, ids
from hunhe.stone.errors import HunheError

GIVEN = {"decision": {"name": "give"}, "opinion": "x", "gaps": ["x"], "amount_fen": 100}


class OneCase(RuleBasedStateMachine):
    """Everybody tries everything on one case; jobs run, fail and are killed in between."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.now, self.fails, self.opened = MONDAY, False, []
        clock.install(lambda: self.now)
        handlers.register("exchange.open_grant", self.open_grant)

    def open_grant(self, effect) -> None:
        if self.fails:
            raise RuntimeError("the process died")
        self.opened.append(effect.key)

    def teardown(self) -> None:
        clock.install(None)
        transaction.savepoint_rollback(self.savepoint)

    @initialize(subsidy=st.booleans())
    def begin(self, subsidy: bool) -> None:
        self.case = apply_for_subsidy() if subsidy else ask_for_data()
        self.highest = 1

    def now_case(self) -> models.Case:
        return models.Case.objects.select_related("procedure").get(id=self.case.id)

    def attempt(self, act) -> None:
        """A lawful act changes the version by one; a refused one changes nothing at all."""
        before = self.rows()
        rev = self.now_case().rev
        try:
            with transaction.atomic():
                act()
        except HunheError:
            assert self.rows() == before
        else:
            assert self.now_case().rev == rev + 1

    def rows(self):
        of_case = {models.Case: "id", models.Task: "case_id", models.Event: "case_id", models.Effect: "case_id"}
        return [list(table.objects.filter(**{name: self.case.id}).order_by("pk").values()) for table, name in of_case.items()]

    @rule(
        who=st.sampled_from(EVERYBODY),
        number=st.integers(0, 20),
        late=st.sampled_from([0, 0, 0, 1]),
        note=st.sampled_from(["", "因为"]),
    )
    def move(self, who, number, late, note) -> None:
        row = self.now_case()
        moves = procedure_of(row).moves
        chosen = moves[number % len(moves)]
        facts = {name: GIVEN[name] for name in chosen.facts if name in GIVEN}
        self.attempt(
            lambda: flow.move_case(
                who=who, case_id=row.id, move=chosen.id, expected_version=row.rev - late, facts=facts, note=note
            )
        )

    @rule(who=st.sampled_from((APPLICANT, BUREAU, PROVIDER, CITIZEN)), choice=st.data())
    def lawful(self, who, choice) -> None:
        """Steer through the procedure: take one of the moves the caller is offered."""
        row = self.now_case()
        try:
            offered = queries.moves_for(who=who, case_id=row.id)
        except HunheError:
            return
        if offered:
            chosen = choice.draw(st.sampled_from(offered))
            facts = {fact.id: GIVEN[fact.id] for fact in chosen.facts if fact.required}
            moved = flow.move_case(who=who, case_id=row.id, move=chosen.id, expected_version=row.rev, facts=facts, note="因为")
            assert moved.rev == row.rev + 1

    @rule(who=st.sampled_from((APPLICANT, BUREAU, PROVIDER)), reason=st.sampled_from(["explaining", "hearing", "tea"]))
    def suspend(self, who, reason) -> None:
        row = self.now_case()
        self.attempt(lambda: flow.suspend_case(who=who, case_id=row.id, reason=reason, expected_version=row.rev))

    @rule(who=st.sampled_from((APPLICANT, BUREAU, PROVIDER)))
    def resume(self, who) -> None:
        row = self.now_case()
        self.attempt(lambda: flow.resume_case(who=who, case_id=row.id, expected_version=row.rev))

    @rule(days=st.sampled_from([0, 1, 3, 8, 20]), fails=st.booleans())
    def time_passes(self, days, fails) -> None:
        self.now += timedelta(days=days, hours=2)
        self.fails = fails
        run_jobs()

    @invariant()
    @precondition(lambda self: hasattr(self, "case"))
    def whole(self) -> None:
        row = self.now_case()
        live = list(models.Task.objects.filter(case=row, live=1))
        assert all(task.state in ("open", "paused") for task in live)
        waiting = models.Effect.objects.filter(case=row, done_at=None).count()
        assert {
            "open": bool(live) and all(task.state == "open" for task in live) and not waiting,
            "suspended": bool(live) and all(task.state == "paused" for task in live) and not waiting,
            "effecting": not live and waiting > 0,
            "closed": not live and not waiting and row.closed_at is not None and bool(row.outcome),
        }[row.state]
        stages = procedure_of(row).stage_by_id
        assert bool(stages[row.stage].final) == (row.state == "closed")
        assert row.state in ("effecting", "closed") or {task.stage for task in live} == {row.stage}
        sequence = list(models.Event.objects.filter(case=row).order_by("seq").values_list("seq", flat=True))
        assert sequence == list(range(1, row.seq + 1))
        armed = models.Timer.objects.filter(task__case=row, state="armed")
        assert all(timer.task_id in {task.id for task in live if task.state == "open"} for timer in armed)
        assert len(self.opened) == len(set(self.opened)) <= 1
        assert row.rev >= self.highest
        self.highest = row.rev


def test_no_order_of_acts_leaves_a_case_half_way(town, grants):
    run_state_machine_as_test(
        OneCase,
        settings=settings(max_examples=40, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)),
    )


@pytest.fixture
def crowd(town):
    """One case with a thousand open tasks of one department, and as many of another."""
    case = models.Case.objects.get(id=ask_for_data().id)
    models.Task.objects.bulk_create(
        models.Task(
            id=ids.new("task"),
            case=case,
            stage="check",
            stage_name="数据局审核",
            department=department,
            may="exchange.may_review_grants",
            arrived_at=MONDAY,
            due_at=MONDAY + timedelta(minutes=number // 3),
            order_at=MONDAY + timedelta(minutes=number // 3),
        )
        for department in ("data_bureau", "public_security")
        for number in range(1000)
    )


def test_an_inbox_of_any_length_takes_one_query_a_page(crowd):
    seen, cursor, pages = [], None, 0
    while True:
        with CaptureQueriesContext(connection) as caught:
            page = queries.inbox(who=BUREAU, department="data_bureau", cursor=cursor)
        assert len(caught) == 1
        seen += page.items
        pages += 1
        cursor = page.next
        if cursor is None:
            break
    assert (pages, len(seen), len({task.id for task in seen})) == (21, 1001, 1001)
    assert [task.due_at for task in seen] == sorted(task.due_at for task in seen)
    assert {task.department for task in seen} == {"data_bureau"}


def test_an_inbox_reads_along_its_index(crowd):
    rows = models.Task.objects.filter(department="data_bureau", live=1).order_by("order_at", "id")
    plan = rows[:51].explain()
    assert "flow_task_inbox" in plan or connection.vendor == "postgresql", plan


def test_a_move_takes_a_bounded_number_of_queries(town):
    counts = []
    for _ in range(2):
        case = ask_for_data()
        with CaptureQueriesContext(connection) as caught:
            step(BUREAU, case, "pass")
        counts.append(len([query for query in caught if "SAVEPOINT" not in query["sql"]]))
    assert counts[0] == counts[1] <= 25, counts
