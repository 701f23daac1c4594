"""Functions: what their files may say, what they answer, and that a switch stops one of them only."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from hunhe.kernel.audit.models import Entry
from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.consent import queries as consent
from hunhe.stone.errors import Denied, Invalid, NotFound, Unavailable
from hunhe.stone.who import Who
from hunhe.wallet.functions import actions, content, queries, showing
from hunhe.wallet.functions.rules import masked_name
from hunhe.wallet.functions.shapes import Asked
from hunhe.wallet.licence import queries as licence

SYSTEM = Who.system("test")
OWNER = Who(id="acc_1", kind="official", department="public_security", may=frozenset({"functions.may_switch"}))
FILE = """
id = "gate"
number = 3
name = "场馆入口"
owner = "urban_management"
version = "2026-11"
basis = "法"
valid_from = "2026-11-01"
min_level = 2
tells = "可以进"
after = "放行"
"""


@pytest.fixture(autouse=True)
def _fresh() -> None:
    content.forget()


def _file(name: str, text: str) -> ContentFile:
    return ContentFile.parsed(f"wallet/functions/{name}.toml", "kit", text)


def test_a_plain_file_has_no_doubt() -> None:
    assert not list(content.check((_file("gate", FILE),)))


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('id = "gate"', 'id = "door"', "id"),
        ("number = 3", "number = 256", "number"),
        ("min_level = 2", "min_level = 1", "min_level"),
        ('tells = "可以进"', 'tells = "可以进"\nshows = "licence"', "licence"),
        ('tells = "可以进"', 'tells = "可以进"\nlicence = "elder_card"', "licence"),
    ],
)
def test_each_doubt_is_named_by_its_key(old: str, new: str, key: str) -> None:
    assert [doubt.key for doubt in content.check((_file("gate", FILE.replace(old, new)),))] == [key]


def test_a_number_belongs_to_one_function() -> None:
    files = (_file("gate", FILE), _file("door", FILE.replace('id = "gate"', 'id = "door"')))
    assert [doubt.key for doubt in content.check(files)] == ["number"]


@pytest.mark.parametrize(("name", "shown"), [("林晚晴", "林**"), ("赵强", "赵*"), ("王", "王*"), (" 欧阳 娜", "欧***")])
def test_a_name_is_masked_but_for_its_first_sign(name: str, shown: str) -> None:
    assert masked_name(name) == shown


def test_the_kit_has_functions_with_numbers_of_their_own(prepared_city: None) -> None:
    found = queries.list_functions(who=Who.anonymous())
    assert {"identification", "elder_card", "gate"} <= {one.id for one in found}
    assert len({one.number for one in found}) == len(found)
    assert all(one.on and one.basis for one in found)


def test_only_the_owner_switches_and_says_why(prepared_city: None) -> None:
    with pytest.raises(Denied):
        actions.switch_function(who=OWNER, function="gate", on=False, reason="试")
    with pytest.raises(Denied):
        actions.switch_function(who=replace(OWNER, may=frozenset()), function="identification", on=False, reason="试")
    with pytest.raises(Invalid):
        actions.switch_function(who=OWNER, function="identification", on=False, reason=" ")
    with pytest.raises(NotFound):
        actions.switch_function(who=OWNER, function="nothing", on=False, reason="试")
    off = actions.switch_function(who=OWNER, function="identification", on=False, reason="检修")
    assert (off.on, off.reason) == (False, "检修")
    assert [one.id for one in queries.list_functions(who=OWNER) if not one.on] == ["identification"]
    assert actions.switch_function(who=OWNER, function="identification", on=True, reason="修好").on
    assert Entry.objects.filter(act__startswith="functions.function.").count() == 2


def _answer(function: str, monkeypatch: pytest.MonkeyPatch, **changed: object) -> tuple[str, list[tuple[str, str]]]:
    read = next(one for one in content.functions() if one.id == function)
    import msgspec

    answer = showing.answer(msgspec.structs.replace(read, **changed), Asked(function, "sub_1", "civil_affairs"))
    return answer.code, [(shown.label, shown.value) for shown in answer.shown]


def test_an_elder_card_is_valid_or_not_and_nothing_else_is_told(prepared_city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    card: object = None
    asked: list[tuple[str, str]] = []

    def valid_licence(*, who: Who, subject_id: str, type: str) -> object:
        asked.append((subject_id, type))
        return card

    monkeypatch.setattr(licence, "valid_licence", valid_licence)
    assert _answer("elder_card", monkeypatch) == ("no_licence", [])
    card = SimpleNamespace(valid_until=None, holder_name="林晚晴")
    assert _answer("elder_card", monkeypatch) == ("", [("优待证有效", "")])
    card = SimpleNamespace(valid_until=date(2030, 1, 2), holder_name="林晚晴")
    assert _answer("elder_card", monkeypatch) == ("", [("优待证有效", "2030-01-02")])
    assert set(asked) == {("sub_1", "elder_card")}


def test_what_cannot_be_looked_up_is_no_refusal(prepared_city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(**_: object) -> None:
        raise Unavailable("x", "x")

    monkeypatch.setattr(licence, "valid_licence", down)
    assert _answer("elder_card", monkeypatch) == ("unavailable", [])
    assert _answer("identification", monkeypatch)[0] == "unavailable", "no base is served here"


def test_a_function_that_needs_consent_asks_for_it_first(prepared_city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    given: set[str] = set()

    def active_consent(*, who: Who, subject_id: str, kind: str, recipient: str = "") -> object:
        return object() if recipient in given and kind == "code.show_name" else None

    monkeypatch.setattr(consent, "active_consent", active_consent)
    assert _answer("gate", monkeypatch, consent="code.show_name") == ("no_consent", [])
    given.add("civil_affairs")
    assert _answer("gate", monkeypatch, consent="code.show_name")[0] == ""
    given.clear()
    given.add("")
    assert _answer("gate", monkeypatch, consent="code.show_name")[0] == ""
