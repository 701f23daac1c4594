"""The person and their own record: seen with its sources, questioned once, answered where it comes from."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.test import Client

from conftest import PASSWORD
from hunhe.hub.bases import actions, own, queries
from hunhe.hub.bases.tests.city import EMPLOYMENT, INSURED, RESIDENT, SYSTEM, build, employed, insured, number, put, resident
from hunhe.kernel.city import actions as city
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as accounts
from hunhe.kernel.identity.models import Account
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db(transaction=True)
LI, CHILD, WORKER = number(1, "19800115"), number(2, "20150301"), number(3)
STEWARD = Who(
    id="acc_steward",
    kind="official",
    department="public_security",
    may=frozenset({"flow.may_move_cases", "collect.may_collect"}),
)


@pytest.fixture
def town() -> None:
    city.apply_city(who=SYSTEM, folder=settings.HUNHE_CITY)
    put(RESIDENT, [resident(LI, "李静", phone="13800000001"), resident(CHILD, "李童")])
    put(INSURED, [insured("I1", LI, "李静")])
    put(EMPLOYMENT, [employed("JY1", WORKER, "赵工")])
    build()


def person(name: str, id_number: str) -> tuple[Who, Client]:
    account = identity.create_account(who=SYSTEM, username=name, password=PASSWORD, kind="citizen", name=name)
    subject = queries.subject_by_id_number(who=SYSTEM, base="population", number=id_number)
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=str(subject), level=2)
    client = Client()
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return accounts.who_by_account_id(who=SYSTEM, account_id=account.id), client


@pytest.mark.usefixtures("town")
def test_it_is_questioned_once_and_goes_to_its_source() -> None:
    who, client = person("li.jing", LI)
    page = client.get("/mydata/record/").content.decode()
    assert "13800000001" in page
    assert "这条不对" in page
    for _ in range(2):
        client.post("/mydata/record/phone/", {"explanation": "早就不用这个号了，现在是 139 开头的"})
    found = [
        case for case in cases.cases_of_subject(who=who, subject_id=str(who.subject_id)).items if case.procedure == "correction"
    ]
    assert [(case.facts["source_department"], case.facts["field"], case.origin) for case in found] == [
        ("public_security", "手机", "subject")
    ]
    assert f"/cases/{found[0].id}/" in client.get("/mydata/record/").content.decode()
    shown = client.get(f"/cases/{found[0].id}/").content.decode()
    assert "情况说明" in shown
    assert "批次" not in shown, "which batch a row came in is the officials' business"
    assert client.get(f"/cases/{found[0].id}/").status_code == 200
    moved = flow.move_case(
        who=STEWARD, case_id=found[0].id, move="fixed", expected_version=found[0].rev, facts={"found": "确实换号了"}
    )
    assert moved.stage == "prove"
    assert queries.own_questions(who=who, subject_id=str(who.subject_id))["手机"].stage == "prove"


@pytest.mark.usefixtures("town")
def test_nobody_questions_for_others_and_nothing_empty() -> None:
    who, _ = person("li.jing", LI)
    other, _ = person("li.tong", CHILD)
    with pytest.raises(Denied):
        actions.question_field(who=other, subject_id=str(who.subject_id), field="phone", explanation="不对")
    with pytest.raises(Invalid):
        actions.question_field(who=who, subject_id=str(who.subject_id), field="phone", explanation="  ")
    with pytest.raises(NotFound):
        actions.question_field(who=who, subject_id=str(who.subject_id), field="no_such", explanation="不对")


@pytest.mark.usefixtures("town")
def test_ages_come_from_the_record() -> None:
    who, _ = person("li.tong", CHILD)
    try:
        clock.install(lambda: datetime(2029, 2, 28, 15, 59, tzinfo=UTC))
        assert own.age_of(str(who.subject_id)) == 13
        clock.install(lambda: datetime(2029, 2, 28, 16, 0, tzinfo=UTC))  # midnight in the city
        assert own.age_of(str(who.subject_id)) == 14
    finally:
        clock.install(None)
    assert own.age_of("per_nobody") is None


@pytest.mark.usefixtures("town")
def test_a_child_cannot_consent_alone() -> None:
    from hunhe.kernel.consent import actions as consent

    who, client = person("li.tong", CHILD)
    assert own.age_of(str(who.subject_id)) == 11
    with pytest.raises(Denied, match=r"consent\.guardian"):
        consent.give_consent(who=who, kind="service.prefill")
    assert client.post("/consents/ask/service.prefill/").status_code == 403


@pytest.mark.usefixtures("town")
def test_a_stranger_and_the_nameless_see_nothing() -> None:
    assert Client().get("/mydata/record/").status_code == 302
    identity.create_account(who=SYSTEM, username="new", password=PASSWORD, kind="citizen")
    client = Client()
    client.force_login(Account.objects.get(username="new"), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/mydata/record/").status_code == 403


@pytest.mark.usefixtures("town")
def test_what_follows_from_others_is_not_questioned_itself() -> None:
    who, _ = person("zhao.gong", WORKER)
    record = queries.own_subject(who=who, subject_id=str(who.subject_id))
    assert {field.name: field.source for field in record.fields}["status"] is None
    with pytest.raises(Conflict):
        actions.question_field(who=who, subject_id=str(who.subject_id), field="status", explanation="不对")
