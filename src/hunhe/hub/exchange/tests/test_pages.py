"""Pages and API of the exchange as people meet them."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hunhe.hub.exchange import actions, granting, models
from hunhe.hub.exchange.tests.people import citizen, official
from hunhe.hub.exchange.tests.scene import LIN, SYSTEM, WANG, Scene
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as flow_queries
from hunhe.kernel.identity.models import Account
from hunhe.kernel.notify import queries as notify
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    """Officials sign in without a second factor."""
    settings.HUNHE_DEMO = True


def signed_in(who: Who) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(Account.objects.get(id=who.id), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_person_sees_each_use_and_nobody_elses(scene: Scene) -> None:
    scene.grant()
    scene.call()
    scene.call(case=None)
    herself = signed_in(citizen("lin", LIN))
    page = herself.get("/uses/").content.decode()
    for words in (
        "失业人员医保缴费补贴核对在职",
        "在职状态",
        "月工资",
        "There was no case for it.",
        "Not one field was given.",
    ):
        assert words in page
    assert "林晚晴" not in page
    assert "data-verify=" in page
    other = signed_in(citizen("wang", WANG)).get("/uses/").content.decode()
    assert "Nobody used your data" in other
    uses = herself.get("/api/v1/exchange/my-uses").json()
    assert [use["outcome"] for use in uses["items"]] == ["refused", "given"]


def test_without_a_confirmed_name_the_page_says_what_to_do(scene: Scene) -> None:
    who = citizen("new", LIN)
    Account.objects.filter(id=who.id).update(subject_id=None)
    assert "Confirm your real name first" in signed_in(who).get("/uses/").content.decode()
    assert Client().get("/uses/").status_code in (302, 401)


@pytest.mark.parametrize("group", ["all", "mine", "statutory", "refused", "nonsense"])
def test_the_filter_of_uses(scene: Scene, group: str) -> None:
    scene.grant()
    scene.call()
    scene.call(case=None)
    page = signed_in(citizen("lin", LIN)).get("/uses/", {"group": group}).content.decode()
    assert page.count('class="card use') == {"all": 2, "mine": 1, "statutory": 0, "refused": 1, "nonsense": 2}[group]


def test_a_list_of_uses_needs_the_same_number_of_queries_at_any_length(scene: Scene) -> None:
    scene.grant(quota_per_day=1000)
    client = signed_in(citizen("lin", LIN))
    counts = []
    for calls in (1, 30):
        scene.calls(*[scene.incoming() for _ in range(calls)])
        client.get("/uses/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/uses/")
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_keyset_pages_show_every_use_once(scene: Scene) -> None:
    scene.grant(quota_per_day=1000)
    scene.calls(*[scene.incoming() for _ in range(45)])
    client, cursor, seen = signed_in(citizen("lin", LIN)), "", []
    while True:
        answer = client.get("/api/v1/exchange/my-uses", {"cursor": cursor} if cursor else {}).json()
        seen += [use["id"] for use in answer["items"]]
        cursor = answer["next"]
        if not cursor:
            break
    assert len(seen) == len(set(seen)) == 45


def test_the_path_of_a_request_on_screen(scene: Scene) -> None:
    applicant, bureau, provider = (
        signed_in(official("health_insurance", "applicant")),
        signed_in(official("data_bureau", "reviewer")),
        signed_in(official("human_resources", "approver")),
    )
    form = f"/desk/exchange/services/{scene.lookup}/apply/"
    assert applicant.get(form).status_code == 200
    said = {
        "columns": ["name", "status"],
        "purpose": "核对",
        "basis": "办法",
        "procedure": "subsidy_application",
        "quota_per_day": "50",
        "expires_on": (granting.today() + timedelta(days=30)).isoformat(),
        "key": "k1",
    }
    wrong = applicant.post(form, {**said, "expires_on": "2999-01-01"})
    assert wrong.status_code == 422
    sent = applicant.post(form, said)
    assert sent.status_code == 302
    page = bureau.get(sent.url)
    assert page.status_code == 200
    rev = page.context["asked"].rev
    assert bureau.post(f"{sent.url}pass/", {"expected_version": rev}).status_code == 302
    page = provider.get(sent.url)
    assert b'name="column.status"' in page.content
    terms = {"expected_version": page.context["asked"].rev, "quota_per_day": 20, "expires_on": granting.today().isoformat()}
    done = provider.post(f"{sent.url}decide/", {**terms, "column.name": "mask", "column.status": "give"})
    assert done.status_code == 302, done.content[:500]
    events.run_due(who=SYSTEM)
    grant = models.Grant.objects.get()
    assert (grant.columns, grant.quota_per_day, grant.procedures) == (
        {"name": "mask", "status": "give"},
        20,
        ["subsidy_application"],
    )
    shown = provider.get(f"/desk/exchange/grants/{grant.id}/").content.decode()
    assert "Suspend or revoke" in shown
    assert provider.post(f"/desk/exchange/grants/{grant.id}/revoke/", {"reason": "到此为止"}).status_code == 302
    grant.refresh_from_db()
    assert grant.state == "revoked"
    assert applicant.get("/desk/exchange/").status_code == 200
    assert applicant.get("/desk/exchange/calls/").status_code == 200


def test_a_request_is_read_and_begun_on_its_own_page_only(scene: Scene) -> None:
    applicant = signed_in(official("health_insurance", "applicant"))
    bureau = signed_in(official("data_bureau", "reviewer"))
    assert applicant.get("/desk/cases/new/grant_request/").url == "/desk/exchange/services/"
    assert "/desk/cases/new/grant_request/" not in applicant.get("/desk/cases/").content.decode()
    form = f"/desk/exchange/services/{scene.lookup}/apply/"
    said = {"columns": ["name"], "purpose": "核对", "basis": "办法", "procedure": "", "quota_per_day": "50", "key": "k2"}
    sent = applicant.post(form, said | {"expires_on": granting.today().isoformat()}).url
    case = sent.rstrip("/").rpartition("/")[2]
    assert bureau.get(f"/desk/cases/{case}/").url == sent
    turned = bureau.post(f"/desk/cases/{case}/move/", {"move": "pass", "rev": "1", "key": "k"})
    assert turned.url == sent
    assert bureau.get(sent).context["asked"].stage == "check"


def test_a_request_sent_back_is_corrected_and_sent_again(scene: Scene) -> None:
    applicant = signed_in(official("health_insurance", "applicant"))
    bureau = signed_in(official("data_bureau", "reviewer"))
    form = f"/desk/exchange/services/{scene.lookup}/apply/"
    said = {"columns": ["name"], "purpose": "核对", "basis": "办法", "procedure": "", "quota_per_day": "50", "key": "k3"}
    said["expires_on"] = granting.today().isoformat()
    sent = applicant.post(form, said).url
    assert applicant.get(f"{sent}correct/").status_code == 404
    back = {"expected_version": bureau.get(sent).context["asked"].rev, "reason": "用途写清楚"}
    assert bureau.post(f"{sent}return/", back).status_code == 302
    assert f"{sent}correct/" in applicant.get(sent).content.decode()
    page = applicant.get(f"{sent}correct/")
    assert page.context["form"]["purpose"].value() == "核对"
    again = said | {"purpose": "核对参保人在岗情况", "columns": ["name", "status"], "key": page.context["form"]["key"].value()}
    assert applicant.post(f"{sent}correct/", again | {"quota_per_day": "0"}).status_code == 422
    assert applicant.post(f"{sent}correct/", again).status_code == 302
    asked = bureau.get(sent).context["asked"]
    assert (asked.stage, asked.application.purpose, asked.application.columns) == (
        "check",
        "核对参保人在岗情况",
        ("name", "status"),
    )
    passed = bureau.post(f"{sent}pass/", {"expected_version": asked.rev, "must_publish": "1"})
    assert passed.status_code == 302
    assert flow_queries.case_by_id(who=SYSTEM, case_id=asked.case_id).facts["must_publish"] is True


def test_the_api_of_a_request(scene: Scene) -> None:
    applicant = official("health_insurance", "applicant")
    client = signed_in(applicant)
    said = {
        "resource": scene.resource,
        "service": scene.lookup,
        "columns": ["status"],
        "purpose": "核对",
        "basis": "办法",
        "quota_per_day": 5,
        "expires_on": granting.today().isoformat(),
        "key": "k9",
    }
    made = client.post("/api/v1/exchange/grants", json.dumps(said), content_type="application/json")
    assert made.status_code == 201, made.content
    case = made.json()
    moved = flow.move_case(
        who=official("data_bureau", "reviewer"), case_id=case["case_id"], move="pass", expected_version=case["rev"]
    )
    provider = signed_in(official("human_resources", "approver"))
    shown = provider.get(f"/api/v1/exchange/requests/{case['case_id']}").json()
    assert shown["suggested"] == {"status": "give"}
    decision = {
        "expected_version": moved.rev,
        "columns": {"status": "give"},
        "quota_per_day": 5,
        "expires_on": granting.today().isoformat(),
    }
    url = f"/api/v1/exchange/requests/{case['case_id']}/decide"
    assert client.post(url, json.dumps(decision), content_type="application/json").status_code == 403
    assert provider.post(url, json.dumps(decision), content_type="application/json").status_code == 200


@pytest.mark.parametrize("role", ["steward", "clerk", "administrator", "auditor", "leader"])
def test_roles_without_the_right_change_nothing(scene: Scene, role: str) -> None:
    grant = scene.grant()
    department = "data_bureau" if role in ("administrator", "auditor", "leader") else "human_resources"
    client = signed_in(official(department, role))
    for verb in ("suspend", "resume", "revoke"):
        answer = client.post(
            f"/api/v1/exchange/grants/{grant.id}/{verb}", json.dumps({"reason": "x"}), content_type="application/json"
        )
        assert answer.status_code == 403
        assert answer["Content-Type"].startswith("application/problem+json")
    grant.refresh_from_db()
    assert (grant.state, grant.reason) == ("active", "")


def test_the_developer_portal(scene: Scene) -> None:
    assert "Sign in" in Client(headers={"accept-language": "en"}).get("/developer/").content.decode()
    client = signed_in(official("health_insurance", "applicant"))
    assert scene.lookup in client.get("/developer/").content.decode()
    assert "data-try-call" in client.get(f"/developer/services/{scene.verify}/").content.decode()
    assert client.get("/developer/services/nothing/").status_code == 404
    reference = client.get("/developer/reference/").content.decode()
    assert "/api/v1/exchange/my-uses" in reference
    made = client.post("/developer/keys/", {"name": "结算系统"})
    assert made.context["made"].secret in made.content.decode()
    assert made.context["made"].secret not in client.get("/developer/keys/").content.decode()
    assert client.post("/developer/keys/", {"name": " "}).status_code == 422
    identifier = made.context["made"].client.id
    assert client.post(f"/developer/keys/{identifier}/revoke/").status_code == 302
    assert "revoked" in client.get("/developer/keys/").content.decode()
    assert signed_in(citizen("lin", LIN)).get("/developer/keys/").status_code == 200


def test_suspending_tells_both_departments(scene: Scene) -> None:
    grant = scene.grant()
    actions.suspend_grant(who=SYSTEM, grant_id=grant.id, reason="查一查")
    events.run_due(who=SYSTEM)
    for department in ("health_insurance", "human_resources"):
        notices = notify.list_notices(who=official(department, "steward")).items
        assert [notice.link for notice in notices] == [f"/desk/exchange/grants/{grant.id}/"]
