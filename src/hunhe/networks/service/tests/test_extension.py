"""Ten more working days for a decision (Administrative Licensing Law, art. 42), by the pages people use."""

import pytest
from django.test import Client

from conftest import official_client
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.networks.service.tests.town import CLERK, LI, SYSTEM, applied, case_of, check_all, step

pytestmark = pytest.mark.usefixtures("town", "demo_folder")
WHY = "户籍信息要向外地核实"


def post(client: Client, case_id: str, act: str, note: str = "") -> int:
    form = {"act": act, "note": note, "rev": case_of(case_id).rev}
    return client.post(f"/desk/cases/{case_id}/extension/", form).status_code


def page(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def elder() -> Client:
    client = official_client("elder", None)
    account = Account.objects.get(username="t.elder")
    identity.raise_level(who=SYSTEM, account_id=account.id, subject_id=LI, level=2)
    return client


def test_asked_by_the_examiner_approved_by_the_head_and_told_to_the_applicant() -> None:
    application = applied()
    check_all(CLERK, application)
    before = step(CLERK, application, "accept")
    path = f"/desk/service/cases/{before.id}/"
    clerk, examiner = official_client("clerk", "civil_affairs"), official_client("examiner", "civil_affairs")
    decider = official_client("decider", "civil_affairs")
    assert "延长期限…" in page(examiner, path)
    assert "延长期限…" not in page(clerk, path)
    assert post(clerk, before.id, "ask", WHY) == 403
    assert post(examiner, before.id, "approve") == 409
    assert post(examiner, before.id, "ask", WHY) == 302
    assert "同意延长" not in page(examiner, path)
    assert "同意延长 10 个工作日" in page(decider, path)
    assert post(examiner, before.id, "approve") == 403
    assert post(decider, before.id, "approve") == 302
    after = case_of(before.id)
    assert before.due_at is not None
    assert after.due_at is not None
    assert (after.due_at - before.due_at).days == 14, "ten working days, two weekends"
    seen = page(elder(), f"/service/cases/{before.id}/")
    assert "决定期限延长了" in seen
    assert WHY in seen
    assert "最迟" in seen
    assert "已经延长一次" in page(examiner, path)


def test_strangers_learn_nothing() -> None:
    application = applied()
    check_all(CLERK, application)
    case = step(CLERK, application, "accept")
    assert post(official_client("clerk", "human_resources"), case.id, "ask", WHY) == 404
    assert post(official_client("citizen", None), case.id, "ask", WHY) in (403, 404)
    assert post(Client(), case.id, "ask", WHY) in (302, 401, 403)
    assert case_of(case.id).rev == case.rev
