"""“The register has this wrong”: a ticket to the department whose value it is, and the applicant goes on with evidence."""

import pytest

from conftest import official_client
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.networks.service import actions, models, queries
from hunhe.networks.service.shapes import Draft
from hunhe.networks.service.tests.town import ANSWERS, CLERK, LI, SYSTEM, WANG, case_of, citizen, photo, step
from hunhe.stone.errors import Invalid, NotFound

pytestmark = pytest.mark.usefixtures("town", "demo_folder")
ELDER = citizen(LI)


def begun() -> Draft:
    draft = actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=True)
    actions.save_draft(who=ELDER, draft_id=draft.id, values={"delivery": "electronic"})
    return actions.attach_file(who=ELDER, draft_id=draft.id, material="photo", name="照片.png", stream=photo())


def dispute(draft: Draft, field: str = "nation", value: str = "满族", explanation: str = "户口本上是满族") -> Draft:
    return actions.dispute_value(who=ELDER, draft_id=draft.id, field=field, value=value, explanation=explanation)


def test_a_ticket_goes_to_the_source_and_the_form_goes_on_with_a_paper() -> None:
    draft = begun()
    assert {line.id for line in draft.lines if line.disputable} == {"name", "sex", "birth_date", "nation", "address"}
    doubted = dispute(draft)
    line = next(line for line in doubted.lines if line.id == "nation")
    assert line.value is not None
    assert line.dispute is not None
    assert (line.value.value, line.value.grade, line.dispute.value, line.disputable) == ("满族", "C", "汉族", False)
    ticket = cases.case_by_id(who=ELDER, case_id=line.dispute.case_id)
    assert (ticket.procedure, ticket.origin, ticket.subject_id) == ("correction", "subject", LI)
    assert (ticket.facts["source_department"], ticket.facts["field"]) == ("public_security", "民族")
    assert ticket.facts["explanation"] == "应为：满族。户口本上是满族"
    assert [one.id for one in doubted.materials if one.is_open] == ["proof_nation"]
    with pytest.raises(Invalid, match=r"service\.draft\.gaps"):
        actions.submit_draft(who=ELDER, draft_id=draft.id)
    actions.attach_file(who=ELDER, draft_id=draft.id, material="proof_nation", name="户口本.png", stream=photo())
    sent = actions.submit_draft(who=ELDER, draft_id=draft.id)
    kept = next(line for line in sent.lines if line.id == "nation")
    assert kept.dispute is not None
    assert kept.dispute.number == ticket.number
    assert case_of(sent).facts["nation"] == "满族"
    assert case_of(ticket.id).is_open, "the register is mended on its own way"


def test_the_clerk_looks_at_the_evidence_like_at_any_paper() -> None:
    draft = dispute(begun())
    actions.attach_file(who=ELDER, draft_id=draft.id, material="proof_nation", name="户口本.png", stream=photo())
    sent = actions.submit_draft(who=ELDER, draft_id=draft.id)
    for material in ("identity", "photo"):
        actions.check_material(who=CLERK, case_id=sent.case_id, material=material, fits=True)
    with pytest.raises(Invalid) as refused:
        step(CLERK, sent, "accept")
    assert refused.value.params["names"] == "民族的证明"
    page = official_client("clerk", "civil_affairs").get(f"/desk/service/cases/{sent.case_id}/").content.decode()
    assert "“汉族”" in page
    actions.check_material(who=CLERK, case_id=sent.case_id, material="proof_nation", fits=False, note="看不清")
    case = step(CLERK, sent, "return")
    assert case.facts["gaps"] == ["民族的证明：看不清"]
    actions.attach_correction(who=ELDER, case_id=sent.case_id, material="proof_nation", name="清楚.png", stream=photo())
    actions.correct_application(who=ELDER, case_id=sent.case_id, expected_version=case.rev)
    actions.check_material(who=CLERK, case_id=sent.case_id, material="proof_nation", fits=True)
    assert step(CLERK, sent, "accept").stage == "review"


def test_a_name_in_doubt_no_longer_proves_who_one_is() -> None:
    doubted = dispute(begun(), "name", "李敬之之")
    assert {one.id for one in doubted.materials if one.is_open} == {"identity", "proof_name"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("id_number", "210102195103041240", "service.dispute.none"),
        ("division_code", "210103", "service.dispute.none"),
        ("phone", "13900000000", "service.dispute.none"),
        ("delivery", "post", "service.dispute.none"),
        ("nonsense", "x", "service.dispute.none"),
        ("nation", "汉族", "service.dispute.same"),
        ("nation", "  ", "service.dispute.same"),
        ("birth_date", "不记得", "service.form.date"),
    ],
)
def test_what_cannot_be_doubted_here(field: str, value: str, code: str) -> None:
    draft = begun()
    with pytest.raises(Invalid) as refused:
        dispute(draft, field, value)
    assert refused.value.code == code
    assert models.Draft.objects.get(id=draft.id).disputes == {}


def test_only_in_ones_own_draft_and_evidence_only_for_what_is_in_doubt() -> None:
    draft = begun()
    with pytest.raises(NotFound):
        actions.dispute_value(who=citizen(WANG), draft_id=draft.id, field="nation", value="满族")
    with pytest.raises(Invalid, match=r"service\.material\.unknown"):
        actions.attach_file(who=ELDER, draft_id=draft.id, material="proof_nation", name="x.png", stream=photo())


def test_by_page() -> None:
    draft = begun()
    client = official_client("elder", None)
    identity.raise_level(who=SYSTEM, account_id=Account.objects.get(username="t.elder").id, subject_id=LI, level=2)
    path = f"/service/drafts/{draft.id}/"
    assert 'data-open="wrong-nation"' in client.get(path).content.decode()
    answer = client.post(f"{path}dispute/", {"field": "nation", "value": "满族"})
    assert (answer.status_code, answer["Location"]) == (302, path)
    page = client.get(path).content.decode()
    assert "民族的证明" in page
    assert "“汉族”" in page
    again = client.post(f"{path}dispute/", {"field": "nation", "value": "回族"})
    assert "不是从登记里取的" in again.content.decode()
    assert queries.draft_by_id(who=ELDER, draft_id=draft.id).lines
