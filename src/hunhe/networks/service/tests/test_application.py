"""An elder's card from the first question to the rating, and everything that must not happen on the way."""

from datetime import timedelta
from typing import Any

import pytest

from hunhe.kernel.audit.models import Entry
from hunhe.kernel.city import queries as city
from hunhe.kernel.consent import queries as consent
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.notify import queries as notify
from hunhe.networks.service import actions, models, queries
from hunhe.networks.service.shapes import Application
from hunhe.networks.service.tests.conftest import MONDAY
from hunhe.networks.service.tests.town import (
    ANSWERS,
    BUREAU,
    CLERK,
    DECIDER,
    EXAMINER,
    FAR,
    LI,
    PEOPLE,
    STRANGER,
    SYSTEM,
    WANG,
    YOUNG,
    applied,
    case_of,
    check_all,
    citizen,
    granted,
    photo,
    run_jobs,
    step,
)
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.wallet.licence import queries as licences

pytestmark = pytest.mark.usefixtures("town")
ELDER = citizen(LI)


def test_from_guide_to_rating() -> None:
    guide = queries.guide(who=ELDER, item="elder_card", answers=ANSWERS)
    assert guide.qualifies is True
    draft = actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=True)
    assert [line.id for line in draft.lines if line.gap] == ["delivery"]
    assert {line.id: line.value.grade for line in draft.lines if line.value} == dict.fromkeys(
        ("name", "id_number", "sex", "birth_date", "nation", "address", "division_code", "phone"), "A"
    )
    assert [line.id for line in draft.materials if line.is_open] == ["photo"]
    assert draft.gaps == 2
    application = granted()
    case = case_of(application)
    assert (case.state, case.outcome) == ("closed", "granted")
    held = licences.valid_licence(who=ELDER, subject_id=LI, type="elder_card")
    assert held is not None
    assert (held.case_id, held.holder_name) == (case.id, "李敬之")
    assert queries.application_by_case(who=ELDER, case_id=case.id).applicant == "李敬之"
    rating = actions.rate_case(who=ELDER, case_id=case.id, stars=5, reasons=["501"])
    assert rating.callback == ""
    row = models.Application.objects.get(case_id=case.id)
    assert (row.corrected, row.lapsed, row.overdue, row.outcome) == (False, False, False, "granted")


def test_a_draft_is_kept_and_taken_up_again() -> None:
    draft = actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=True)
    actions.save_draft(who=ELDER, draft_id=draft.id, values={"delivery": "post"})
    again = actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=True)
    assert again.id == draft.id
    lines = {line.id: line for line in queries.draft_by_id(who=ELDER, draft_id=draft.id).lines}
    assert lines["delivery"].value is not None
    assert lines["delivery"].value.grade == "C"
    address = lines["post_address"]
    assert address.value is not None
    assert (address.value.grade, address.editable) == ("A", True), "the situation asks for an address now; the base has one"
    with pytest.raises(NotFound):
        queries.draft_by_id(who=citizen(WANG), draft_id=draft.id)
    actions.discard_draft(who=ELDER, draft_id=draft.id)
    fresh = actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=False)
    assert fresh.id != draft.id
    assert all(line.value is None for line in fresh.lines)


def test_what_a_base_says_cannot_be_written_over_but_a_telephone_can() -> None:
    draft = actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=True)
    saved = actions.save_draft(who=ELDER, draft_id=draft.id, values={"name": "别人", "phone": "024-22512345"})
    values = {line.id: line.value for line in saved.lines}
    assert values["name"] is not None
    assert values["phone"] is not None
    assert (values["name"].value, values["name"].grade) == ("李敬之", "A")
    assert (values["phone"].value, values["phone"].grade) == ("024-22512345", "C")
    with pytest.raises(Invalid, match=r"service\.form\.phone"):
        actions.save_draft(who=ELDER, draft_id=draft.id, values={"phone": "12"})
    with pytest.raises(Invalid, match=r"service\.form\.unknown"):
        actions.save_draft(who=ELDER, draft_id=draft.id, values={"nonsense": "x"})


def test_consent_to_prefill_is_recorded_either_way() -> None:
    actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=True)
    actions.start_draft(who=citizen(WANG), item="elder_card", answers=ANSWERS, prefill=False)
    assert consent.active_consent(who=ELDER, subject_id=LI, kind="service.prefill") is not None
    assert consent.active_consent(who=citizen(WANG), subject_id=WANG, kind="service.prefill") is None
    acts = list(Entry.objects.filter(act__startswith="service.prefill").values_list("act", flat=True))
    assert sorted(acts) == ["service.prefill.allowed", "service.prefill.declined"]


