"""From a decided case to a licence that a stranger can check."""

from datetime import date
from typing import Any

import pytest

from hunhe.kernel.audit.models import Entry
from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.events import actions as events
from hunhe.kernel.events import queries as event_queries
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import content as procedures
from hunhe.kernel.flow import queries as flow_queries
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.notify import queries as notify
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, effects, models, queries
from hunhe.wallet.licence.rules.identifier import parse
from hunhe.wallet.licence.shapes import Answer
from hunhe.wallet.licence.tests.people import SYSTEM, citizen
from hunhe.wallet.licence.tests.scene import FACTS, HOLDER, Scene

pytestmark = pytest.mark.django_db

PROCEDURE = """
id = "elder_card"
version = "2020-01"
name = "老年人优待证"
owner = "civil_affairs"
basis = "本测试"
valid_from = "2026-01-01"
[departments]
front = "civil_affairs"
[open]
stage = "take"
subject = "required"
origins = ["subject"]
by = ["citizen"]
department = "civil_affairs"
facts = ["name", "id_number"]
optional = ["birth_date", "card_class"]
[facts]
name = { name = "姓名" }
id_number = { name = "身份号码" }
birth_date = { name = "出生日期" }
card_class = { name = "类别" }
[[stages]]
id = "take"
name = "收件"
actor = { department = "front" }
[[stages]]
id = "issued"
name = "发证"
final = "issued"
[[moves]]
id = "grant"
name = "准予"
from = ["take"]
to = "issued"
effects = ["licence.issue_licence"]
"""


@pytest.fixture
def procedure(scene: Scene) -> None:
    procedures.apply(SYSTEM, [ContentFile.parsed("kernel/flow/procedures/elder_card.toml", "test", PROCEDURE)])


def decided(scene: Scene, facts: dict[str, Any]) -> Case:
    case = flow.open_case(
        who=scene.holder,
        procedure="elder_card",
        department=None,
        facts=facts,
        subject_id=HOLDER,
        origin="subject",
        title="老年人优待证",
        key="c1",
    )
    return flow.move_case(who=SYSTEM, case_id=case.id, move="grant", expected_version=case.rev)


def test_a_decided_case_issues_one_licence_and_closes(scene: Scene, procedure: None) -> None:
    case = decided(scene, FACTS)
    assert case.state == "effecting"
    events.run_due(who=SYSTEM)
    assert flow_queries.case_by_id(who=SYSTEM, case_id=case.id).outcome == "issued"
    licence = queries.licence_of_case(who=scene.holder, case_id=case.id)
    assert licence is not None
    assert (licence.state, licence.holder, licence.holder_name) == ("valid", HOLDER, "林若溪")
    assert str(parse(licence.identifier)) == licence.identifier
    assert licence.identifier.split(".")[6:8] == ["210100", "20260000001"]
    assert [notice.title for notice in notify.list_notices(who=scene.holder).items]
    assert queries.licence_of_case(who=scene.stranger, case_id=case.id) is None


def test_the_effect_run_twice_issues_one(scene: Scene, procedure: None) -> None:
    case = decided(scene, FACTS)
    seen = []

    def twice(effect: Any) -> None:
        effects.issue_licence(effect)
        effects.issue_licence(effect)
        seen.append(effect.key)

    flow.register_effect(who=SYSTEM, name=effects.ISSUE_LICENCE, handler=twice)
    try:
        events.run_due(who=SYSTEM)
    finally:
        flow.register_effect(who=SYSTEM, name=effects.ISSUE_LICENCE, handler=effects.issue_licence)
    assert len(seen) == 1
    assert models.Licence.objects.filter(case_id=case.id).count() == 1
    assert Entry.objects.filter(act="licence.licence.issued").count() == 1


def test_a_case_that_does_not_say_enough_issues_nothing(scene: Scene, procedure: None) -> None:
    decided(scene, {"name": " ", "id_number": "x"})
    events.run_due(who=SYSTEM)
    assert not models.Licence.objects.exists()
    assert "licence.fact.missing" in event_queries.list_jobs(who=SYSTEM).items[0].error


def test_the_same_key_is_the_same_licence_or_a_conflict(scene: Scene) -> None:
    first = scene.issue()
    assert scene.issue().id == first.id
    with pytest.raises(Conflict):
        scene.issue(facts={**FACTS, "name": "别人"})
    second = scene.issue(key="k2")
    assert second.identifier.split(".")[7] == "20260000002"
    assert models.Change.objects.filter(licence_id=first.id).count() == 2


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"type": "nothing"}, NotFound),
        ({"facts": {"name": "林若溪"}}, Invalid),
        ({"facts": {**FACTS, "name": "a\nb"}}, Invalid),
        ({"facts": {**FACTS, "name": "林" * 201}}, Invalid),
        ({"key": ""}, Invalid),
        ({"valid_until": date(2020, 1, 1)}, Invalid),
    ],
)
def test_what_is_not_issued(scene: Scene, changes: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        scene.issue(**changes)
    assert not models.Licence.objects.exists()


def test_only_the_city_itself_issues(scene: Scene) -> None:
    for who in (scene.keeper, scene.holder, Who.anonymous()):
        with pytest.raises(Exception, match="door"):
            actions.issue_licence(who=who, type="elder_card", holder=HOLDER, case_id="", facts=FACTS, valid_until=None, key="x")


def test_a_licence_in_force_is_found_for_its_holder_only(scene: Scene) -> None:
    made = scene.issue(valid_until=date(2026, 12, 1))
    found = queries.valid_licence(who=scene.holder, subject_id=HOLDER, type="elder_card")
    assert found is not None
    assert found.id == made.id
    assert queries.valid_licence(who=SYSTEM, subject_id="sub_other", type="elder_card") is None
    with pytest.raises(Denied):
        queries.valid_licence(who=citizen("wang", "sub_wang"), subject_id=HOLDER, type="elder_card")


def test_open_cases_that_relied_on_a_revoked_licence_are_told(scene: Scene, procedure: None) -> None:
    made = scene.issue()
    case = flow.open_case(
        who=scene.holder,
        procedure="elder_card",
        department=None,
        facts=FACTS,
        subject_id=HOLDER,
        origin="subject",
        title="另一件",
        key="c2",
    )
    queries.valid_licence(who=SYSTEM, subject_id=HOLDER, type="elder_card", case_id=case.id)
    events.run_due(who=SYSTEM)
    before = len(notify.list_notices(who=scene.keeper).items)
    actions.revoke_licence(who=scene.keeper, licence_id=made.id, reason="冒领", expected_version=made.rev)
    assert queries.verify(who=scene.stranger, code=made.code).answer == Answer.REVOKED
    assert queries.valid_licence(who=SYSTEM, subject_id=HOLDER, type="elder_card") is None
    events.run_due(who=SYSTEM)
    told = notify.list_notices(who=scene.keeper).items
    assert len(told) == before + 1
    assert told[0].link == f"/desk/cases/{case.id}/"
