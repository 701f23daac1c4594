from pathlib import Path

import pytest

from hunhe.kernel.city.shapes import ContentFile, Doubtful
from hunhe.kernel.flow import content
from hunhe.kernel.flow.tests.conftest import BRANCHES, REPOSITORY

KIT = REPOSITORY / "cities/kit/kernel/flow/procedures"


def doubts_of(text: str) -> list[tuple[str, str]]:
    file = ContentFile.parsed("kernel/flow/procedures/shop.toml", "test", text)
    try:
        return [(doubt.path, doubt.key) for doubt in content.check([file])]
    except Doubtful as error:
        return [(error.doubt.path, error.doubt.key)]


@pytest.mark.parametrize("path", sorted(KIT.glob("*.toml")), ids=lambda path: path.stem)
def test_the_kit_holds_no_doubt(path: Path):
    file = ContentFile.parsed(f"kernel/flow/procedures/{path.name}", "kit", path.read_text())
    assert list(content.check([file])) == []


def test_a_sound_procedure_holds_no_doubt():
    assert doubts_of(BRANCHES) == []


@pytest.mark.parametrize(
    ("was", "becomes", "key"),
    [
        ('to = "pack"', 'to = "moon"', "moves[1].to"),
        ('from = ["clean"]', 'from = ["moon"]', "moves[1].from"),
        ('from = ["clean"]', 'from = ["done"]', "moves[1].from"),
        ('to = ["clean", "safe"]', 'to = ["safe"]', "stages[1].id"),
        ('to = "done"', 'to = "pack"', "stages[4].id"),
        ('guard = "facts.area <= 100.0"', 'guard = "facts.area <="', "moves[2].guard"),
        ('guard = "facts.area <= 100.0"', 'guard = "secrets.area"', "moves[2].guard"),
        ('guard = "facts.area <= 100.0"', 'guard = "[1].map(a,[1].map(b,[1].map(c,c)))==[]"', "moves[2].guard"),
        ('length = 3, basis = "本测试"', 'length = 3, basis = " "', "stages[1].deadlines[0].basis"),
        ('length = 3, basis = "本测试"', "length = 3", "stages[1].deadlines[0].basis"),
        ("length = 3,", "length = 0,", "stages[1].deadlines[0].length"),
        (
            'pauses = ["drawing"] }]\n[[stages]]\nid = "safe"',
            'pauses = ["tea"] }]\n[[stages]]\nid = "safe"',
            "stages[1].deadlines[0].pauses",
        ),
        ('facts = ["area"]', 'facts = ["size"]', "moves[2].facts[0]"),
        ('actor = { department = "health" }', 'actor = { department = "army" }', "stages[1].actor.department"),
        ('actor = { department = "health" }', "actor = { subject = true, department = 'health' }", "stages[1].actor"),
        ('actor = { department = "health" }', "side = true", "stages[1].actor"),
        ('stage = "take"', 'stage = "moon"', "open.stage"),
        ('final = "done"', 'final = "done"\nactor = { department = "front" }', "stages[4].final"),
        ('id = "shop"', 'id = "shopping"', "id"),
        ('id = "shop"', 'id = "shop"\ncolour = "red"', ""),
        ('kind = "withdraw"', 'kind = "vanish"', "moves[4].kind"),
        ('name = "卫生通过"', 'name = "卫生通过"\napproves = true', "moves[1].second_person"),
        ('name = "卫生通过"', 'name = "卫生通过"\neffects = ["boom"]', "moves[1].effects[0]"),
        ('name = "卫生通过"', 'name = "卫生通过"\neffects = ["moon.open_gate"]', "moves[1].effects[0]"),
        ('area = { name = "面积", kind = "number" }', "", "moves[2].facts[0]"),
        ('police = "public_security"', 'police = "facts.nowhere"', "departments.police"),
        ('[[stages]]\nid = "done"', '[[stages]]\nid = "pack"', "moves[3].to"),
    ],
)
def test_each_fault_is_named_by_file_and_key(was, becomes, key):
    assert was in BRANCHES
    found = doubts_of(BRANCHES.replace(was, becomes, 1))
    assert ("kernel/flow/procedures/shop.toml", key) in found, found
