"""A question about a number becomes a case where the number is answered for, and comes back answered."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from conftest import official_client
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.identity import queries as identity
from hunhe.kernel.identity.models import Account
from hunhe.portals.cockpit import actions, models, queries
from hunhe.portals.cockpit.queries import PAGE
from hunhe.portals.cockpit.shapes import Order
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prepared_city", "demo_folder")]
SYSTEM = Who.system("test")
STREET, BUREAU = "governance.problems_today", "service.online_rate_now"


def official(role: str, department: str = "data_bureau") -> tuple[Who, Client]:
    client = official_client(role, department)
    return identity.who_for_account(who=SYSTEM, account=Account.objects.get(username=f"t.{role}")), client


def run() -> None:
    while events.run_due(who=SYSTEM):
        pass


def ask(who: Who, key: str = "k", indicator: str = STREET, question: str = "为什么少了") -> Order:
    return actions.ask_about(who=who, indicator=indicator, question=question, key=key)


def step(who: Who, case_id: str, move: str, note: str = "", **facts: str) -> None:
    case = cases.case_by_id(who=who, case_id=case_id)
    flow.move_case(who=who, case_id=case_id, move=move, expected_version=case.rev, facts=facts, note=note)
    run()


def test_the_number_and_its_time_stand_in_the_case() -> None:
    leader, _ = official("leader")
    order = ask(leader, indicator=BUREAU)
    case = cases.case_by_id(who=leader, case_id=order.case_id)
    assert (case.procedure, case.stage, case.department, order.answering) == (
        "indicator_order",
        "answer",
        "data_bureau",
        "data_bureau",
    )
    assert case.facts["value"] == order.said == "100.0% (1/1)"
    assert case.facts["counted_at"] == f"{timezone.localtime(order.counted_at):%Y-%m-%d %H:%M:%S}"
    assert abs(order.counted_at - clock.now()) < timedelta(minutes=1)
    assert order.due_at is not None
    assert order.due_at > clock.now()


def test_it_goes_to_whoever_answers_for_the_number_and_comes_back() -> None:
    leader, _ = official("leader")
    supervisor, _ = official("supervisor", "urban_management")
    order = ask(leader)
    assert order.answering == "urban_management"
    inbox = cases.inbox(who=supervisor, department="urban_management", procedures=("indicator_order",))
    assert [task.case_id for task in inbox.items] == [order.case_id]
    step(supervisor, order.case_id, "answer", answer="今天下雨")
    back = queries.list_orders(who=leader).items[0]
    assert (back.state, back.answer) == ("answered", "今天下雨")
    assert [one.case_id for one in cases.inbox(who=leader, department="data_bureau").items] == [order.case_id]
    step(leader, order.case_id, "return", note="没说原因")
    assert queries.list_orders(who=leader).items[0].state == "asked"
    step(supervisor, order.case_id, "answer", answer="雨停后已补报")
    step(leader, order.case_id, "accept")
    assert queries.list_orders(who=leader).items[0].state == "closed"
    assert queries.wall(who=leader).orders.count == 0


def test_a_question_can_be_taken_back() -> None:
    leader, _ = official("leader")
    order = ask(leader)
    step(leader, order.case_id, "withdraw")
    assert queries.list_orders(who=leader).items[0].state == "withdrawn"


def test_nobody_else_answers() -> None:
    leader, _ = official("leader")
    fixer, _ = official("fixer", "urban_management")
    order = ask(leader)
    with pytest.raises(Denied):
        step(fixer, order.case_id, "answer", answer="x")
    with pytest.raises(Denied):
        step(leader, order.case_id, "answer", answer="x")


def test_the_same_key_asks_once() -> None:
    leader, _ = official("leader")
    first = ask(leader)
    assert ask(leader) == first
    with pytest.raises(Conflict):
        ask(leader, question="另一个问题")
    assert models.Order.objects.count() == 1


@pytest.mark.parametrize("question", ["", "  ", "长" * 501])
def test_a_question_says_something_and_not_too_much(question: str) -> None:
    leader, _ = official("leader")
    with pytest.raises(Invalid):
        ask(leader, question=question)
    assert not models.Order.objects.exists()


def test_no_order_about_a_number_nobody_counts() -> None:
    leader, _ = official("leader")
    with pytest.raises(NotFound):
        ask(leader, indicator="no.such_today")


@pytest.mark.parametrize(
    ("role", "department", "sees", "asks"),
    [
        ("leader", "data_bureau", True, True),
        ("reviewer", "data_bureau", True, False),
        ("supervisor", "urban_management", True, False),
        ("steward", "human_resources", False, False),
        ("auditor", "data_bureau", False, False),
        ("citizen", None, False, False),
    ],
)
def test_who_sees_and_who_asks(role: str, department: str | None, sees: bool, asks: bool) -> None:
    client = official_client(role, department)
    for path in ("/cockpit/orders/", "/cockpit/happenings/", "/api/v1/cockpit/orders"):
        assert (client.get(path).status_code == 200) is sees, path
    page = client.get(f"/cockpit/indicators/{STREET}/")
    assert (page.status_code == 200) is sees
    assert ('id="ask"' in page.content.decode()) is asks
    sent = client.post(f"/cockpit/indicators/{STREET}/ask/", {"question": "为什么", "key": "page"})
    assert (sent.status_code == 302 and "/accounts/" not in sent["Location"]) is asks
    machine = client.post(
        "/api/v1/cockpit/orders",
        {"indicator": STREET, "question": "为什么"},
        content_type="application/json",
        headers={"Idempotency-Key": "api", "X-CSRFToken": "x"},
    )
    assert (machine.status_code == 201) is asks
    assert models.Order.objects.count() == (2 if asks else 0)


def test_the_wall_shows_answered_ones_first_and_no_question() -> None:
    leader, client = official("leader")
    supervisor, _ = official("supervisor", "urban_management")
    ask(leader, "a", BUREAU, "秘密的问题")
    second = ask(leader, "b")
    step(supervisor, second.case_id, "answer", answer="好的")
    running = queries.wall(who=leader).orders
    assert (running.count, [one.state for one in running.first]) == (2, ["answered", "asked"])
    page = client.get("/cockpit/").content.decode()
    assert "已答复，请看" in page
    assert "秘密的问题" not in page
    assert "秘密的问题" in client.get(f"/cockpit/indicators/{BUREAU}/").content.decode()


def test_the_list_pages_by_key_at_a_constant_cost(django_assert_num_queries: pytest.FixtureRequest) -> None:
    leader, _ = official("leader")
    now = clock.now()
    about = {
        "indicator": STREET,
        "name": "n",
        "said": "1",
        "question": "q",
        "department": "a",
        "answering": "b",
        "asked_by": "c",
    }
    models.Order.objects.bulk_create(
        models.Order(
            case_id=f"case_{n:03}", number=str(n), counted_at=now, asked_at=now - timedelta(days=n // 7), key=str(n), **about
        )
        for n in range(PAGE + 5)
    )
    with django_assert_num_queries(1):  # type: ignore[operator]  # the fixture is a function
        first = queries.list_orders(who=leader)
    rest = queries.list_orders(who=leader, cursor=first.next)
    assert (len(first.items), len(rest.items), rest.next) == (PAGE, 5, None)
    assert len({one.case_id for one in (*first.items, *rest.items)}) == PAGE + 5
