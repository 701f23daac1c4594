"""Who may look, what is written down, and what HTTP answers."""

import json
from typing import Any

import pytest
from django.test import Client

from hunhe.hub.bases import actions, queries, rules
from hunhe.hub.bases.tests.city import (
    EMPLOYMENT,
    INSURED,
    RESIDENT,
    SYSTEM,
    build,
    employed,
    insured,
    links,
    number,
    put,
    resident,
)
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.shapes import Account
from hunhe.stone import clock
from hunhe.stone.errors import Denied, Invalid, TooMany
from hunhe.stone.who import Who
from hunhe.ui.callers import identify

pytestmark = pytest.mark.django_db(transaction=True)
LI, WANG, DEAD = number(1), number(2), number(3)


@pytest.fixture
def city() -> None:
    put(
        RESIDENT,
        [resident(LI, "李静", phone="13800000001"), resident(WANG, "王·强"), resident(DEAD, "赵敏", status="死亡")],
    )
    put(EMPLOYMENT, [employed(f"JY{n}", LI, "李静", phone=f"1390000000{n}") for n in range(3)])
    put(INSURED, [insured(f"I{n:04d}", number(400 + n), "孙磊") for n in range(250)])
    build()


def citizen(name: str = "citizen_one") -> tuple[Account, Who]:
    account = identity.create_account(who=SYSTEM, username=name, password="a long enough password", kind="citizen", name=name)
    return account, Who(id=account.id, kind="citizen", name=name)


@pytest.mark.usefixtures("city")
def test_name_and_number_make_a_real_name() -> None:
    account, who = citizen()
    with pytest.raises(Invalid) as refused:
        actions.confirm_real_name(who=who, name="李敬", id_number=LI)
    assert refused.value.code == "bases.real_name.no_match"
    with pytest.raises(Invalid):
        actions.confirm_real_name(who=who, name="赵敏", id_number=DEAD)
    assert actions.confirm_real_name(who=who, name=" 李 静", id_number=LI.lower()) == 2
    subject = queries.subject_by_id_number(who=SYSTEM, base="population", number=LI)
    mine = queries.own_subject(who=Who(id=account.id, kind="citizen", subject_id=subject, level=2), subject_id=str(subject))
    assert {field.name: field.value for field in mine.fields}["phone"] == "13800000001"
    with pytest.raises(Denied):
        queries.own_subject(who=Who(id=account.id, kind="citizen", subject_id="per_other", level=2), subject_id=str(subject))


@pytest.mark.usefixtures("city")
def test_guessing_stops_after_five_failures_of_an_account_and_on_a_number() -> None:
    _, who = citizen()
    for n in range(rules.TRIES):
        with pytest.raises(Invalid):
            actions.confirm_real_name(who=who, name="猜", id_number=number(500 + n))
    with pytest.raises(TooMany) as refused:
        actions.confirm_real_name(who=who, name="李静", id_number=LI)
    assert 0 < int(str(refused.value.params["retry_after"])) <= 3600
    for n in range(rules.TRIES):
        _, other = citizen(f"citizen_{n}")
        with pytest.raises(Invalid):
            actions.confirm_real_name(who=other, name=f"猜{n}", id_number=WANG)
    _, late = citizen("citizen_late")
    with pytest.raises(TooMany):
        actions.confirm_real_name(who=late, name="王·强", id_number=WANG)


@pytest.mark.usefixtures("city")
def test_every_look_at_a_person_is_written_down() -> None:
    officer = Who(id="acc_o", kind="official", department="data_bureau", may=frozenset({"bases.may_see_golden"}))
    subject = links()[RESIDENT, LI]
    queries.subject(who=officer, base="population", subject_id=subject)
    entries = audit.entries_of(who=SYSTEM, object=f"subject:{subject}")
    items = getattr(entries, "items", entries)
    assert [(entry.act, entry.who) for entry in items] == [("bases.subject.seen", "acc_o")]
    with pytest.raises(Denied):
        queries.subject(who=Who(id="x", kind="official", department="hr"), base="population", subject_id=subject)


@pytest.mark.usefixtures("city")
def test_links_come_in_pages_each_once() -> None:
    found: list[tuple[str, str]] = []
    cursor = None
    while True:
        page = queries.list_links(who=SYSTEM, base="population", cursor=cursor, size=100)
        found += [(link.dataset, link.key) for link in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert sorted(found) == sorted(links())
    assert len(found) == 256
    with pytest.raises(Invalid):
        queries.list_links(who=SYSTEM, base="population", cursor="WyI5OSIsMV0")


@pytest.mark.usefixtures("city")
def test_http_answers(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from hunhe.kernel.identity import middleware

    who = Who(
        id="acc_r",
        kind="official",
        department="data_bureau",
        may=frozenset({"bases.may_see_golden", "bases.may_merge", "bases.may_build"}),
    )
    monkeypatch.setattr(middleware.WhoMiddleware, "__call__", _as(who))
    subject = links()[RESIDENT, LI]

    def get(path: str) -> Any:
        reply = client.get(f"/api/v1/bases{path}")
        assert reply.status_code == 200, reply.content
        return reply.json()

    def post(path: str, body: object, status: int) -> Any:
        reply = client.post(f"/api/v1/bases{path}", json.dumps(body), content_type="application/json")
        assert reply.status_code == status, reply.content
        return reply.json()

    assert get("/population")["subjects"] == 253
    assert get("/population")["build"]["state"] == "done"
    assert get("/")[1]["base"] == "population"
    golden = get(f"/population/subjects/{subject}")
    phone = next(field for field in golden["fields"] if field["name"] == "phone")
    assert (phone["value"], phone["source"]["dataset"], len(phone["losers"])) == ("13800000001", RESIDENT, 3)
    assert get(f"/population/subjects/{subject}/fields/phone")["field"]["value"] == "13800000001"
    assert post("/population/find", {"number": LI}, 200) == {"subject_id": subject}
    assert post("/population/find", {"number": "nobody"}, 200) == {"subject_id": None}
    assert len(get("/population/links?size=1000")["items"]) == 256
    assert get("/population/builds")["items"][0]["id"] == get("/population")["build"]["id"]
    body = {"subject_id": subject, "other": links()[RESIDENT, WANG], "reason": "同一人"}
    made = post("/population/merges", body, 201)
    assert (made["state"], get("/population/merges?state=proposed")["items"][0]["id"]) == ("proposed", made["id"])
    assert post(f"/merges/{made['id']}/decision", {"approve": True}, 403)["code"] == "bases.merge.own"
    assert client.get("/api/v1/bases/nothing").status_code == 404
    assert client.get(f"/api/v1/bases/population/subjects/{'x' * 30}").status_code == 404
    assert client.get("/api/v1/bases/population/links?cursor=xx").status_code == 422


def _as(who: Who) -> Any:
    def call(self: Any, request: Any) -> Any:
        identify(request, who)
        return self.get_response(request)

    return call


def test_names_differ_only_in_writing() -> None:
    assert rules.same_name("买买提·艾力", "买买提•艾力")
    assert rules.same_name("Ｌｉ Lei", "li lei")
    assert not rules.same_name("李静", "李敬")
    assert not rules.same_name("", " ")


def test_waiting_ends_an_hour_after_the_fifth_last_failure() -> None:
    now = clock.true_now()
    assert rules.seconds_to_wait([now] * (rules.TRIES - 1), now) == 0
    assert rules.seconds_to_wait([now - rules.WINDOW / 2] * rules.TRIES, now) == 1800
    assert rules.seconds_to_wait([now - rules.WINDOW] * rules.TRIES, now) == 0
