"""Pages and API over HTTP, as browsers and programs see them."""

import json
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hunhe.kernel.flow import models
from hunhe.kernel.flow.tests.conftest import SYSTEM, apply_for_subsidy, ask_for_data
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def sign_in(town, settings):
    settings.HUNHE_DEMO = True

    def make(department: str | None, role: str = "", subject: str | None = None) -> Client:
        account = identity.create_account(
            who=SYSTEM,
            username=f"{role or 'citizen'}.{department or subject}",
            password="correct horse battery",
            kind="official" if department else "citizen",
            department=department,
            name=role or "沈一",
        )
        if department:
            identity.appoint(who=SYSTEM, account_id=account.id, post=f"{department}.{role}")
        if subject:
            identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=subject, level=2)
        client = Client()
        client.force_login(Account.objects.get(pk=account.id), backend=BACKEND)
        return client

    return make


def send(client: Client, path: str, body: dict, key: str = "k") -> tuple[int, dict]:
    answer = client.post(
        f"/api/v1/flow/{path}", json.dumps(body), content_type="application/json", headers={"Idempotency-Key": key}
    )
    return answer.status_code, answer.json()


def hidden(text: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', text)
    assert found, name
    return found[1]


def test_a_case_through_the_api(sign_in):
    citizen, clerk = sign_in(None, subject="person_9"), sign_in("civil_affairs", "clerk")
    body = {"procedure": "subsidy_application", "facts": {"kind": "低保"}, "title": "低保申领"}
    status, case = send(citizen, "cases", body)
    assert (status, case["stage"], case["origin"], case["department"]) == (201, "apply", "subject", "civil_affairs")
    assert send(citizen, "cases", body)[1]["id"] == case["id"]
    assert send(citizen, "cases", body | {"title": "x"})[0] == 409
    path = f"cases/{case['id']}"
    assert [task["case_id"] for task in clerk.get("/api/v1/flow/inbox").json()["items"]] == [case["id"]]
    assert {move["id"] for move in clerk.get(f"/api/v1/flow/{path}/moves").json()} == {"accept", "return"}
    assert send(citizen, f"{path}/moves", {"move": "accept", "rev": 1})[0] == 403
    assert send(clerk, f"{path}/moves", {"move": "accept", "rev": 9})[0] == 409
    assert send(clerk, f"{path}/moves", {"move": "accept", "rev": 1}, "m")[1]["stage"] == "review"
    assert send(clerk, f"{path}/moves", {"move": "accept", "rev": 1}, "m")[1]["rev"] == 2
    status, problem = send(clerk, f"{path}/moves", {"move": "propose", "rev": 2, "facts": {"kind": "x"}}, "n")
    assert (status, problem["code"]) == (422, "flow.facts.unknown")
    assert send(clerk, f"{path}/suspend", {"reason": "hearing", "rev": 2})[1]["state"] == "suspended"
    assert send(clerk, f"{path}/resume", {"rev": 3})[1]["state"] == "open"
    assert send(citizen, f"{path}/withdraw", {"rev": 4}, "w")[1]["outcome"] == "withdrawn"
    lines = citizen.get(f"/api/v1/flow/{path}/history").json()
    assert [line["what"] for line in lines] == ["opened", "moved", "suspended", "resumed", "moved"]
    assert [found["id"] for found in citizen.get("/api/v1/flow/cases").json()["items"]] == [case["id"]]
    assert sign_in(None, subject="person_8").get(f"/api/v1/flow/{path}").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"procedure": "subsidy_application"},
        {"procedure": "nothing", "facts": {}},
        {"procedure": "subsidy_application", "facts": {"kind": ["x"]}},
        {"procedure": "subsidy_application", "facts": {"kind": "\x00"}},
        {"procedure": "subsidy_application", "facts": {"kind": "x" * 20_000}},
        {"procedure": "subsidy_application", "facts": {"kind": {"a": {"b": [1] * 500}}}},
        {"procedure": "subsidy\x00", "facts": {}},
        {"procedure": "subsidy_application", "facts": []},
    ],
)
def test_bad_input_is_refused_in_words(sign_in, body):
    status, problem = send(sign_in(None, subject="person_9"), "cases", body)
    assert status in (404, 422)
    assert problem["code"]
    assert not models.Case.objects.exists()


