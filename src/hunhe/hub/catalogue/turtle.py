"""Turtle, as far as catalogues use it: read into plain nodes, and its strings written.

Prefixes, `a`, `;` and `,` lists, blank nodes in brackets, collections, literals with language or type. No more.
"""

import re
from collections import defaultdict
from urllib.parse import urljoin

from hunhe.stone.errors import Invalid, msgid

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
Graph = dict[str, dict[str, list[str]]]
_TOKEN = re.compile(
    r"""
    (?P<space>\s+|\#[^\n]*)
  | (?P<long>\"{3}(?:[^\"\\]|\\.|\"(?!\"\"))*\"{3}|'{3}(?:[^'\\]|\\.|'(?!''))*'{3})
  | (?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')
  | (?P<iri><<?[^<>\"{}|^`\\\s]*>)
  | (?P<directive>@prefix|@base|PREFIX\b|BASE\b)
  | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
  | (?P<type>\^\^)
  | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<name>_:[\w.\-]+|[\w\-.]*:(?:[\w\-.:%]|\\.)*|a\b|true\b|false\b)
  | (?P<mark>[\[\]();,.])
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_PLAIN = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


def parse(text: str) -> Graph:
    """Subject → predicate → objects, all as text; Invalid with the place of the first thing that is no Turtle."""
    return _Reader(text).read()


def literal(text: str, language: str = "") -> str:
    """A string as Turtle writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f'"{escaped}"' + (f"@{language}" if language else "")


def iri(text: str) -> str:
    """An address as Turtle writes it; what may not stand in one is percent-encoded."""
    return "<" + re.sub(r"[\x00-\x20<>\"{}|^`\\]", lambda found: f"%{ord(found[0]):02X}", text) + ">"


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = list(self._split(text))
        self._at = 0
        self._prefixes: dict[str, str] = {}
        self._base = ""
        self._blank = 0
        self._graph: Graph = defaultdict(lambda: defaultdict(list))

    def read(self) -> Graph:
        while self._at < len(self._tokens):
            if self._kind() == "directive":
                self._directive()
                continue
            bare = self._peek() == "["
            subject = self._node()
            if not (bare and self._peek() == "."):
                self._statements(subject)
            self._take(".")
        return {subject: dict(facts) for subject, facts in self._graph.items()}

    @staticmethod
    def _split(text: str) -> "list[tuple[str, str]]":
        tokens, place = [], 0
        while place < len(text):
            found = _TOKEN.match(text, place)
            if found is None:
                raise _wrong(text[place : place + 30])
            if found.lastgroup != "space":
                tokens.append((str(found.lastgroup), found[0]))
            place = found.end()
        return tokens

    def _kind(self) -> str:
        return self._tokens[self._at][0] if self._at < len(self._tokens) else ""

    def _peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise self._fault()
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, mark: str) -> None:
        if self._next()[1] != mark:
            self._at -= 1
            raise self._fault()

    def _fault(self) -> Invalid:
        return _wrong(" ".join(word for _, word in self._tokens[self._at : self._at + 4]) or "…")

    def _directive(self) -> None:
        word = self._next()[1]
        if word.lower().endswith("prefix"):
            name = self._next()[1]
            self._prefixes[name.rstrip(":")] = self._resolve(self._next()[1])
        else:
            self._base = self._resolve(self._next()[1])
        if word.startswith("@"):
            self._take(".")

    def _statements(self, subject: str) -> None:
        while True:
            predicate = self._node()
            while True:
                self._graph[subject][predicate].append(self._node())
                if self._peek() != ",":
                    break
                self._next()
            while self._peek() == ";":
                self._next()
            if self._peek() in (".", "]", ""):
                return

    def _node(self) -> str:
        kind, word = self._next()
        if kind in ("long", "text"):
            return self._string(word[3:-3] if kind == "long" else word[1:-1])
        if kind == "iri":
            return self._resolve(word)
        if kind == "number":
            return word
        if kind == "name":
            return self._name(word)
        if word == "[":
            self._blank += 1
            node = f"_:b{self._blank}"
            if self._peek() != "]":
                self._statements(node)
            self._take("]")
            return node
        if word == "(":
            return self._collection()
        self._at -= 1
        raise self._fault()

    def _string(self, raw: str) -> str:
        if self._kind() == "lang":
            self._next()
        elif self._kind() == "type":
            self._next()
            self._node()
        return _ESCAPE.sub(
            lambda found: (
                chr(int(found[1][1:], 16)) if found[1][0] in "uU" and len(found[1]) > 1 else _PLAIN.get(found[1], found[1])
            ),
            raw,
        )

    def _collection(self) -> str:
        self._blank += 1
        node = f"_:b{self._blank}"
        while self._peek() not in (")", ""):
            self._graph[node]["member"].append(self._node())
        self._take(")")
        return node

    def _name(self, word: str) -> str:
        if word == "a":
            return RDF + "type"
        if word in ("true", "false") or word.startswith("_:"):
            return word
        prefix, _, local = word.partition(":")
        while local.endswith("."):
            local = local[:-1]
            self._tokens.insert(self._at, ("mark", "."))
        return self._prefixes.get(prefix, prefix + ":") + local.replace("\\", "")  # real files forget to name prefixes

    def _resolve(self, word: str) -> str:
        address = word.strip("<>")  # real files hold `<<…>`, too
        return urljoin(self._base, address) if self._base else address


def _wrong(where: str) -> Invalid:
    return Invalid("catalogue.turtle", msgid("This is no Turtle near “%(where)s”."), where=where)
