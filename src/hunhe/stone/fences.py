"""The fences around a CEL source, found by reading its tokens: nesting, names, functions, and what it may cost.

Rules, each with the way around it that was tried and failed:
macros nest at most once, and none stands inside `map` (three deep never returns; `map` copies its list at every step);
no `+` inside a macro (`.map(a, a + a)` repeated doubles each time); lists inside a macro hold only literals, and there are
no mappings (`.map(a, [a, a])` doubles too); patterns are literals without counted repetition (`(a{1000}){1000}`).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hunhe.stone.errors import Invalid, msgid

MACROS = frozenset({"all", "exists", "exists_one", "filter", "map"})
FUNCTIONS = frozenset(
    {"has", "size", "contains", "startsWith", "endsWith", "matches", "int", "double", "string", "timestamp", "duration"}
)
KEYWORDS = frozenset({"true", "false", "null", "in"})
MOST_TOKENS = 500
DEEPEST_BRACKETS = 16
MOST_MACROS = 8
LONGEST_PATTERN = 200
_PATTERN_COST = 300
_COUNTED = ("tokens", "comparisons", "copies", "patterns")

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')
      | (?P<number>\d+\.\d+(?:[eE][+-]?\d+)?|\d+u?)
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%!<>?:.,()\[\]{}])""",
    re.VERBOSE,
)
_CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    at: tuple[int, int]