def test_who_is_too_young_is_told_before_filling_in_anything() -> None:
    who = citizen(YOUNG)
    guide = queries.guide(who=who, item="elder_card", answers=ANSWERS)
    assert guide.qualifies is False
    assert any("2040年6月15日" in verdict.says for verdict in guide.verdicts)
    with pytest.raises(Invalid, match=r"service\.draft\.unfit"):
        actions.start_draft(who=who, item="elder_card", answers=ANSWERS, prefill=True)
    assert not models.Draft.objects.exists()


def test_who_lives_elsewhere_needs_a_residence_permit() -> None:
    who = citizen(FAR)
    with pytest.raises(Invalid, match=r"service\.draft\.unfit"):
        actions.start_draft(who=who, item="elder_card", answers=ANSWERS, prefill=True)
    draft = actions.start_draft(who=who, item="elder_card", answers=ANSWERS | {"residence": "permit"}, prefill=True)
    assert [line.id for line in draft.materials if line.is_open] == ["photo", "residence_permit"]


def test_nothing_is_sent_with_gaps_and_all_of_them_are_named() -> None:
    draft = actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=True)
    with pytest.raises(Invalid) as refused:
        actions.submit_draft(who=ELDER, draft_id=draft.id)
    assert refused.value.code == "service.draft.gaps"
    assert "照片" in str(refused.value.params["names"])
    assert "证怎么给您" in str(refused.value.params["names"])


def test_sent_twice_it_is_one_case() -> None:
    first = applied()
    draft = models.Draft.objects.get(case_id=first.case_id)
    again = actions.submit_draft(who=ELDER, draft_id=draft.id, key="another")
    assert again.case_id == first.case_id
    assert models.Application.objects.count() == 1
    with pytest.raises(Conflict, match=r"service\.draft\.closed"):
        actions.save_draft(who=ELDER, draft_id=draft.id, values={"phone": "13900001234"})


def test_materials_are_checked_one_by_one_before_acceptance() -> None:
    application = applied()
    with pytest.raises(Invalid, match=r"service\.material\.unchecked"):
        step(CLERK, application, "accept")
    with pytest.raises(NotFound):
        actions.check_material(who=STRANGER, case_id=application.case_id, material="photo", fits=True)
    check_all(CLERK, application)
    assert step(CLERK, application, "accept").stage == "review"
    with pytest.raises(Denied, match=r"service\.material\.not_now"):
        actions.check_material(who=CLERK, case_id=application.case_id, material="photo", fits=True)


def test_a_correction_is_told_once_with_everything_in_it() -> None:
    application = applied()
    with pytest.raises(Invalid, match=r"service\.correction\.nothing"):
        step(CLERK, application, "return")
    actions.check_material(who=CLERK, case_id=application.case_id, material="identity", fits=True)
    actions.check_material(who=CLERK, case_id=application.case_id, material="photo", fits=False, note="看不清五官")
    case = step(CLERK, application, "return")
    assert case.facts["gaps"] == ["近期一寸免冠照片：看不清五官"]
    run_jobs()
    with pytest.raises(Invalid, match=r"service\.correction\.missing"):
        actions.correct_application(who=ELDER, case_id=case.id, expected_version=case.rev)
    old = models.Material.objects.get(application_id=case.id, code="photo").file_id
    actions.attach_correction(who=ELDER, case_id=case.id, material="photo", name="新.png", stream=photo())
    case = actions.correct_application(who=ELDER, case_id=case.id, expected_version=case.rev, key="once")
    assert case.stage == "recheck"
    assert case.facts["photo"] != old
    assert "return" not in [move.id for move in cases.moves_for(who=CLERK, case_id=case.id)], "told once"
    check_all(CLERK, application)
    assert step(CLERK, application, "accept").stage == "review"
    run_jobs()
    assert models.Application.objects.get(case_id=case.id).corrected


def test_when_the_fifth_day_passes_in_silence_it_is_accepted_as_of_the_day_of_receipt(at) -> None:
    application = applied()
    case = case_of(application)
    calendar = city.calendar(who=SYSTEM)
    assert case.due_at == calendar.deadline(MONDAY, 5)
    at(case.due_at - timedelta(minutes=1))
    run_jobs()
    assert case_of(case.id).stage == "receipt"
    at(case.due_at + timedelta(minutes=1))
    run_jobs()
    now = case_of(case.id)
    assert now.stage == "review"
    assert now.due_at == calendar.deadline(MONDAY, 10), "decide-by counts from receipt"
    (lapse,) = [event for event in cases.history(who=SYSTEM, case_id=case.id) if event.move == "accept_by_law"]
    assert lapse.as_of == application.sent_at
    row = models.Application.objects.get(case_id=case.id)
    assert (row.lapsed, row.overdue, row.accepted_at) == (True, True, application.sent_at)
    told = [notice.title for notice in notify.list_notices(who=CLERK).items]
    assert "Overdue: %(title)s" in told, "the clerk is flagged"
    assert any("%(title)s" in notice.title for notice in notify.list_notices(who=DECIDER).items)