def test_the_desk_shows_moves_and_takes_them(sign_in):
    bureau = sign_in("data_bureau", "reviewer")
    case = ask_for_data()
    listed = bureau.get("/desk/cases/").content.decode()
    assert case.number in listed
    page = bureau.get(f"/desk/cases/{case.id}/").content.decode()
    assert 'aria-current="step"' in page
    assert "人口基础信息" in page
    form = {"move": "turn_down", "rev": hidden(page, "rev"), "key": hidden(page, "key"), "note": ""}
    answer = bureau.post(f"/desk/cases/{case.id}/move/", form)
    assert answer.status_code == 422
    assert models.Case.objects.get(id=case.id).rev == 1
    answer = bureau.post(f"/desk/cases/{case.id}/move/", form | {"note": "不在共享范围"})
    assert answer.status_code == 302
    page = bureau.get(f"/desk/cases/{case.id}/").content.decode()
    assert "不在共享范围" in page
    assert bureau.post(f"/desk/cases/{case.id}/move/", form).status_code == 409


def test_the_desk_stops_and_restarts_clocks(sign_in):
    bureau, case = sign_in("data_bureau", "reviewer"), ask_for_data()
    assert bureau.post(f"/desk/cases/{case.id}/suspend/", {"rev": "1", "reason": "explaining"}).status_code == 302
    page = bureau.get(f"/desk/cases/{case.id}/").content.decode()
    assert "等申请部门补充说明" in page
    assert bureau.post(f"/desk/cases/{case.id}/resume/", {"rev": "2"}).status_code == 302
    assert bureau.post(f"/desk/cases/{case.id}/resume/", {"rev": "x"}).status_code == 422


def test_a_clerk_opens_a_case_from_a_form(sign_in):
    steward = sign_in("public_security", "steward")
    page = steward.get("/desk/cases/new/catalogue_entry/").content.decode()
    answer = steward.post(
        "/desk/cases/new/catalogue_entry/", {"key": hidden(page, "key"), "fact_resource": "户籍", "title": "户籍"}
    )
    assert answer.status_code == 302
    assert models.Case.objects.get().facts == {"resource": "户籍"}


def test_a_citizen_applies_reads_and_answers(sign_in):
    citizen, clerk = sign_in(None, subject="person_9"), sign_in("civil_affairs", "clerk")
    assert "subsidy_application" in citizen.get("/cases/").content.decode()
    page = citizen.get("/cases/new/subsidy_application/").content.decode()
    form = {"key": hidden(page, "key"), "fact_kind": "低保"}
    assert citizen.post("/cases/new/subsidy_application/", {"key": form["key"]}).status_code == 200
    first, second = (citizen.post("/cases/new/subsidy_application/", form) for _ in range(2))
    assert (first.status_code, first["Location"]) == (302, second["Location"])
    case = models.Case.objects.get()
    clerk.post(
        f"/desk/cases/{case.id}/move/", {"move": "return", "rev": "1", "fact_gaps": "收入证明\n户口簿", "note": "缺两样"}
    )
    page = citizen.get(f"/cases/{case.id}/").content.decode()
    assert "收入证明、户口簿" in page
    assert "缺两样" in page
    assert citizen.post(f"/cases/{case.id}/move/", {"move": "resubmit", "rev": "2", "key": "a"}).status_code == 302
    assert models.Case.objects.get().stage == "apply"
    assert sign_in(None, subject="person_8").get(f"/cases/{case.id}/").status_code == 404


def test_pages_take_the_same_number_of_queries_for_one_case_and_for_many(sign_in):
    bureau = sign_in("data_bureau", "reviewer")
    bureau.get(f"/desk/cases/{ask_for_data().id}/")  # a process reads each version of a procedure once
    counts = []
    for number in (1, 30):
        for _ in range(number):
            case = ask_for_data()
        with CaptureQueriesContext(connection) as caught:
            assert bureau.get("/desk/cases/").status_code == 200
            assert bureau.get(f"/desk/cases/{case.id}/").status_code == 200
        counts.append([query["sql"][:60] for query in caught if '"flow_' in query["sql"] or '"notify_' in query["sql"]])
    assert counts[0] == counts[1]


def test_a_done_case_is_told_to_its_subject(sign_in):
    citizen = sign_in(None, subject="person_9")
    case = apply_for_subsidy(SYSTEM, "statutory", "person_9")
    send(citizen, f"cases/{case.id}/withdraw", {"rev": 1})
    titles = [notice["title"] for notice in citizen.get("/api/v1/notify/notices").json()["items"]]
    assert titles == ["办好了：低保申领"]


def test_a_desk_offers_only_what_its_department_may_open(sign_in):
    offered = {}
    for department in ("civil_affairs", "ecology_environment"):
        client = sign_in(department, "clerk")
        text = client.get("/desk/cases/").content.decode()
        offered[department] = set(re.findall(r"/desk/cases/new/([a-z_]+)/", text))
        listed = {card["id"] for card in client.get("/api/v1/flow/procedures").json() if card["may_open"]}
        assert listed == offered[department]
        assert client.get("/desk/cases/new/elder_card/").status_code == 403
    assert offered["civil_affairs"] == {"subsidy_application"}
    assert offered["ecology_environment"] == set()
