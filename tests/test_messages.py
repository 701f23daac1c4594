"""The words of the house: all there, and the tool that says so."""

from pathlib import Path

import pytest

from tools import frontend, messages


def test_every_word_is_there() -> None:
    assert messages.check() == []


def test_every_icon_has_a_drawing(built: None) -> None:
    drawn = frontend.FRONTEND / "node_modules" / "@tabler" / "icons" / "icons" / "outline"
    assert [f"{file}: {name}" for name, file in frontend.used_icons().items() if not (drawn / f"{name}.svg").exists()] == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ('{% translate "One" %}', ["One"]),
        ("{% translate 'It is \"so\"' as x %}", ['It is "so"']),
        ("{% blocktranslate with n=x|n %}See {{ n }} of 100%{% endblocktranslate %}", ["See %(n)s of 100%%"]),
        (
            "{% blocktranslate count n=x %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}",
            [("%(n)s row", "%(n)s rows")],
        ),
        ("{% blocktranslate trimmed %}\n  one\n  two\n{% endblocktranslate %}", ["one two"]),
        ('{% empty _("Nothing here.") %}', ["Nothing here."]),
    ],
)
def test_templates_are_read(tmp_path: Path, template: str, found: list[object]) -> None:
    path = tmp_path / "x.html"
    path.write_text(template)
    assert [item.msgid for item in messages._from_template(path)] == found


def test_code_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.py"
    path.write_text(
        'msgid("A")\ngettext(\n    "B" "C"\n)\nngettext("%d row", "%d rows", 2)\npgettext("month", "May")\nother("no")\n'
    )
    found = [(item.msgid, item.context) for item in messages._from_python(path)]
    assert found == [("A", None), ("BC", None), (("%d row", "%d rows"), None), ("May", "month")]


@pytest.mark.parametrize(
    ("simplified", "traditional"), [("浑河", "渾河"), ("沈阳数据", "瀋陽數據"), ("发了 2 次", "發了 2 次"), ("干部", "幹部")]
)
def test_traditional_keeps_mainland_terms(simplified: str, traditional: str) -> None:
    assert messages.to_traditional(simplified) == traditional
