"""Which rows a grant gives: conditions over columns, joined by `and`. Parsed, never run as text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from hunhe.hub.lake.shapes import Condition, Operator
from hunhe.stone.errors import Invalid, msgid

LENGTH_LIMIT = 500
MOST_CONDITIONS = 8
MOST_VALUES = 50
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<number>-?\d+(?:\.\d+)?)(?![\w.])|(?P<word>[^\W\d]\w*)|(?P<sign><=|>=|!=|=|<|>|\(|\)|,))"""
)
_OPERATORS: Mapping[str, Operator] = {"=": "=", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "in"}


def parse_filter(text: str, columns: Iterable[str]) -> tuple[Condition, ...]:
    """Conditions of `district = "210102" and status in ("在职", "离职")`; none for an empty text. Invalid for anything else."""
    if not text.strip():
        return ()
    tokens, known = _tokens(text), frozenset(columns)
    found, at = [], 0
    while True:
        condition, at = _condition(tokens, at, known)
        found.append(condition)
        if at == len(tokens):
            break
        if tokens[at] != ("word", "and") or len(found) == MOST_CONDITIONS:
            raise _unreadable()
        at += 1
    return tuple(found)


def write_filter(conditions: Sequence[Condition]) -> str:
    """The one text of these conditions."""
    return " and ".join(
        f"{c.column} in ({', '.join(map(_literal, c.values))})"
        if c.operator == "in"
        else f"{c.column} {c.operator} {_literal(c.values[0])}"
        for c in conditions
    )


def matches(row: Mapping[str, Any], conditions: Iterable[Condition]) -> bool:
    """Whether a row is one of those given. As in SQL, an empty value fulfils no condition."""
    return all(_holds(row.get(condition.column), condition) for condition in conditions)


def _tokens(text: str) -> list[tuple[str, str]]:
    if len(text) > LENGTH_LIMIT:
        raise _unreadable()
    tokens, at, end = [], 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            raise _unreadable()
        word = found.group(found.lastgroup)
        tokens.append((found.lastgroup, word.lower() if word.lower() in ("and", "in") else word))
        at = found.end()
    return tokens


def _condition(tokens: list[tuple[str, str]], at: int, known: frozenset[str]) -> tuple[Condition, int]:
    try:
        (kind, column), (_, sign) = tokens[at], tokens[at + 1]
        if kind != "word" or sign not in _OPERATORS:
            raise _unreadable()
        values, after = _values(tokens, at + 2) if sign == "in" else ((_value(tokens[at + 2]),), at + 3)
    except IndexError:
        raise _unreadable() from None
    if column not in known:
        raise Invalid(
            "exchange.filter.column", msgid("The row filter names “%(name)s”, which this data does not have."), name=column[:80]
        )
    return Condition(column, _OPERATORS[sign], values), after


def _values(tokens: list[tuple[str, str]], at: int) -> tuple[tuple[str | float, ...], int]:
    values: list[str | float] = []
    if tokens[at] != ("sign", "("):
        raise _unreadable()
    while True:
        values.append(_value(tokens[at + 1]))
        at += 2
        if tokens[at] == ("sign", ")"):
            return tuple(values), at + 1
        if tokens[at] != ("sign", ",") or len(values) == MOST_VALUES:
            raise _unreadable()


def _value(token: tuple[str, str]) -> str | float:
    kind, word = token
    if kind == "text":
        return word[1:-1]
    if kind == "number":
        return float(word) if "." in word else int(word)
    raise _unreadable()


def _literal(value: str | float) -> str:
    if not isinstance(value, str):
        return str(value)
    return f"'{value}'" if '"' in value else f'"{value}"'


def _holds(value: Any, condition: Condition) -> bool:
    """Compared as serving files compare: by the kind of the column, to which the condition's value is turned."""
    if value is None:
        return False
    wanted = [_alike(value, one) for one in condition.values]
    match condition.operator:
        case "=" | "in":
            return any(mine == theirs for mine, theirs in wanted)
        case "!=":
            return all(mine != theirs for mine, theirs in wanted)
        case "<":
            return all(mine < theirs for mine, theirs in wanted)
        case "<=":
            return all(mine <= theirs for mine, theirs in wanted)
        case ">":
            return all(mine > theirs for mine, theirs in wanted)
        case ">=":
            return all(mine >= theirs for mine, theirs in wanted)


def _alike(value: Any, wanted: str | float) -> tuple[Any, Any]:
    """Both sides as numbers where the column holds numbers, else as texts; a text is more than any number, as in SQLite."""
    if not isinstance(value, int | float):
        return str(value), str(wanted)
    try:
        return (0, float(value), ""), (0, float(wanted), "")
    except ValueError:
        return (0, float(value), ""), (1, 0.0, str(wanted))


def _unreadable() -> Invalid:
    return Invalid(
        "exchange.filter.form",
        msgid('Write the row filter as conditions joined by “and”, such as: district = "210102" and age >= 60.'),
    )