def test_the_same_holds_when_corrected_material_is_left_lying(at) -> None:
    application = applied()
    actions.check_material(who=CLERK, case_id=application.case_id, material="photo", fits=False, note="太暗")
    case = step(CLERK, application, "return")
    at(MONDAY + timedelta(days=20))
    assert run_jobs() >= 0
    assert case_of(case.id).stage == "correction", "the applicant's own time runs no clock of the office"
    actions.attach_correction(who=ELDER, case_id=case.id, material="photo", name="新.png", stream=photo())
    case = actions.correct_application(who=ELDER, case_id=case.id, expected_version=case.rev)
    at(case.due_at + timedelta(minutes=1))
    run_jobs()
    lapsed = case_of(case.id)
    assert lapsed.stage == "review"
    assert lapsed.due_at == city.calendar(who=SYSTEM).deadline(MONDAY + timedelta(days=20), 10)


def test_one_limit_spans_review_and_decision_and_stands_still_in_a_hearing(at) -> None:
    application = applied()
    check_all(CLERK, application)
    case = step(CLERK, application, "accept")
    due = case.due_at
    at(MONDAY + timedelta(days=2))
    case = step(EXAMINER, application, "propose", opinion="符合条件")
    assert case.due_at == due, "the clock runs on"
    from hunhe.kernel.flow import actions as flow

    case = flow.suspend_case(who=DECIDER, case_id=case.id, reason="hearing", expected_version=case.rev)
    at(MONDAY + timedelta(days=4))
    case = flow.resume_case(who=DECIDER, case_id=case.id, expected_version=case.rev)
    assert case.due_at == city.calendar(who=SYSTEM).deadline(due, 2)
    assert step(DECIDER, application, "send_back", note="补看户籍").due_at == case.due_at


def test_nobody_decides_on_what_they_accepted_or_examined() -> None:
    both = EXAMINER.__class__(
        id="acc_both",
        kind="official",
        name="一人多岗",
        department="civil_affairs",
        may=EXAMINER.may | DECIDER.may,
        posts=("civil_affairs.examiner", "civil_affairs.decider"),
    )
    application = applied()
    check_all(both, application)
    step(both, application, "accept")
    step(EXAMINER, application, "propose", opinion="符合条件")
    assert {move.id for move in cases.moves_for(who=both, case_id=application.case_id)} == {"send_back"}
    for move in ("grant", "refuse"):
        with pytest.raises(Denied, match=r"flow\.move\.apart"):
            step(both, application, move, note="理由")
    assert step(DECIDER, application, "grant").stage == "making"


def test_a_refusal_says_why_and_what_can_be_done() -> None:
    application = applied()
    check_all(CLERK, application)
    step(CLERK, application, "accept")
    step(EXAMINER, application, "propose", opinion="人已迁出")
    with pytest.raises(Invalid, match=r"flow\.move\.reason"):
        step(DECIDER, application, "refuse")
    case = step(DECIDER, application, "refuse", note="户口已经迁出本市")
    assert case.outcome == "refused"
    assert "行政复议" in queries.application_by_case(who=ELDER, case_id=case.id).remedy


def test_withdrawn_by_the_applicant_only() -> None:
    application = applied()
    with pytest.raises((Denied, NotFound)):
        step(citizen(WANG), application, "withdraw")
    assert "withdraw_at_counter" not in [move.id for move in cases.moves_for(who=CLERK, case_id=application.case_id)]
    from hunhe.kernel.flow import actions as flow

    case = case_of(application)
    assert flow.withdraw_case(who=ELDER, case_id=case.id, expected_version=case.rev).outcome == "withdrawn"


def take_in(**changes: Any) -> Application:
    said: dict[str, Any] = {
        "who": CLERK,
        "item": "elder_card",
        "name": PEOPLE[WANG]["name"],
        "id_number": PEOPLE[WANG]["id_number"],
        "answers": ANSWERS,
        "values": {"delivery": "counter", "phone": "024-22512345"},
        "seen": ["identity", "photo"],
        "spoken_consent": True,
        "key": "k1",
    }
    return actions.take_in(**(said | changes))


