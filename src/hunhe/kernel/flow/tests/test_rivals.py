"""People who decide at the same moment, on real connections."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from hunhe.kernel.city import actions as city
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import models
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.flow.tests.conftest import BUREAU, REPOSITORY, SYSTEM, apply_for_subsidy, ask_for_data
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db(transaction=True)
RIVALS = 4


def at_once(act: Callable[[int], Case]) -> list[Case | HunheError]:
    """Run `act(0..3)` in threads that start together; what each got."""
    gate, results = threading.Barrier(RIVALS), list[Case | HunheError]()

    def run(number: int) -> None:
        gate.wait()
        try:
            results.append(act(number))
        except HunheError as refusal:
            results.append(refusal)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(RIVALS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def town(db):
    city.apply_city(who=SYSTEM, folder=REPOSITORY / "cities" / "shenyang")


def test_of_rivals_one_moves_and_the_others_are_told(town):
    case = ask_for_data()
    results = at_once(lambda _: flow.move_case(who=BUREAU, case_id=case.id, move="pass", expected_version=1))
    refusals = sorted(result.code for result in results if isinstance(result, HunheError))
    assert refusals == ["flow.case.moved_on"] * (RIVALS - 1)
    assert models.Task.objects.filter(case_id=case.id, live=1).count() == 1
    assert list(models.Event.objects.filter(case_id=case.id).order_by("seq").values_list("seq", flat=True)) == [1, 2]


def test_the_same_key_at_the_same_moment_opens_one_case(town):
    citizen = Who(id="acc_c", kind="citizen", subject_id="person_1", level=2)
    results = at_once(
        lambda _: flow.open_case(
            who=citizen,
            procedure="subsidy_application",
            department=None,
            facts={"kind": "低保"},
            subject_id="person_1",
            origin="subject",
            title="",
            key="once",
        )
    )
    assert len({result.id for result in results if isinstance(result, Case)}) == 1
    assert not [result for result in results if isinstance(result, HunheError)]
    assert models.Case.objects.count() == 1


def test_numbers_given_at_the_same_moment_differ(town):
    at_once(lambda number: apply_for_subsidy(SYSTEM, "statutory", f"person_{number}"))
    numbers = sorted(models.Case.objects.values_list("number", flat=True))
    assert [number[-6:] for number in numbers] == ["000001", "000002", "000003", "000004"]
