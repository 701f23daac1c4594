import threading
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.stone.errors import Invalid
from hunhe.stone.expressions import guard
from hunhe.stone.fences import FUNCTIONS, MACROS

NAMES = frozenset({"facts", "case", "l"})
TWO_HUNDRED = list(range(200))


@pytest.mark.parametrize(
    ("source", "values", "expected"),
    [
        ("facts.amount > 100 && facts.kind in ['a', 'b']", {"facts": {"amount": 101, "kind": "b"}}, True),
        ("has(facts.reply) && facts.reply != ''", {"facts": {}}, False),
        ("facts.items.all(i, i.price * 2 < 10)", {"facts": {"items": [{"price": 4}, {"price": 5}]}}, False),
        ("l.exists(x, l.exists(y, x - y == 2))", {"l": [1, 2, 3]}, True),
        ("size(l.filter(x, x > 1).map(x, x * 2)) == 2", {"l": [1, 2, 3]}, True),
        ("facts.code.matches('^[0-9]{0}x$') ? true : false", None, "expressions.pattern"),
        ("facts.code.matches('^21[0-9]+$')", {"facts": {"code": "210102"}}, True),
        ("facts.note.contains('// not a comment') || 1 + 1 == 2", {"facts": {"note": ""}}, True),
        ("timestamp(facts.day) < timestamp('2026-11-22T00:00:00Z')", {"facts": {"day": "2026-11-21T00:00:00Z"}}, True),
    ],
)
def test_what_guards_say(source, values, expected):
    if isinstance(expected, str):
        with pytest.raises(Invalid) as refusal:
            guard(source, NAMES)
        assert refusal.value.code == expected
    else:
        assert guard(source, NAMES).holds(values) is expected


@pytest.mark.parametrize(
    ("source", "code", "place"),
    [
        ("l.map(x, l.map(y, l.map(z, x))).size() > 1", "expressions.nesting", (1, 15)),
        ("l.all(x, l.all(y, l.all(z, true)))", "expressions.nesting", (1, 24)),
        ("l.map(x, l.map(y, y)).size() > 1", "expressions.nesting", (1, 15)),
        ("l.map(a, a + a).map(b, b + b).size() > 1", "expressions.growth", (1, 12)),
        ("l.map(a, [a, a]).size() > 1", "expressions.growth", (1, 10)),
        ("l.map(a, {'k': a}).size() > 1", "expressions.growth", (1, 10)),
        ("l" + ".map(a, l)" * 9 + ".size() > 1", "expressions.nesting", (1, 86)),
        ("true ||\n  nope == 1", "expressions.name", (2, 3)),
        ("facts.a == 1 && secrets", "expressions.name", (1, 17)),
        ("l.all(facts, true)", "expressions.name", (1, 7)),
        ("l.all(x, true) && x", "expressions.name", (1, 19)),
        ("open('x') == 1", "expressions.function", (1, 1)),
        ("l.reduce(a, b) == 1", "expressions.function", (1, 3)),
        ("all(x, true)", "expressions.function", (1, 1)),
        ("l.all(x)", "expressions.macro", (1, 8)),
        ("l.all(k, l, true)", "expressions.macro", (1, 17)),
        ("facts.s.matches(facts.p)", "expressions.pattern", (1, 16)),
        ("'a'.matches('(a{1000}){1000}')", "expressions.pattern", (1, 12)),
        ("facts.a == b'x'", "expressions.character", (1, 13)),
        ("facts.?a == 1", "expressions.character", (1, 7)),
        ("true // all fine", "expressions.character", (1, 6)),
        ("facts.`a` == 1", "expressions.character", (1, 7)),
        ("'''x''' == 'x'", "expressions.character", (1, 3)),
        ("(" * 17 + "true" + ")" * 17, "expressions.nesting", (1, 17)),
        ("(true", "expressions.brackets", (1, 2)),
        ("true)", "expressions.brackets", (1, 5)),
        ("facts.a >", "expressions.syntax", (1, 10)),
        ("true && true " * 200, "expressions.too_long", (1, 1)),
        ("-" * 501 + "1 > 0", "expressions.too_long", (1, 501)),
        ("'" + "x" * 2048 + "' == ''", "expressions.too_long", (1, 1)),
        ("1 in [" + "1," * 200 + "1]", "expressions.too_long", (1, 408)),
        ("Thing{a: 1} == 1", "expressions.name", (1, 1)),
    ],
)
def test_fences_name_the_place(source, code, place):
    started = time.perf_counter()
    with pytest.raises(Invalid) as refusal:
        guard(source, NAMES)
    assert (refusal.value.code, (refusal.value.params["line"], refusal.value.params["column"])) == (code, place)
    assert time.perf_counter() - started < 0.5
    assert "%(" not in str(refusal.value)