def test_taken_in_at_the_counter_and_approved_by_a_second_person() -> None:
    application = take_in()
    again = take_in()
    assert application.case_id == again.case_id
    assert (application.channel, application.taken_in_by, application.applicant) == ("counter", "陈立", "王秀英")
    assert Entry.objects.filter(act="service.counter.spoken_consent").count() == 1
    check_all(CLERK, application)
    moves = [move.id for move in cases.moves_for(who=CLERK, case_id=application.case_id)]
    assert "approve_origin" not in moves
    with pytest.raises(Denied, match=r"flow\.move\.second_person"):
        step(CLERK, application, "approve_origin")
    with pytest.raises(Invalid):
        step(CLERK, application, "accept")
    case = step(EXAMINER, application, "approve_origin")
    assert (case.stage, case.origin) == ("review", "approved")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"spoken_consent": False}, "service.counter.consent"),
        ({"name": "别人"}, "service.counter.no_match"),
        ({"id_number": "210102194811092338"}, "service.counter.no_match"),
        ({"values": {}}, "service.draft.gaps"),
        ({"name": PEOPLE[YOUNG]["name"], "id_number": PEOPLE[YOUNG]["id_number"]}, "service.draft.unfit"),
    ],
)
def test_what_the_counter_does_not_take(changes: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        take_in(**changes)
    assert refused.value.code == code
    assert not models.Application.objects.exists()


def test_another_departments_clerk_takes_nothing_in() -> None:
    with pytest.raises(Denied, match=r"service\.counter\.department"):
        take_in(who=STRANGER)


def test_a_bad_rating_opens_a_callback_that_needs_a_result(at) -> None:
    application = granted()
    with pytest.raises(Invalid, match=r"service\.rating\.reason"):
        actions.rate_case(who=ELDER, case_id=application.case_id, stars=1, reasons=["501"])
    rating = actions.rate_case(who=ELDER, case_id=application.case_id, stars=1, reasons=["103"], comment="跑了三趟")
    callback = case_of(rating.callback)
    assert callback.due_at == city.calendar(who=SYSTEM).deadline(MONDAY, 15)
    assert queries.rating_counts(who=DECIDER, start=MONDAY, end=MONDAY + timedelta(days=1)).waiting == 1
    from hunhe.kernel.flow import actions as flow

    with pytest.raises(Invalid, match=r"flow\.facts\.missing"):
        flow.move_case(who=EXAMINER, case_id=callback.id, move="close", expected_version=callback.rev)
    flow.move_case(
        who=EXAMINER, case_id=callback.id, move="close", expected_version=callback.rev, facts={"result": "已上门道歉并改进叫号"}
    )
    run_jobs()
    (found,) = queries.list_ratings(who=DECIDER, department="civil_affairs").items
    assert found.result == "已上门道歉并改进叫号"
    assert queries.rating_counts(who=BUREAU, start=MONDAY, end=MONDAY + timedelta(days=1)).waiting == 0


def test_one_rating_a_case_by_the_person_it_was_about() -> None:
    application = applied()
    with pytest.raises(Conflict, match=r"service\.rating\.not_done"):
        actions.rate_case(who=ELDER, case_id=application.case_id, stars=5)
    done = granted(citizen(WANG))
    with pytest.raises(NotFound):
        actions.rate_case(who=ELDER, case_id=done.case_id, stars=5)
    actions.rate_case(who=citizen(WANG), case_id=done.case_id, stars=2, reasons=["202"])
    assert actions.rate_case(who=citizen(WANG), case_id=done.case_id, stars=2, reasons=["202"]).stars == 2
    with pytest.raises(Conflict, match=r"service\.rating\.given"):
        actions.rate_case(who=citizen(WANG), case_id=done.case_id, stars=5)
    with pytest.raises(Denied):
        queries.list_ratings(who=CLERK, department="civil_affairs")


def test_counts_of_a_day() -> None:
    granted()
    applied(citizen(WANG))
    run_jobs()
    (found,) = queries.counts_between(who=SYSTEM, start=MONDAY - timedelta(hours=1), end=MONDAY + timedelta(hours=1))
    assert (found.applied, found.online, found.closed, found.late, found.accepted, found.first_pass) == (2, 2, 1, 0, 1, 1)
    rates = queries.online_rates(who=SYSTEM)
    assert rates.items >= 1
    assert rates.fully_online <= rates.online_capable <= rates.items


def test_what_is_closed_goes_down_the_river(at) -> None:
    from hunhe.hub.collect import queries as collect

    granted()
    at(MONDAY + timedelta(minutes=15))
    run_jobs()
    (batch,) = collect.list_batches(who=SYSTEM, department="data_bureau", dataset="data_bureau.service_cases").items
    assert (batch.state, batch.source_rows, batch.loaded) == ("reconciled", 1, 1)
