"""A request to erase is answered in whole or in part; what was claimed was done, what stays has its law, and every proof holds."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from conftest import official_client
from hunhe.hub.exchange.models import Call
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit import queries as audit_log
from hunhe.kernel.consent import models
from hunhe.kernel.consent import queries as consents
from hunhe.kernel.consent.shapes import ErasureOutcome
from hunhe.kernel.events import actions as events
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.identity.models import Account, RealNameLink
from hunhe.kernel.notify.models import Notice
from hunhe.stone.errors import Conflict, Denied, Invalid
from hunhe.stone.who import Who
from hunhe.wallet.mydata import actions, queries
from hunhe.wallet.mydata.tests.conftest import SYSTEM, Person

pytestmark = pytest.mark.django_db(transaction=True)
REVIEWER = Who(
    id="acc_reviewer",
    kind="official",
    name="复核",
    department="data_bureau",
    may=frozenset({"consent.may_decide_erasures", "flow.may_move_cases"}),
)
ALL = ("identity", "consent", "notify", "exchange", "audit", "flow", "bases")


def ask(person: Person, *rooms: str) -> Case:
    return actions.ask_erasure(who=person.who, subject_id=person.subject, rooms=rooms or ALL, key="one")


def answer(case: Case, *rooms: str, reason: str = "") -> Case:
    checked = actions.check_erasure(who=REVIEWER, case_id=case.id, expected_version=case.rev)
    actions.decide_erasure(who=REVIEWER, case_id=case.id, rooms=rooms, reason=reason, expected_version=checked.rev)
    events.run_due(who=SYSTEM)
    return cases.case_by_id(who=SYSTEM, case_id=case.id)


def outcomes(case: Case) -> dict[str, ErasureOutcome]:
    return {line.room: line.outcome for line in consents.erased_in(who=SYSTEM, case_id=case.id)}


def test_in_part_with_reasons(shen: Person, wu: Person):
    asked = ask(shen, "consent", "notify", "exchange")
    assert set(asked.facts["wanted"]) == {"我同意过的事", "我收到的通知", "谁用过我的数据"}
    closed = answer(asked, "consent", "notify")
    assert (closed.state, closed.outcome) == ("closed", "done")
    lines = {line.room: line for line in consents.erased_in(who=SYSTEM, case_id=asked.id)}
    assert lines["consent"].outcome is ErasureOutcome.ERASED
    assert lines["notify"].outcome is ErasureOutcome.ERASED
    assert (lines["exchange"].outcome, lines["exchange"].basis) == (ErasureOutcome.KEPT, "《网络安全法》第二十一条")
    assert (lines["flow"].outcome, lines["flow"].basis) == (ErasureOutcome.KEPT, "《档案法》第十四条")
    assert (lines["identity"].outcome, lines["identity"].why) == (ErasureOutcome.KEPT, "You did not ask for it.")
    assert not models.Consent.objects.filter(subject_id=shen.subject).exists()
    assert Call.objects.filter(subject_id=shen.subject).exists()
    assert models.Consent.objects.filter(subject_id=wu.subject).count() == 1


def test_in_whole_leaves_no_row_and_every_proof(shen: Person, wu: Person):
    before = _entries(shen)
    assert before
    answer(ask(shen), "identity", "consent", "notify", "exchange", "audit")
    audit.seal(who=SYSTEM)
    assert not Account.objects.filter(subject_id=shen.subject).exists()
    assert not RealNameLink.objects.filter(subject_id=shen.subject).exists()
    assert not Call.objects.filter(subject_id=shen.subject).exists()
    assert not models.Consent.objects.filter(subject_id=shen.subject).exists()
    for entry_id in before:
        proof = audit_log.proof(who=SYSTEM, entry_id=entry_id)
        assert proof.entry_id == entry_id
    assert [check for check in audit_log.verify(who=SYSTEM) if not check.ok] == []
    opened = {entry.entry_id: entry for entry in audit_log.list_entries(who=SYSTEM).items}
    assert all(
        opened[entry_id].detail is None and opened[entry_id].subject_id is None for entry_id in before if entry_id in opened
    )
    assert shen.client.get("/mydata/").status_code == 302
    assert _named_anywhere(shen.subject) <= {
        "flow_case",
        "notify_notice",
        "audit_subject_key",
        "events_event",
        "events_delivery",
    }
    assert wu.client.get("/mydata/").status_code == 200


def test_what_cannot_be_done_is_never_claimed(shen: Person, monkeypatch: pytest.MonkeyPatch):
    from hunhe.kernel.consent import holdings
    from hunhe.kernel.consent.holdings import Registered
    from hunhe.kernel.consent.shapes import Table

    table = Table(name="t", title="t", columns=(("a", "a"),), rows=((1,),))
    monkeypatch.setitem(holdings._registered, "lake", Registered("lake", "Lake", lambda subject: (table,), None))
    case = answer(ask(shen, "consent"), "consent", "lake")
    assert outcomes(case)["lake"] is ErasureOutcome.PENDING


def test_the_effect_again_changes_nothing(shen: Person):
    from hunhe.kernel.consent import actions as consent

    case = answer(ask(shen, "consent"), "consent")
    lines = consents.erased_in(who=SYSTEM, case_id=case.id)
    assert consent.erase_subject(who=SYSTEM, subject_id=shen.subject, rooms=["notify"], case_id=case.id) == lines
    assert Notice.objects.filter(audience=f"subject:{shen.subject}").exists()


def test_one_request_at_a_time(shen: Person):
    first = ask(shen, "consent")
    assert actions.ask_erasure(who=shen.who, subject_id=shen.subject, rooms=["notify"], key="two").id == first.id
    answer(first, "consent")
    assert actions.ask_erasure(who=shen.who, subject_id=shen.subject, rooms=["notify"], key="two").id != first.id


def test_what_stays_needs_a_law_or_a_reason(shen: Person):
    asked = ask(shen, "consent", "notify")
    checked = actions.check_erasure(who=REVIEWER, case_id=asked.id, expected_version=asked.rev)
    decide: dict[str, Any] = {"who": REVIEWER, "case_id": asked.id, "expected_version": checked.rev}
    with pytest.raises(Invalid, match=r"mydata\.erasure\.reason"):
        actions.decide_erasure(rooms=["consent"], reason="", **decide)
    with pytest.raises(Invalid, match=r"mydata\.erasure\.none"):
        actions.decide_erasure(rooms=[], reason="都不删", **decide)
    actions.decide_erasure(rooms=["consent"], reason="通知里有未办完的事", **decide)
    events.run_due(who=SYSTEM)
    lines = {line.room: line for line in consents.erased_in(who=SYSTEM, case_id=asked.id)}
    assert (lines["notify"].outcome, lines["notify"].why) == (ErasureOutcome.KEPT, "通知里有未办完的事")


def test_the_case_engine_itself_asks_who_holds_what_and_judges_the_decision(shen: Person):
    asked = ask(shen, "consent", "notify")
    step = {"who": REVIEWER, "case_id": asked.id}
    for facts in ({"held": {}}, {"duties": {"我收到的通知": "不想删"}}):
        with pytest.raises(Invalid, match=r"flow\.facts\.supplied"):
            flow.move_case(move="checked", expected_version=asked.rev, facts=facts, **step)
    checked = flow.move_case(move="checked", expected_version=asked.rev, **step)
    assert set(checked.facts["held"]) == set(asked.facts["held"])
    assert "谁用过我的数据" in checked.facts["duties"]
    for erase, code in ((["我同意过的事"], "reason"), (["没有这一项"], "none")):
        with pytest.raises(Invalid) as refused:
            flow.move_case(move="decide", expected_version=checked.rev, facts={"erase": erase}, **step)
        assert refused.value.code == f"mydata.erasure.{code}"


def test_only_the_person_asks_and_only_the_bureau_answers(shen: Person, wu: Person):
    with pytest.raises(Denied):
        actions.ask_erasure(who=wu.who, subject_id=shen.subject, rooms=["consent"], key="one")
    with pytest.raises(Invalid):
        actions.ask_erasure(who=shen.who, subject_id=shen.subject, rooms=["flow", "no_such_room"], key="one")
    asked = ask(shen, "consent")
    for who in (shen.who, Who(id="acc_x", kind="official", department="data_bureau", may=frozenset({"flow.may_move_cases"}))):
        with pytest.raises(Denied):
            actions.check_erasure(who=who, case_id=asked.id, expected_version=asked.rev)
        with pytest.raises(Denied):
            queries.erasure_by_case(who=who, case_id=asked.id)
    answer(asked, "consent")
    with pytest.raises(Conflict):
        actions.check_erasure(who=REVIEWER, case_id=asked.id, expected_version=asked.rev)


def test_the_look_of_an_official_is_recorded_under_the_person(shen: Person):
    queries.erasure_by_case(who=REVIEWER, case_id=ask(shen, "consent").id)
    acts = [entry.act for entry in audit_log.entries_of_subject(who=SYSTEM, subject_id=shen.subject)]
    assert "mydata.holdings.seen" in acts


def test_by_page_from_asking_to_reading_what_was_done(shen: Person):
    page = shen.client.get("/mydata/erase/").content.decode()
    assert "《档案法》" in page
    shen.client.post("/mydata/erase/", {"room": ["consent", "notify"], "key": "one", "explanation": "不再住这里"})
    case = queries.erasure_of(who=shen.who, subject_id=shen.subject)
    assert case is not None
    desk: Client = official_client("reviewer")
    assert case.case.number in desk.get("/desk/erasures/").content.decode()
    address = f"/desk/erasures/{case.case.id}/"
    assert "不再住这里" in desk.get(address).content.decode()
    desk.post(f"{address}check/", {"rev": case.case.rev, "key": "a"})
    rev = cases.case_by_id(who=SYSTEM, case_id=case.case.id).rev
    assert 'name="erase" value="consent"' in desk.get(address).content.decode()
    desk.post(f"{address}decide/", {"rev": rev, "key": "b", "erase": ["consent", "notify"]})
    events.run_due(who=SYSTEM)
    done = shen.client.get("/mydata/erase/").content.decode()
    assert "已删" in done
    assert "《档案法》" in done
    assert official_client("clerk", "civil_affairs").get("/desk/erasures/").status_code == 403


def _entries(person: Person) -> list[str]:
    return [entry.entry_id for entry in audit_log.entries_of_subject(who=SYSTEM, subject_id=person.subject)]


def _named_anywhere(subject_id: str) -> set[str]:
    """Tables in which any column holds the subject's id, looked for in every column of every table."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = connection.ops.quote_name(column.name)
                cursor.execute(
                    f"SELECT count(*) FROM {connection.ops.quote_name(table)} WHERE CAST({name} AS text) LIKE %s",
                    [f"%{subject_id}%"],
                )
                if cursor.fetchone()[0]:
                    found.add(table)
    return found
