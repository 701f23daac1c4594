"""A call through the group commit: what goes out, what is refused, what is written down."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from hunhe.hub.exchange import actions, granting, models, queries
from hunhe.hub.exchange.calls import answer_calls
from hunhe.hub.exchange.shapes import REFUSALS
from hunhe.hub.exchange.tests.scene import LIN, NAMES, NUMBERS, PURPOSE, WANG, Scene, open_case
from hunhe.kernel.audit import queries as audit
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
LIN_HERSELF = Who(id="acc_lin", kind="citizen", subject_id=LIN, level=2)


def uses() -> tuple[Any, ...]:
    return queries.uses_of(who=LIN_HERSELF, subject_id=LIN).items


def test_granted_columns_come_masked_with_a_receipt(scene: Scene) -> None:
    grant = scene.grant()
    status, body = scene.call()
    assert status == 200
    assert body["data"] == {"name": "林**", "status": "在职"}
    assert (body["masked"], body["withheld"]) == (["name"], ["wage"])
    receipt = audit.receipt(who=Who.anonymous(), entry_id=body["receipt"]["entry_id"])
    assert (receipt.leaf_hash, receipt.index) == (body["receipt"]["leaf_hash"], body["receipt"]["index"])
    assert receipt.checkpoint == body["receipt"]["checkpoint"]
    assert models.Meter.objects.get(grant=grant).used == 1
    call = models.Call.objects.get()
    assert (call.subject_id, call.outcome, call.given, call.masked, call.withheld) == (
        LIN,
        "given",
        ["status"],
        ["name"],
        ["wage"],
    )
    assert call.version == 0
    assert NAMES[LIN] not in json.dumps(body, ensure_ascii=False)
    assert NUMBERS[LIN] not in json.dumps(body, ensure_ascii=False)


def test_no_token_is_one_entry_for_the_batch(scene: Scene) -> None:
    answers = scene.calls(*[scene.incoming(token=token) for token in (None, "hk_wrong", "", "x" * 500, "键")])
    assert {status for status, _ in answers} == {401}
    assert len({body["entry_id"] for _, body in answers}) == 1
    assert not models.Call.objects.exists()


def refused(scene: Scene, *arguments: Any, **words: Any) -> str:
    """The code of a refusal, after checking that it is one, says nothing, and is on record."""
    status, body = scene.call(*arguments, **words)
    assert status == (429 if body["code"] == "quota" else 403), body
    assert body["code"] in REFUSALS
    assert not {"data", "receipt"} & body.keys()
    assert audit.receipt(who=Who.anonymous(), entry_id=body["entry_id"])
    last = models.Call.objects.order_by("-id")[0]
    assert (last.outcome, last.code, last.entry_id, last.given, last.masked) == (
        "refused",
        body["code"],
        body["entry_id"],
        [],
        [],
    )
    return str(body["code"])


def test_without_a_grant(scene: Scene) -> None:
    assert refused(scene) == "no_grant"
    assert refused(scene, "nothing.lookup") == "no_grant"
    assert [(use.outcome, use.code, use.looked) for use in uses()] == [("refused", "no_grant", ())]


def test_each_way_to_be_refused(scene: Scene) -> None:
    scene.grant()
    assert refused(scene, purpose="入户登记") == "purpose"
    assert refused(scene, columns=["wage"]) == "column"
    assert refused(scene, columns=["nothing"]) == "column"
    assert refused(scene, case=None) == "case_missing"
    assert refused(scene, case="case_nothing") == "case_mismatch"


def test_somebody_elses_case_is_a_mismatch(scene: Scene) -> None:
    scene.grant()
    assert refused(scene, key={"id_number": NUMBERS[WANG]}) == "case_mismatch"
    assert refused(scene, key={"id_number": "210103199999999999"}) == "case_mismatch"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"state": "closed"}, "case_closed"),
        ({"subject_id": WANG}, "case_mismatch"),
        ({"origin": "office"}, "case_mismatch"),
        ({"department": "public_security"}, "case_mismatch"),
        ({"procedure_code": "another"}, "case_mismatch"),
        ({"state": "suspended"}, None),
        ({"origin": "statutory"}, None),
        ({"origin": "approved"}, None),
    ],
)
def test_no_case_no_data(scene: Scene, changes: dict[str, Any], code: str | None) -> None:
    scene.grant()
    case = open_case(changes.pop("subject_id", LIN), **changes)
    if code is None:
        assert scene.call(case=case)[0] == 200
    else:
        assert refused(scene, case=case) == code


def test_a_case_closed_in_between_closes_the_data(scene: Scene) -> None:
    from hunhe.kernel.flow.models import Case

    scene.grant()
    assert scene.call()[0] == 200
    Case.objects.filter(id=scene.case_id).update(state="closed")
    assert refused(scene) == "case_closed"


def test_attributes_that_do_not_fit(scene: Scene) -> None:
    scene.grant()
    for key in ({"name": "林晚晴"}, {"id_number": NUMBERS[LIN], "name": "林"}, {"nothing": "x"}):
        assert refused(scene, key=key) == "attributes"


def test_unknown_record(scene: Scene) -> None:
    scene.grant(procedures=[])
    assert refused(scene, key={"id_number": "210103199999999999"}, case=None) == "not_found"


def test_quota_is_for_a_day_and_only_answers_use_it(scene: Scene) -> None:
    scene.grant(quota_per_day=2)
    assert refused(scene, columns=["wage"]) == "column"
    answers = scene.calls(*[scene.incoming() for _ in range(3)])
    assert [status for status, _ in answers] == [200, 200, 429]
    assert refused(scene) == "quota"
    models.Meter.objects.update(day=granting.today() - timedelta(days=1))
    assert scene.call()[0] == 200


def test_revocation_counts_from_the_next_call(scene: Scene) -> None:
    grant = scene.grant()
    assert scene.call()[0] == 200
    system = Who.system("test")
    actions.suspend_grant(who=system, grant_id=grant.id, reason="check")
    assert refused(scene) == "suspended"
    actions.resume_grant(who=system, grant_id=grant.id, reason="done")
    assert scene.call()[0] == 200
    actions.revoke_grant(who=system, grant_id=grant.id, reason="end")
    assert refused(scene) == "no_grant"


def test_an_expired_grant(scene: Scene) -> None:
    scene.grant(expires_on=granting.today() - timedelta(days=1))
    assert refused(scene) == "expired"


def test_overreach_stops_the_grant(scene: Scene) -> None:
    grant = scene.grant()
    for _ in range(4):
        assert refused(scene, columns=["wage"]) == "column"
    assert scene.call()[0] == 200
    answers = scene.calls(scene.incoming(columns=["wage"]), scene.incoming())
    assert [body["code"] for _, body in answers] == ["column", "suspended"]
    grant.refresh_from_db()
    assert (grant.state, grant.reason, grant.overreach) == ("suspended", "overreach", 5)


def test_a_verification_needs_two_attributes_and_counts_failures(scene: Scene) -> None:
    scene.grant(scene.verify, columns={"name": "mask", "status": "give", "wage": "withhold"})
    number = NUMBERS[LIN]

    def ask(**others: str) -> tuple[int, dict[str, Any]]:
        return scene.call(scene.verify, key={"id_number": number, **others})

    assert ask()[1]["code"] == "attributes"
    assert ask(wage="4321")[1]["code"] == "column"
    assert ask(name="林晚晴")[1]["data"] == {"agrees": True}
    for _ in range(5):
        assert ask(name="林晚")[1]["data"] == {"agrees": False}
    assert ask(name="林晚晴")[1]["code"] == "too_many_failures"
    assert number not in str(list(models.Failure.objects.values_list()))


def test_the_same_key_gives_the_same_receipt_and_counts_once(scene: Scene) -> None:
    grant = scene.grant()
    twice = scene.calls(scene.incoming(repeat="k1"), scene.incoming(repeat="k1"))
    later = scene.calls(scene.incoming(repeat="k1"))
    bodies = [body for _, body in (*twice, *later)]
    assert {body["receipt"]["entry_id"] for body in bodies} == {bodies[0]["receipt"]["entry_id"]}
    assert all(body["data"] == bodies[0]["data"] for body in bodies)
    assert models.Call.objects.count() == 1
    assert models.Meter.objects.get(grant=grant).used == 1
    other = scene.incoming(columns=["status"], repeat="k1")
    assert scene.calls(other)[0][1]["code"] == "attributes"


def test_a_repeated_key_does_not_outlive_the_grant_or_its_day(scene: Scene) -> None:
    grant = scene.grant()
    first = scene.calls(scene.incoming(repeat="k1"))[0][1]
    models.Call.objects.update(at=granting.clock.now() - timedelta(hours=25))
    second = scene.calls(scene.incoming(repeat="k1"))[0][1]
    assert first["receipt"]["entry_id"] != second["receipt"]["entry_id"]
    actions.revoke_grant(who=Who.system("test"), grant_id=grant.id, reason="end")
    assert scene.calls(scene.incoming(repeat="k1"))[0][1]["code"] == "no_grant"


def test_a_batch_that_is_undone_leaves_nothing(scene: Scene) -> None:
    scene.grant()
    with transaction.atomic():
        answer_calls([scene.incoming()])
        transaction.set_rollback(True)
    assert not models.Call.objects.exists()
    assert not models.Meter.objects.exists()


def test_what_the_person_sees(scene: Scene) -> None:
    scene.grant()
    scene.call()
    scene.call(case=None)
    use, refusal = uses()[1], uses()[0]
    assert (use.purpose, use.looked, use.masked, use.not_looked) == (PURPOSE, ("在职状态",), ("姓名",), ("月工资",))
    assert (use.group, use.case_id, use.department_name) == ("mine", scene.case_id, "沈阳市医疗保障局")
    assert use.leaf_hash == audit.receipt(who=LIN_HERSELF, entry_id=use.entry_id).leaf_hash
    assert (refusal.outcome, refusal.code, refusal.looked) == ("refused", "case_missing", ())
    days = queries.use_days(who=LIN_HERSELF, subject_id=LIN)
    assert (days.given, days.mine, days.refused, len(days.days)) == (1, 1, 1, 1)


def test_a_use_told_later_shows_only_that_it_was(scene: Scene) -> None:
    until = granting.today() + timedelta(days=10)
    scene.grant(hold_basis="侦查需要，依《…》第…条", hold_until=until)
    scene.call()
    held = uses()[0]
    assert (held.outcome, held.told_from, held.purpose, held.department_name, held.entry_id) == ("withheld", until, "", "", "")
    assert queries.uses_of(who=LIN_HERSELF, subject_id=LIN, group="mine").items == ()
    models.Call.objects.update(hold_until=granting.today())
    assert uses()[0].purpose == PURPOSE
