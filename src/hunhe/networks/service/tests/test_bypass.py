"""What the service network checks cannot be got round by the general pages and programs of the case engine."""

import json
from typing import Any

import pytest
from django.test import Client

from conftest import official_client
from hunhe.kernel.flow import models as flow
from hunhe.networks.service import actions
from hunhe.networks.service.shapes import Application
from hunhe.networks.service.tests.town import CLERK, applied, case_of, check_all

pytestmark = pytest.mark.usefixtures("town", "demo_folder")


@pytest.fixture
def clerk() -> Client:
    return official_client("clerk", "civil_affairs")


def move(client: Client, application: Application, name: str, **facts: Any) -> tuple[int, dict[str, Any]]:
    case = case_of(application)
    body = json.dumps({"move": name, "rev": case.rev, "facts": facts, "note": "照片不清楚"})
    path = f"/api/v1/flow/cases/{case.id}/moves"
    answer = client.post(path, body, content_type="application/json", headers={"Idempotency-Key": f"{name}{case.rev}{facts}"})
    return answer.status_code, answer.json()


def test_an_unchecked_application_is_not_accepted_through_the_general_api(clerk: Client) -> None:
    application = applied()
    assert move(clerk, application, "accept", checked=["identity", "photo"])[0] == 422
    assert case_of(application).stage == "receipt"
    status, problem = move(clerk, application, "accept")
    assert (status, problem["code"]) == (422, "service.material.unchecked")
    check_all(CLERK, application)
    status, moved = move(clerk, application, "accept")
    assert (status, moved["stage"]) == (200, "review")
    assert case_of(application).facts["checked"] == ["identity", "photo"]


def test_gaps_are_those_found_and_nobody_writes_others(clerk: Client) -> None:
    application = applied()
    status, problem = move(clerk, application, "return", gaps=["再交一份无关的证明"])
    assert (status, problem["code"]) == (422, "flow.facts.supplied")
    assert move(clerk, application, "return")[1]["code"] == "service.correction.nothing"
    actions.check_material(who=CLERK, case_id=application.case_id, material="photo", fits=False, note="太暗")
    assert move(clerk, application, "return")[1]["stage"] == "correction"
    assert case_of(application).facts["gaps"] == ["近期一寸免冠照片：太暗"]


def test_the_desk_form_neither_asks_for_them_nor_takes_them(clerk: Client) -> None:
    application = applied()
    case = case_of(application)
    form = {"move": "accept", "rev": case.rev, "key": "k", "fact_checked": "identity\nphoto", "fact.checked": "identity"}
    own = f"/desk/service/cases/{case.id}/"
    turned = clerk.post(f"/desk/cases/{case.id}/move/", form)
    assert (turned.status_code, turned.headers["Location"]) == (302, own)
    assert clerk.post(f"{own}move/", form).status_code == 422
    assert case_of(application).stage == "receipt"
    page = clerk.get(f"/desk/service/cases/{case.id}/").content.decode()
    assert "fact_checked" not in page
    assert "fact.checked" not in page


@pytest.mark.parametrize("role", ["clerk", "examiner", "citizen"])
def test_an_application_is_opened_by_its_form_only(role: str) -> None:
    client = official_client(role, None if role == "citizen" else "civil_affairs")
    facts = {"name": "李敬之", "id_number": "210102195103041232", "birth_date": "1951-03-04"}
    facts |= {"residence": "registered", "occasion": "first", "delivery": "electronic"}
    body = json.dumps({"procedure": "elder_card", "facts": facts, "subject_id": "per_li", "title": "x"})
    answer = client.post("/api/v1/flow/cases", body, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (403, "flow.open.not_for_you")
    assert not flow.Case.objects.filter(procedure_code="elder_card").exists()