@pytest.mark.parametrize(
    ("source", "values", "code"),
    [
        ("facts.missing == 1", {"facts": {}}, "expressions.missing"),
        ("facts.a + 1 == 2", {"facts": {"a": "1"}}, "expressions.failed"),
        ("1 / facts.a == 1", {"facts": {"a": 0}}, "expressions.failed"),
        ("facts.a + 9223372036854775807 > 0", {"facts": {"a": 1}}, "expressions.failed"),
        ("l[3] == 1", {"l": []}, "expressions.failed"),
        ("facts.a", {"facts": {"a": "yes"}}, "expressions.not_bool"),
        ("l.all(x, l.all(y, l == l))", {"l": TWO_HUNDRED}, "expressions.cost"),
        ("l.map(x, l).size() > 0", {"l": TWO_HUNDRED}, "expressions.cost"),
        ("size(l) > 0", {"l": list(range(201))}, "expressions.values"),
        ("size(l) > 0", {"l": ["x" * 10_001]}, "expressions.values"),
        ("size(l) > 0", {"l": [list(range(200))] * 30}, "expressions.values"),
        ("size(l) > 0", {"l": [object()]}, "expressions.values"),
    ],
)
def test_what_cannot_be_decided_is_refused(source, values, code):
    with pytest.raises(Invalid) as refusal:
        guard(source, NAMES).holds({"facts": {}, "case": {}, "l": [], **values})
    assert refusal.value.code == code


def test_endless_values_are_refused():
    ring: list[object] = []
    ring.append(ring)
    with pytest.raises(Invalid):
        guard("size(l) == 1", NAMES).holds({"l": ring})


def outcome(question: Callable[[], bool]) -> str:
    """The answer, or the code of the refusal."""
    try:
        return str(question())
    except Invalid as refusal:
        return refusal.code


WORST = [
    "l.all(x, l.all(y, x * y >= 0))",
    "l.all(x, l.all(y, x != -1))",
    "l.all(x, l.all(y, string(x).matches('^[0-9]+$')))",
    "l" + ".filter(x, true)" * 8 + ".size() == size(l)",
    "l.map(x, l) == l.map(x, l)",
    "size(" + "l + " * 60 + "l) > 1",
    "(" + "l + " * 20 + "l).filter(x, true).size() > 1",
]


@pytest.mark.parametrize("source", WORST)
@pytest.mark.parametrize("length", [1, 10, 50, 200])
def test_whatever_is_let_through_ends_soon(source, length):
    condition = guard(source, NAMES)
    started = time.perf_counter()
    assert outcome(lambda: condition.holds({"l": list(range(length))})) in ("True", "False", "expressions.cost")
    assert time.perf_counter() - started < 1.0


def test_one_compiled_guard_serves_many_threads():
    condition = guard("l.all(x, x < 5) && facts.a == 1", NAMES)
    answers: list[bool] = []

    def ask() -> None:
        answers.extend(condition.holds({"l": [1, 2], "facts": {"a": 1}}) for _ in range(200))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [True] * 800
    assert guard("l.all(x, x < 5) && facts.a == 1", NAMES) is condition


words = st.sampled_from(
    [
        *sorted(MACROS),
        *sorted(FUNCTIONS),
        *"()[]{},.?:+-*/!",
        "&&",
        "==",
        "in",
        "x",
        "y",
        "l",
        "facts",
        "true",
        "1",
        "'a'",
        ".",
        "(",
    ]
)


@given(st.lists(words, max_size=40).map("".join) | st.text(max_size=60))
def test_any_text_is_compiled_or_refused(source):
    said = outcome(lambda: guard(source, NAMES).holds({"l": [1, 2, 3], "facts": {"x": 1}, "case": {}}))
    assert said in ("True", "False") or said.startswith("expressions.")
