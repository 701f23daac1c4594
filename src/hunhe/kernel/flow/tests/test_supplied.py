"""Facts that a room supplies and steps that a room judges: no caller, page or program gets round them."""

from collections.abc import Iterator

import pytest

from hunhe.kernel.city.shapes import ContentFile, Doubtful
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import content, handlers, models
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.forms import form_of
from hunhe.kernel.flow.shapes import Asked, Case
from hunhe.kernel.flow.tests.conftest import SYSTEM, official, step
from hunhe.stone.errors import Invalid, Unavailable

CLERK = official("market_regulation", "clerk")
ASSAY = """
id = "assay"
version = "2026-11"
name = "检验"
owner = "market_regulation"
basis = "本测试"
valid_from = "2026-01-01"
[departments]
front = "market_regulation"
[open]
stage = "take"
facts = ["sample", "seal"]
checked_by = "test.sample"
[facts]
sample = { name = "样品" }
seal = { name = "封条号", supplied_by = "test.seal" }
weight = { name = "重量", kind = "number", supplied_by = "test.weight" }
remark = { name = "备注", supplied_by = "test.remark" }
[[stages]]
id = "take"
name = "收样"
actor = { department = "front" }
[[stages]]
id = "done"
name = "完"
final = "done"
[[moves]]
id = "weigh"
name = "称重"
from = ["take"]
to = "done"
facts = ["weight"]
optional = ["remark"]
guard = "facts.weight > 5.0"
refusal = "太轻"
checked_by = "test.sample"
"""


@pytest.fixture
def known(town: None) -> Iterator[dict[str, object]]:
    """What the rooms of this test supply; they are forgotten afterwards."""
    said: dict[str, object] = {"test.seal": "F-1", "test.weight": 7, "test.remark": None, "asked": []}
    before = dict(handlers._suppliers), dict(handlers._checks)
    for name in ("test.seal", "test.weight", "test.remark"):
        flow.register_supplier(who=SYSTEM, name=name, supply=lambda asked, name=name: said[name])

    def judge(asked: Asked) -> None:
        if asked.facts["sample"] == "空瓶":
            raise Invalid("test.empty", "empty")
        said["asked"] = asked

    flow.register_check(who=SYSTEM, name="test.sample", check=judge)
    content.apply(SYSTEM, [ContentFile.parsed("kernel/flow/procedures/assay.toml", "test", ASSAY)])
    yield said
    for table, kept in zip((handlers._suppliers, handlers._checks), before, strict=True):
        table.clear()
        table.update(kept)


def opened(**facts: object) -> Case:
    return flow.open_case(
        who=CLERK,
        procedure="assay",
        department="market_regulation",
        facts={"sample": "奶粉"} | facts,
        origin="office",
        title="",
        key=str(facts),
    )


def test_what_a_room_supplies_is_in_the_case_and_its_history(known: dict[str, object]) -> None:
    case = opened()
    assert case.facts == {"sample": "奶粉", "seal": "F-1"}
    done = step(CLERK, case, "weigh")
    assert done.facts == {"sample": "奶粉", "seal": "F-1", "weight": 7}
    assert [event.facts for event in cases.history(who=CLERK, case_id=case.id)] == [case.facts, {"weight": 7}]
    asked = known["asked"]
    assert isinstance(asked, Asked)
    assert (asked.move, asked.case and asked.case.id, asked.given) == ("weigh", case.id, {})


@pytest.mark.parametrize("value", [7, 0, None, "x"])
def test_nobody_says_it_himself(known: dict[str, object], value: object) -> None:
    with pytest.raises(Invalid, match=r"flow\.facts\.supplied"):
        opened(seal=value)
    case = opened()
    for who in (CLERK, SYSTEM):
        with pytest.raises(Invalid, match=r"flow\.facts\.supplied"):
            step(who, case, "weigh", weight=value)
    assert models.Case.objects.get(id=case.id).rev == case.rev


def test_it_is_not_asked_for(known: dict[str, object]) -> None:
    card = cases.procedure_by_id(who=CLERK, procedure="assay")
    assert [fact.id for fact in card.facts] == ["sample"]
    (move,) = cases.moves_for(who=CLERK, case_id=opened().id)
    assert (move.facts, move.supplied) == ((), ("weight", "remark"))
    assert form_of(move, None, ()) is None


def test_the_guard_weighs_what_was_supplied_and_a_missing_or_odd_value_stops_the_step(known: dict[str, object]) -> None:
    case = opened()
    for value, code in ((3, "flow.move.guard"), (None, "flow.facts.missing"), ("7", "flow.facts.kind")):
        known["test.weight"] = value
        with pytest.raises(Invalid) as refused:
            step(CLERK, case, "weigh")
        assert refused.value.code == code


def test_the_room_that_judges_has_the_last_word(known: dict[str, object]) -> None:
    with pytest.raises(Invalid, match=r"test\.empty"):
        opened(sample="空瓶")
    assert not models.Case.objects.filter(procedure_code="assay").exists()


def test_without_its_room_a_step_waits(known: dict[str, object]) -> None:
    case = opened()
    del handlers._suppliers["test.weight"]
    with pytest.raises(Unavailable, match=r"flow\.supplier\.none"):
        step(CLERK, case, "weigh")


def test_an_unknown_room_is_a_doubt(known: dict[str, object]) -> None:
    text = ASSAY.replace("test.weight", "test.nobody").replace('checked_by = "test.sample"', 'checked_by = "test.else"')
    try:
        found = list(content.check([ContentFile.parsed("kernel/flow/procedures/assay.toml", "test", text)]))
    except Doubtful as doubtful:
        found = [doubtful.doubt]
    assert {doubt.key for doubt in found} == {"facts.weight.supplied_by", "open.checked_by", "moves[0].checked_by"}
