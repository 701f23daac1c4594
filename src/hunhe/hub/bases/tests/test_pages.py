"""The pages of golden records: who may open them, what they say, and that a look is written down."""

import pytest
from django.test import Client

from conftest import official_client
from hunhe.hub.bases import queries
from hunhe.hub.bases.tests.city import EMPLOYMENT, RESIDENT, SYSTEM, build, employed, number, put, resident
from hunhe.kernel.audit import queries as audit

pytestmark = pytest.mark.django_db(transaction=True)
LI = number(1)


@pytest.fixture
def reviewer(prepared_city: None, demo_folder: None) -> Client:
    put(RESIDENT, [resident(LI, "李静", phone="13800000001")])
    put(EMPLOYMENT, [employed("JY1", LI, "李静", phone="13900000009")])
    build()
    client = official_client("reviewer")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def subject_of(id_number: str) -> str:
    return str(queries.subject_by_id_number(who=SYSTEM, base="population", number=id_number))


def test_a_number_leads_to_the_record_and_stands_in_no_address(reviewer: Client) -> None:
    answer = reviewer.post("/desk/bases/population/find/", {"number": LI})
    assert answer.status_code == 302
    assert LI not in answer["Location"]
    page = reviewer.get(answer["Location"]).content.decode()
    assert "李静" in page
    assert "13800000001" in page
    assert "13900000009" in page, "the value that lost stays visible"


def test_a_look_is_written_down(reviewer: Client) -> None:
    subject = subject_of(LI)
    before = audit.log_size(who=SYSTEM)
    reviewer.get(f"/desk/bases/population/{subject}/")
    assert audit.log_size(who=SYSTEM) != before


def test_lists_and_builds_are_told(reviewer: Client) -> None:
    assert "population" in reviewer.get("/desk/bases/").content.decode()
    page = reviewer.get("/desk/bases/population/")
    assert page.status_code == 200
    assert "built" in page.content.decode()
    assert reviewer.get("/desk/bases/population/merges/").status_code == 200


def test_others_are_refused(reviewer: Client) -> None:
    applicant = official_client("applicant", "human_resources")
    assert applicant.get(f"/desk/bases/population/{subject_of(LI)}/").status_code == 403
    assert applicant.post("/desk/bases/population/find/", {"number": LI}).status_code == 403


def test_a_proposal_waits_for_somebody_else(reviewer: Client) -> None:
    subject = subject_of(LI)
    rows = [f"{EMPLOYMENT}|JY1"]
    answer = reviewer.post(f"/desk/bases/population/{subject}/merge/", {"rows": "", "row": rows, "reason": "another person"})
    assert answer.status_code == 302
    page = reviewer.get("/desk/bases/population/merges/").content.decode()
    assert "another person" in page
    assert "Approve" not in page, "the proposer does not decide"
