"""Papers of applications: who opens which, and nobody else."""

import pytest
from django.test import Client

from conftest import official_client
from hunhe.kernel.files import queries as files
from hunhe.networks.service import actions, models
from hunhe.networks.service.tests.town import (
    ANSWERS,
    BUREAU,
    CLERK,
    DECIDER,
    EXAMINER,
    LI,
    PEOPLE,
    STRANGER,
    SYSTEM,
    WANG,
    applied,
    citizen,
    photo,
    step,
)
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.usefixtures("town", "demo_folder")
ELDER, NEIGHBOUR = citizen(LI), citizen(WANG)
CHIEF = Who(id="acc_chief", kind="official", department="data_bureau", may=frozenset({"org.may_cross_departments"}))


def opens(who: Who, file_id: str) -> bool:
    try:
        files.open_file(who=who, id=file_id).content.close()
    except NotFound:
        return False
    return True


def test_a_paper_is_read_by_the_applicant_and_the_department_that_handles_it() -> None:
    paper = models.Material.objects.get(application_id=applied().case_id, code="photo").file_id
    assert {who.name for who in (ELDER, CLERK, EXAMINER, DECIDER) if opens(who, paper)} == {"李敬之", "陈立", "周明", "吴局"}
    unseen = (NEIGHBOUR, STRANGER, BUREAU, CHIEF, Who(id="acc_x", kind="official", department="civil_affairs"))
    assert not any(opens(who, paper) for who in unseen)


def test_a_draft_is_nobody_elses_business() -> None:
    draft = actions.start_draft(who=ELDER, item="elder_card", answers=ANSWERS, prefill=True)
    draft = actions.attach_file(who=ELDER, draft_id=draft.id, material="photo", name="照片.png", stream=photo())
    paper = next(line.file_id for line in draft.materials if line.id == "photo")
    assert opens(ELDER, paper)
    assert not any(opens(who, paper) for who in (NEIGHBOUR, CLERK, DECIDER, STRANGER, BUREAU, CHIEF))


def test_what_a_clerk_hands_in_for_somebody_at_the_counter_is_theirs_too() -> None:
    sent = actions.take_in(
        who=CLERK,
        item="elder_card",
        name=PEOPLE[LI]["name"],
        id_number=PEOPLE[LI]["id_number"],
        answers=ANSWERS,
        values={"delivery": "electronic"},
        seen=["photo"],
        spoken_consent=True,
        key="k",
    )
    actions.check_material(who=CLERK, case_id=sent.case_id, material="photo", fits=False, note="太暗")
    step(CLERK, sent, "return")
    row = models.Application.objects.get(case_id=sent.case_id)
    assert row.department == "civil_affairs"
    actions.attach_correction(who=CLERK, case_id=sent.case_id, material="photo", name="照片.png", stream=photo())
    paper = models.Material.objects.get(application=row, code="photo").file_id
    assert opens(ELDER, paper)
    assert opens(EXAMINER, paper)
    assert opens(SYSTEM, paper)
    assert not any(opens(who, paper) for who in (NEIGHBOUR, STRANGER, BUREAU, CHIEF))


@pytest.mark.parametrize(
    ("role", "department", "status"),
    [
        ("clerk", "civil_affairs", 200),
        ("examiner", "civil_affairs", 200),
        ("decider", "civil_affairs", 200),
        ("clerk", "human_resources", 404),
        ("reviewer", "data_bureau", 404),
        ("citizen", None, 404),
    ],
)
def test_over_http(role: str, department: str | None, status: int) -> None:
    paper = models.Material.objects.get(application_id=applied().case_id, code="photo").file_id
    client: Client = official_client(role, department)
    assert client.get(f"/files/{paper}").status_code == status
    assert client.get(f"/api/v1/files/{paper}").status_code == status
