"""From asking for data to a grant that carries calls, and to its end."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hunhe.hub.exchange import actions, effects, granting, models, queries
from hunhe.hub.exchange.tests.people import official
from hunhe.hub.exchange.tests.scene import SYSTEM, Scene
from hunhe.kernel.audit.models import Entry
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as flow_queries
from hunhe.kernel.flow.shapes import Case, Effect
from hunhe.kernel.notify import queries as notify
from hunhe.stone.errors import Denied, HunheError, Invalid, NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
USE = "核对是否在职"


def applied(scene: Scene, who: Who, **changes: Any) -> Case:
    said: dict[str, Any] = {
        "resource": scene.resource,
        "service": scene.lookup,
        "columns": ("name", "status", "wage"),
        "purpose": USE,
        "basis": "本市补贴办法第7条",
        "procedure": "insurance_subsidy",
        "quota_per_day": 2000,
        "expires_on": granting.today() + timedelta(days=365),
        "key": "k1",
    }
    return actions.apply_for_grant(who=who, **{**said, **changes})


def test_from_asking_to_the_first_call(scene: Scene) -> None:
    applicant, bureau = official("health_insurance", "applicant"), official("data_bureau", "reviewer")
    provider = official("human_resources", "approver")
    case = applied(scene, applicant)
    assert applied(scene, applicant).id == case.id
    assert scene.call(purpose=USE)[1]["code"] == "no_grant"
    case = flow.move_case(who=bureau, case_id=case.id, move="pass", expected_version=case.rev)
    asked = queries.request_by_case(who=provider, case_id=case.id)
    assert asked.suggested == {"name": "mask", "status": "give", "wage": "mask"}
    assert {check.name for check in asked.checks if not check.ok} == {"procedure_known"}
    assert "grant" in {move.id for move in asked.moves}
    case = actions.decide_grant(
        who=provider,
        case_id=case.id,
        expected_version=case.rev,
        columns={"name": "mask", "status": "give"},
        quota_per_day=600,
        expires_on=granting.today() + timedelta(days=30),
    )
    assert case.state == "effecting"
    events.run_due(who=SYSTEM)
    assert flow_queries.case_by_id(who=SYSTEM, case_id=case.id).stage == "granted"
    grant = queries.list_grants(who=applicant, department="health_insurance").items[0]
    assert (grant.provider, grant.quota_per_day, grant.state) == ("human_resources", 600, "active")
    assert grant.columns == {"name": "mask", "status": "give", "wage": "withhold"}
    assert scene.call(purpose=USE)[1]["data"] == {"name": "林**", "status": "在职"}
    assert [item.title for item in notify.list_notices(who=applicant).items] != []


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"decision": {"status": "give"}, "granted_quota": 2001}, "exchange.decision.more"),
        ({"decision": {"status": "give"}, "granted_until": "2999-01-01"}, "exchange.application.expiry"),
        ({"decision": {"status": "give", "salary": "give"}}, "exchange.decision.column"),
        ({"decision": {"status": "open"}}, "exchange.decision.choice"),
    ],
)
def test_no_more_is_granted_than_was_asked_for_whichever_door_is_taken(scene: Scene, facts: dict[str, Any], code: str) -> None:
    case = applied(scene, official("health_insurance", "applicant"))
    case = flow.move_case(who=official("data_bureau", "reviewer"), case_id=case.id, move="pass", expected_version=case.rev)
    provider = official("human_resources", "approver")
    with pytest.raises(Invalid) as refused:
        flow.move_case(who=provider, case_id=case.id, move="grant", expected_version=case.rev, facts=facts)
    assert refused.value.code == code


def test_a_request_opened_or_mended_in_the_case_engine_is_judged_too(scene: Scene) -> None:
    applicant, bureau = official("health_insurance", "applicant"), official("data_bureau", "reviewer")
    case = applied(scene, applicant)
    for facts, code in (
        ({"quota_per_day": 99_000_000}, "exchange.application.quota"),
        ({"provider_department": "civil_affairs"}, "exchange.service.unknown"),
        ({"columns": [{"name": "wage"}]}, "exchange.application.columns"),
    ):
        with pytest.raises(HunheError) as refused:
            flow.open_case(
                who=applicant,
                procedure="grant_request",
                department="health_insurance",
                facts={**case.facts, **facts},
                origin="office",
                title="",
                key=code,
            )
        assert refused.value.code == code
    case = flow.move_case(who=bureau, case_id=case.id, move="return", expected_version=case.rev, note="说明用途")
    with pytest.raises(Invalid, match=r"exchange\.application\.expiry"):
        flow.move_case(
            who=applicant, case_id=case.id, move="resubmit", expected_version=case.rev, facts={"expires_on": "2999-01-01"}
        )


def test_an_effect_run_twice_opens_one_grant(scene: Scene) -> None:
    case = applied(scene, official("health_insurance", "applicant"))
    facts = {**case.facts, "decision": {"status": "give"}, "granted_quota": 5}
    effect = Effect(case=replace(case, facts=facts), seq=1, name=effects.OPEN_GRANT, by="acc_x")
    effects.open_grant(effect)
    effects.open_grant(effect)
    assert models.Grant.objects.count() == 1
    assert Entry.objects.filter(act="exchange.grant.open").count() == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"columns": ("nothing",)}, "exchange.application.columns"),
        ({"columns": ()}, "exchange.application.columns"),
        ({"purpose": "a\nb"}, "exchange.application.purpose"),
        ({"basis": " "}, "exchange.application.basis"),
        ({"quota_per_day": 0}, "exchange.application.quota"),
        ({"expires_on": "yesterday"}, "exchange.application.expiry"),
        ({"expires_on": "in ten years"}, "exchange.application.expiry"),
        ({"hold_until": "in ten years"}, "exchange.application.hold"),
        ({"hold_until": "in ten years", "hold_basis": "x"}, "exchange.application.hold_days"),
        ({"service": "nothing.lookup"}, "exchange.service.unknown"),
        ({"resource": "nothing"}, "exchange.service.unknown"),
    ],
)
def test_what_cannot_be_asked_for(scene: Scene, changes: dict[str, Any], code: str) -> None:
    days = {"yesterday": -1, "in ten years": 3650}
    dated = {
        name: granting.today() + timedelta(days=days[value]) if isinstance(value, str) and value in days else value
        for name, value in changes.items()
    }
    with pytest.raises(HunheError) as refused:
        applied(scene, official("health_insurance", "applicant"), **dated)
    assert refused.value.code == code


def test_nobody_asks_for_what_is_their_own(scene: Scene) -> None:
    with pytest.raises(Invalid):
        applied(scene, official("human_resources", "applicant"))


def test_a_provider_gives_no_more_than_was_asked(scene: Scene) -> None:
    applicant, provider = official("health_insurance", "applicant"), official("human_resources", "approver")
    case = applied(scene, applicant)
    case = flow.move_case(who=official("data_bureau", "reviewer"), case_id=case.id, move="pass", expected_version=case.rev)
    for changes in (
        {"columns": {"id_number": "give"}},
        {"columns": {"status": "all of it"}},
        {"columns": {}},
        {"quota_per_day": 2001},
        {"expires_on": granting.today() + timedelta(days=400)},
    ):
        said = {"columns": {"status": "give"}, "quota_per_day": 10, "expires_on": granting.today(), **changes}
        with pytest.raises(Invalid):
            actions.decide_grant(who=provider, case_id=case.id, expected_version=case.rev, **said)
    with pytest.raises((Denied, NotFound)):
        actions.decide_grant(
            who=official("public_security", "approver"),
            case_id=case.id,
            expected_version=case.rev,
            columns={"status": "give"},
            quota_per_day=1,
            expires_on=granting.today(),
        )
    assert not models.Grant.objects.exists()


def test_only_the_provider_or_a_security_officer_stops_a_grant(scene: Scene) -> None:
    grant = scene.grant()
    strangers = (official("health_insurance", "applicant"), official("public_security", "approver"))
    for stranger in strangers:
        for change in (actions.suspend_grant, actions.revoke_grant, actions.resume_grant):
            with pytest.raises(Denied):
                change(who=stranger, grant_id=grant.id, reason="x")
    grant.refresh_from_db()
    assert grant.state == "active"
    officer, provider = official("data_bureau", "security_officer"), official("human_resources", "approver")
    assert actions.suspend_grant(who=officer, grant_id=grant.id, reason="异常").state == "suspended"
    with pytest.raises(Denied):
        actions.resume_grant(who=officer, grant_id=grant.id, reason="x")
    assert actions.resume_grant(who=provider, grant_id=grant.id, reason="查过了").state == "active"
    assert actions.revoke_grant(who=provider, grant_id=grant.id, reason="不用了").state == "revoked"
    for change in (actions.resume_grant, actions.suspend_grant):
        with pytest.raises(HunheError):
            change(who=provider, grant_id=grant.id, reason="x")
    with pytest.raises(Invalid):
        actions.revoke_grant(who=provider, grant_id=grant.id, reason=" ")
    with pytest.raises(NotFound):
        actions.revoke_grant(who=provider, grant_id="grant_none", reason="x")


def test_a_grant_is_seen_from_both_sides_and_no_other(scene: Scene) -> None:
    grant = scene.grant()
    for department in ("health_insurance", "human_resources"):
        assert queries.grant_by_id(who=official(department, "applicant"), grant_id=grant.id).id == grant.id
    with pytest.raises(NotFound):
        queries.grant_by_id(who=official("public_security", "applicant"), grant_id=grant.id)
    with pytest.raises(Denied):
        queries.list_grants(who=official("market_regulation", "approver"), department="health_insurance")
    assert queries.grant_by_id(who=official("data_bureau", "reviewer"), grant_id=grant.id).id == grant.id


def test_the_holder_of_a_grant_hears_that_the_source_changed(scene: Scene) -> None:
    scene.grant()
    holder, stranger = official("health_insurance", "applicant"), official("public_security", "applicant")
    facts = {"dataset": scene.table, "name": "就业登记", "department": "human_resources", "batch": "bat_x"}
    for _ in range(2):
        events.publish(who=SYSTEM, name="collect.contract.drifted", aggregate=scene.table, payload=facts)
    events.publish(who=SYSTEM, name="collect.contract.drifted", aggregate="other", payload={**facts, "dataset": "other"})
    events.run_due(who=SYSTEM)
    titles = [notice.title for notice in notify.list_notices(who=holder).items]
    assert sum("columns" in title for title in titles) == 2
    assert not any("columns" in notice.title for notice in notify.list_notices(who=stranger).items)
