import pytest

from hunhe.kernel.events import queries as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import effects, handlers, models, queries
from hunhe.kernel.flow.tests.conftest import APPLICANT, BUREAU, PROVIDER, SYSTEM, ask_for_data, run_jobs, step
from hunhe.stone import clock
from hunhe.stone.errors import Unavailable


class Killed(BaseException):
    """Stands for the process dying: nothing after it runs, the transaction is gone."""


def granting():
    case = step(BUREAU, ask_for_data(), "pass")
    return step(PROVIDER, case, "grant", decision={"name": "give"})


def job_of(case):
    job = events.job_by_key(who=SYSTEM, kind="flow.effect", key=f"{case.id}:{case.rev}:exchange.open_grant")
    assert job is not None
    return job


@pytest.mark.parametrize("moment", ["before", "inside", "after"])
def test_killed_at_any_moment_an_effect_happens_once(town, grants, moment):
    case = granting()
    opened = models.Number.objects

    def open_grant(effect):
        if moment == "before":
            raise Killed
        opened.create(prefix=effect.case.id)
        if moment == "inside":
            raise Killed

    def killed_finish(*_args):
        raise Killed

    handlers.register("exchange.open_grant", open_grant)
    with pytest.MonkeyPatch.context() as patch:
        if moment == "after":
            patch.setattr(effects, "_finish", killed_finish)
        with pytest.raises(Killed):
            effects.run(job_of(case))
    assert not opened.filter(prefix=case.id).exists()
    still = queries.case_by_id(who=APPLICANT, case_id=case.id)
    assert (still.state, still.rev) == ("effecting", case.rev)
    handlers.register("exchange.open_grant", lambda effect: opened.create(prefix=effect.case.id))
    for _ in range(3):
        effects.run(job_of(case))
    assert opened.filter(prefix=case.id).count() == 1
    done = queries.case_by_id(who=APPLICANT, case_id=case.id)
    assert (done.state, done.stage, done.rev) == ("closed", "granted", case.rev + 1)


def test_a_handler_that_fails_is_tried_again(town, grants, at):
    case, calls = granting(), []

    def handler(effect):
        calls.append(effect.key)
        if len(calls) < 3:
            raise Unavailable("exchange.down", "down")

    handlers.register("exchange.open_grant", handler)
    start = clock.now()
    for hour in range(1, 9):
        at(start.replace(hour=start.hour + hour))
        run_jobs()
    assert calls == [calls[0]] * 3
    assert queries.case_by_id(who=APPLICANT, case_id=case.id).outcome == "granted"


def test_an_effect_nobody_carries_out_leaves_the_case_waiting(town, grants):
    case = granting()
    handlers._handlers.pop("exchange.open_grant")
    with pytest.raises(Unavailable, match=r"flow\.effect\.no_handler"):
        effects.run(job_of(case))
    assert queries.case_by_id(who=APPLICANT, case_id=case.id).state == "effecting"


def test_a_failed_move_leaves_nothing_behind(town, grants):
    case = step(BUREAU, ask_for_data(), "pass")
    tables = (models.Case, models.Task, models.Timer, models.Event, models.Effect)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    for part in ("hunhe.kernel.flow.journal.audit.record", "hunhe.kernel.flow.journal.events.publish"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(part, _die)
            with pytest.raises(Killed):
                flow.move_case(
                    who=PROVIDER, case_id=case.id, move="grant", expected_version=case.rev, facts={"decision": {"name": "give"}}
                )
        assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def _die(**_kwargs):
    raise Killed
