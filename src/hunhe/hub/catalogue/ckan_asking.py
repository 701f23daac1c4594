"""What a harvester asks of CKAN's `package_search`, read into plain values. Pure.

`fq` is Solr's filter: words `field:value`, with `+` or `-` before them, joined by AND or OR, in brackets or not. The fields are
those that harvesters send; another one is refused by name, so that nobody gets more than they asked for and never knows.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hunhe.stone.errors import Invalid, msgid

MOST_ROWS = 1000
ORDERS = {
    "id asc": "code",
    "name asc": "code",
    "title asc": "name",
    "metadata_modified asc": "updated_at",
    "metadata_modified desc": "-updated_at",
    "metadata_created desc": "-published_at",
}
_TERM = re.compile(r"""([+-]?)(\w+):("(?:[^"\\]|\\.)*"|\[[^\]]*\]|\([^)]*\)|[^\s()]+)""")
_JOIN = re.compile(r"[\s()]*(?:AND|OR)?[\s()]*")
_SPAN = re.compile(r"\[\s*(\S+)\s+TO\s+(\S+)\s*\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which entries: words, departments among (or not among), tags, changed in a span of time; which part of them."""

    text: str = ""
    departments: tuple[str, ...] = ()
    not_departments: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    order: str = "code"
    start: int = 0
    rows: int = 10
    facets: tuple[str, ...] = ()


def read(asked: Mapping[str, object]) -> Sought:
    """From the parameters of a call, texts or JSON values alike. Invalid names the one that cannot be read."""
    filters = [part for value in (asked.get("fq"), asked.get("fq_list")) for part in _texts(value)]
    found: dict[str, list[str]] = {name: [] for name in ("department", "not_department", "tags", "names", "since", "until")}
    for text in filters:
        _read_filter(text, found)
    return Sought(
        text=_words(_text(asked.get("q"))),
        departments=tuple(found["department"]),
        not_departments=tuple(found["not_department"]),
        tags=tuple(found["tags"]),
        names=tuple(found["names"]),
        since=_moment(found["since"]),
        until=_moment(found["until"]),
        order=_order(_text(asked.get("sort"))),
        start=_number(asked, "start", 0),
        rows=min(_number(asked, "rows", _number(asked, "limit", 10)), MOST_ROWS),
        facets=_facets(asked.get("facet.field")),
    )


def _read_filter(text: str, found: dict[str, list[str]]) -> None:
    place = 0
    while (place := _skip(text, place)) < len(text):
        term = _TERM.match(text, place)
        if term is None:
            raise _unread("fq", text[place : place + 40])
        _take(term[1] == "-", term[2], term[3], found)
        place = term.end()


def _skip(text: str, place: int) -> int:
    between = _JOIN.match(text, place)
    return between.end() if between else place


def _take(negated: bool, field: str, value: str, found: dict[str, list[str]]) -> None:
    values = _values(value)
    if field in ("organization", "owner_org"):
        found["not_department" if negated else "department"] += values
    elif field in ("tags", "name", "id") and not negated:
        found["tags" if field == "tags" else "names"] += values
    elif field == "metadata_modified" and not negated and (span := _SPAN.fullmatch(value)):
        found["since"] += [span[1]] if span[1] != "*" else []
        found["until"] += [span[2]] if span[2] != "*" else []
    elif (field, value.strip('"')) not in {
        ("dataset_type", "dataset"),
        ("type", "dataset"),
        ("state", "active"),
        ("private", "false"),
    }:
        raise _unread("fq", f"{field}:{value}")


def _values(text: str) -> list[str]:
    if text.startswith("("):
        return [word.strip('"') for word in re.split(r"\s+(?:OR\s+)?", text[1:-1].strip()) if word]
    return [text.strip('"')]


def _words(text: str) -> str:
    """The words of `q`: `*:*` is everything, `title:word` looks for the word."""
    words = [re.sub(r"^(title|notes|name|text):", "", word).strip('"') for word in text.split() if word not in ("*:*", "AND")]
    return " ".join(words)[:200]


def _order(text: str) -> str:
    """The first order we know in a list; relevance is names first, as codes here."""
    wanted = [part.strip() for part in text.split(",") if part.strip()]
    return next((ORDERS[part] for part in wanted if part in ORDERS), "code")


def _facets(value: object) -> tuple[str, ...]:
    names = [name for text in _texts(value) for name in re.findall(r"\w+", text)]
    return tuple(dict.fromkeys(name for name in names if name == "organization"))


def _moment(texts: Sequence[str]) -> datetime | None:
    if not texts:
        return None
    try:
        moment = datetime.fromisoformat(texts[-1])
    except ValueError as error:
        raise _unread("fq", texts[-1]) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _number(asked: Mapping[str, object], name: str, default: int) -> int:
    text = _text(asked.get(name, default))
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise Invalid("catalogue.page.number", msgid("%(name)s must be a number."), name=name)
    return int(text)


def _texts(value: object) -> list[str]:
    """One text, or each text of a list."""
    return [_text(part) for part in (value if isinstance(value, list) else [value]) if _text(part)]


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _unread(name: str, value: str) -> Invalid:
    return Invalid("catalogue.ckan.filter", msgid("%(name)s cannot be read at “%(value)s”."), name=name, value=value)