@dataclass(slots=True)
class _Frame:
    """One open bracket. kind: group, call, macro, index, list, mapping. bound: the macro's variable."""

    kind: str
    name: str
    bracket: str
    bound: str = ""
    commas: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """What costs steps in a source: how many tokens, comparisons, copying macros and patterns stand at each macro depth."""

    tokens: tuple[int, int, int]
    comparisons: tuple[int, int, int]
    copies: tuple[int, int, int]
    patterns: tuple[int, int, int]
    joins: int
    maps: bool
    longest_literal: int

    def cost(self, longest: int, nodes: int) -> int:
        """Steps at worst over values whose longest list is `longest` and that hold `nodes` values in all."""
        length = max(longest, self.longest_literal) * (1 + self.joins)
        weight = (nodes + sum(self.tokens)) * (length if self.maps else 1)
        return weight + sum(
            int(length**depth)
            * (
                self.tokens[depth]
                + self.comparisons[depth] * weight
                + self.copies[depth] * length * max(length, weight // 8)
                + self.patterns[depth] * (_PATTERN_COST + nodes)
            )
            for depth in range(3)
        )


@dataclass(slots=True)
class _Survey:
    names: frozenset[str]
    longest_list: int
    frames: list[_Frame] = field(default_factory=list)
    counts: dict[str, list[int]] = field(default_factory=lambda: {kind: [0, 0, 0] for kind in _COUNTED})
    joins: int = 0
    maps: bool = False
    macros: int = 0
    longest_literal: int = 1

    @property
    def depth(self) -> int:
        return sum(frame.kind == "macro" for frame in self.frames)

    def count(self, kind: str) -> None:
        self.counts[kind][self.depth] += 1


def refused(code: str, message: str, at: tuple[int, int], **params: object) -> Invalid:
    return Invalid(code, message, line=at[0], column=at[1], **params)


def survey(source: str, names: frozenset[str], longest_list: int) -> Shape:
    """Read a source through all fences; Invalid with line and column at the first one it meets."""
    tokens = list(_tokens(source))
    if len(tokens) > MOST_TOKENS:
        raise refused(
            "expressions.too_long",
            msgid("A condition may have %(limit)s words and signs at most."),
            tokens[MOST_TOKENS].at,
            limit=MOST_TOKENS,
        )
    seen = _Survey(names, longest_list)
    for index, token in enumerate(tokens):
        before = tokens[index - 1] if index else None
        after = tokens[index + 1 : index + 3]
        seen.count("tokens")
        if token.kind == "name":
            _name(seen, token, before, after)
        elif token.kind == "sign":
            _sign(seen, token, before, tokens[index + 1 :])
    if seen.frames:
        raise refused("expressions.brackets", msgid("A bracket stays open, line %(line)s column %(column)s."), tokens[-1].at)
    tallies = {kind: (counts[0], counts[1], counts[2]) for kind, counts in seen.counts.items()}
    return Shape(**tallies, joins=seen.joins, maps=seen.maps, longest_literal=seen.longest_literal)


def _tokens(source: str) -> Iterator[Token]:
    position, line, start = 0, 1, 0
    previous = ""
    while position < len(source):
        found = _TOKEN.match(source, position)
        at = (line, position - start + 1)
        if found is None or source.startswith("//", position):
            raise refused("expressions.character", msgid("A sign that has no place here, line %(line)s column %(column)s."), at)
        kind, text = str(found.lastgroup), found.group()
        if kind == "text" and previous in ("text", "name") and source[position - 1] != " ":
            raise refused("expressions.character", msgid("Only plain text in quotes, line %(line)s column %(column)s."), at)
        if kind == "space":
            line += text.count("\n")
            start = position + text.rindex("\n") + 1 if "\n" in text else start
        else:
            yield Token(kind, text, at)
        previous, position = kind, found.end()


def _name(seen: _Survey, token: Token, before: Token | None, after: list[Token]) -> None:
    called = bool(after) and after[0].text == "("
    member = before is not None and before.text == "."
    if called:
        if token.text not in FUNCTIONS | MACROS or (token.text in MACROS and not member):
            raise refused(
                "expressions.function",
                msgid("There is no function %(name)s, line %(line)s column %(column)s."),
                token.at,
                name=token.text,
            )
    elif token.text == "in":
        seen.count("comparisons")
    elif not member and token.text not in KEYWORDS and not _known(seen, token, before):
        raise refused(
            "expressions.name",
            msgid("Nothing is called %(name)s here, line %(line)s column %(column)s."),
            token.at,
            name=token.text,
        )


def _known(seen: _Survey, token: Token, before: Token | None) -> bool:
    frame = seen.frames[-1] if seen.frames else None
    if frame is not None and frame.kind == "macro" and not frame.bound and before is not None and before.text == "(":
        if token.text in seen.names or any(other.bound == token.text for other in seen.frames):
            raise refused(
                "expressions.name",
                msgid("%(name)s already means something else, line %(line)s column %(column)s."),
                token.at,
                name=token.text,
            )
        frame.bound = token.text
    return token.text in seen.names or any(frame.bound == token.text for frame in seen.frames)


def _sign(seen: _Survey, token: Token, before: Token | None, rest: list[Token]) -> None:
    if token.text in ("(", "[", "{"):
        _open(seen, token, before, rest)
    elif token.text in _CLOSING:
        if not seen.frames or seen.frames[-1].bracket != _CLOSING[token.text]:
            raise refused("expressions.brackets", msgid("A bracket closes nothing, line %(line)s column %(column)s."), token.at)
        _close(seen, seen.frames.pop(), token)
    elif token.text == "," and seen.frames:
        seen.frames[-1].commas += 1
    elif token.text == "?" and before is not None and before.text in (".", "[", "{", ","):
        raise refused(
            "expressions.character", msgid("A sign that has no place here, line %(line)s column %(column)s."), token.at
        )
    elif token.text in ("==", "!="):
        seen.count("comparisons")
    elif token.text == "+":
        if seen.depth:
            raise refused("expressions.growth", msgid("No “+” inside a macro, line %(line)s column %(column)s."), token.at)
        seen.joins += 1


def _open(seen: _Survey, token: Token, before: Token | None, rest: list[Token]) -> None:
    name = before.text if before is not None and before.kind == "name" and before.text not in KEYWORDS else ""
    operand = before is not None and (bool(name) or before.text in (")", "]", "}"))
    if token.text == "(":
        kind = "macro" if name in MACROS else "call" if name else "group"
    elif token.text == "[":
        kind = "index" if operand else "list"
    else:
        kind = "mapping"
    if kind == "macro":
        _macro(seen, name, token)
    elif kind == "call" and name == "matches":
        _pattern(seen, token, rest)
    elif kind == "mapping" and (seen.depth or operand):
        raise refused("expressions.growth", msgid("No mapping here, line %(line)s column %(column)s."), token.at)
    elif kind == "list" and seen.depth:
        _plain_list(token, rest)
    seen.frames.append(_Frame(kind, name, token.text))
    if len(seen.frames) > DEEPEST_BRACKETS:
        raise refused("expressions.nesting", msgid("Brackets too deep, line %(line)s column %(column)s."), token.at)


def _macro(seen: _Survey, name: str, token: Token) -> None:
    seen.macros += 1
    inside_map = any(frame.kind == "macro" and frame.name == "map" for frame in seen.frames)
    if seen.depth == 2 or inside_map or seen.macros > MOST_MACROS:
        raise refused(
            "expressions.nesting", msgid("Too many macros inside one another, line %(line)s column %(column)s."), token.at
        )
    if name in ("map", "filter"):
        seen.count("copies")
    seen.maps = seen.maps or name == "map"


def _pattern(seen: _Survey, token: Token, rest: list[Token]) -> None:
    if (
        len(rest) < 2
        or rest[0].kind != "text"
        or rest[1].text != ")"
        or "{" in rest[0].text
        or len(rest[0].text) > LONGEST_PATTERN
    ):
        raise refused(
            "expressions.pattern", msgid("Only a short literal pattern without {}, line %(line)s column %(column)s."), token.at
        )
    seen.count("patterns")


def _plain_list(token: Token, rest: list[Token]) -> None:
    for part in rest:
        if part.text == "]":
            return
        if part.kind not in ("text", "number") and part.text not in (",", "-", "true", "false", "null"):
            break
    raise refused(
        "expressions.growth", msgid("Inside a macro, lists hold only literals, line %(line)s column %(column)s."), token.at
    )


def _close(seen: _Survey, frame: _Frame, token: Token) -> None:
    if frame.kind == "macro" and (not frame.bound or frame.commas != 1):
        raise refused(
            "expressions.macro",
            msgid("%(name)s takes a name and a condition, line %(line)s column %(column)s."),
            token.at,
            name=frame.name,
        )
    if frame.kind in ("list", "mapping"):
        if frame.commas >= seen.longest_list:
            raise refused(
                "expressions.too_long",
                msgid("A list may have %(limit)s entries, line %(line)s column %(column)s."),
                token.at,
                limit=seen.longest_list,
            )
        seen.longest_literal = max(seen.longest_literal, frame.commas + 1)
