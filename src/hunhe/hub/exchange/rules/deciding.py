"""May this call be answered, and with what? Every refusal is one code of the closed list."""

import functools
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from hunhe.hub.exchange.rules.masking import mask
from hunhe.hub.exchange.rules.row_filter import parse_filter
from hunhe.hub.exchange.shapes import Column, ColumnChoice, Grant, GrantState, Service
from hunhe.hub.lake.shapes import Condition

ORIGINS = frozenset({"subject", "statutory", "approved"})
OVERREACH = frozenset({"column", "purpose", "case_mismatch"})
STATUS = {"no_token": 401, "quota": 429}


class Refused(Exception):
    """The call is refused with `code`. `grant`: the one that was overstepped, where only choosing it failed."""

    def __init__(self, code: str, grant: Grant | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.grant = grant


@dataclass(frozen=True, slots=True)
class Selection:
    """Columns of one answer: given whole, given masked, and not given though asked for or sensitive."""

    given: tuple[str, ...]
    masked: tuple[str, ...]
    withheld: tuple[str, ...]

    @property
    def read(self) -> tuple[str, ...]:
        return self.given + self.masked


@dataclass(frozen=True, slots=True)
class Plan:
    """How answers under one grant are made. read: columns to look up; shape: (column, kind to mask it as, None: whole)."""

    selection: Selection
    read: tuple[str, ...]
    shape: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class CaseFact:
    """A case as the exchange needs it, the city's own or an asserted one."""

    id: str
    department: str
    subject_id: str | None
    procedure: str
    origin: str
    is_open: bool
    expires_at: datetime | None = None
    number: str = ""
    officer: str = ""


def state_on(state: GrantState, expires_on: date, today: date) -> GrantState:
    """A grant's state on a day: its last day still counts."""
    return "expired" if state == "active" and today > expires_on else state


def choose_grant(grants: Sequence[Grant], purpose: str, today: date) -> Grant:
    """The grant that carries this call; raises Refused. Of several for one purpose, the best that stands wins."""
    if not grants:
        raise Refused("no_grant")
    rank: Mapping[GrantState, int] = {"active": 0, "suspended": 1, "expired": 2, "revoked": 3}
    same = [grant for grant in grants if grant.purpose == purpose] or [g for g in grants if same_text(g.purpose, purpose)]
    fitting = [(state_on(grant.state, grant.expires_on, today), grant) for grant in same]
    if not fitting:
        living = [grant for grant in grants if state_on(grant.state, grant.expires_on, today) == "active"]
        raise Refused("purpose" if living else "no_grant", living[0] if living else None)
    state, best = min(fitting, key=lambda pair: rank[pair[0]])
    if state == "active":
        return best
    raise Refused("no_grant" if state == "revoked" else state, best)


def select_columns(service: Service, grant: Grant, wanted: Sequence[str] | None, keys: Iterable[str]) -> Selection:
    """What goes out. Asking by name for a column that was not granted is refused; asking for nothing gets all that is."""
    choices = grant.columns
    if wanted is None:
        names: Iterable[str] = grant.given
    else:
        if any(choices.get(name, "withhold") == "withhold" for name in wanted):
            raise Refused("column")
        names = wanted
    given = tuple(name for name in names if choices[name] == "give")
    masked = tuple(name for name in names if choices[name] == "mask")
    known = {*given, *masked, *keys}
    withheld = tuple(c.name for c in service.columns if c.name not in known and (c.sensitive or c.name in choices))
    return Selection(given, masked, withheld)


def split_key(service: Service, key: Mapping[str, str]) -> tuple[str, str, Mapping[str, str]]:
    """Key column, its value, and the other attributes; raises Refused when the service cannot be asked so."""
    found = [name for name in service.keys if name in key]
    if len(found) == 0:
        raise Refused("attributes")
    name = found[0]
    if len(key) == 1 and service.kind == "lookup":
        return name, clean_key(key[name]), {}
    others = {other: value for other, value in key.items() if other != name}
    if service.kind == "lookup" and others:
        raise Refused("attributes")
    if service.kind == "verify" and not others:
        raise Refused("attributes")
    known = {column.name for column in service.columns}
    if not set(others) <= known:
        raise Refused("attributes")
    return name, clean_key(key[name]), others


def check_attributes(grant: Grant, names: Iterable[str]) -> None:
    """Attributes to be verified must be granted, masked or whole: a comparison tells as much as a look."""
    if any(grant.columns.get(name, "withhold") == "withhold" for name in names):
        raise Refused("column")


def check_case(grant: Grant, department: str, case: CaseFact | None, subject_id: str | None, now: datetime) -> None:
    """No case, no data. Raises Refused; nothing is said about the subject of somebody else's case."""
    if case is None or case.department != department or case.origin not in ORIGINS or case.procedure not in grant.procedures:
        raise Refused("case_mismatch")
    if not case.is_open or (case.expires_at is not None and now >= case.expires_at):
        raise Refused("case_closed")
    if subject_id is None or case.subject_id != subject_id:
        raise Refused("case_mismatch")


def agrees(row: Mapping[str, Any] | None, attributes: Mapping[str, str]) -> bool:
    """Whether every attribute equals the record's, after folding width, case and spaces. One answer for all of them."""
    if row is None:
        return False
    return all(row.get(name) is not None and same_text(str(row[name]), value) for name, value in attributes.items())


def plan_answer(service: Service, grant: Grant, wanted: Sequence[str] | None, keys: Iterable[str]) -> Plan:
    """Everything about an answer that does not depend on the record; raises Refused."""
    selection = select_columns(service, grant, wanted, keys)
    given, masked = set(selection.given), set(selection.masked)
    return Plan(
        selection,
        columns_to_read(service, grant, selection.read),
        tuple((c.name, None if c.name in given else c.kind) for c in service.columns if c.name in given or c.name in masked),
    )


def columns_to_read(service: Service, grant: Grant, names: tuple[str, ...]) -> tuple[str, ...]:
    """Those that are wanted, the one that says whom the row is about, and those the row filter asks about."""
    subject = (service.subject_key,) if service.subject_key is not None else ()
    return tuple(dict.fromkeys((*names, *subject, *(condition.column for condition in rows_given(service, grant)))))


def rows_given(service: Service, grant: Grant) -> tuple[Condition, ...]:
    """What a row must fulfil to be one of those granted; Invalid when the filter no longer fits the resource."""
    return _conditions(grant.row_filter, service.columns) if grant.row_filter else ()


@functools.lru_cache(maxsize=512)
def _conditions(text: str, columns: tuple[Column, ...]) -> tuple[Condition, ...]:
    return parse_filter(text, (column.name for column in columns))


def shape_answer(row: Mapping[str, Any], plan: Plan) -> dict[str, Any]:
    """The columns that leave the house, in the resource's order."""
    return {name: row.get(name) if kind is None else mask(kind, row.get(name)) for name, kind in plan.shape}


def same_text(left: str, right: str) -> bool:
    return left == right or fold(left) == fold(right)


def fold(text: str) -> str:
    """One form for one meaning: full width to half, no spaces, one case."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def clean_key(value: str) -> str:
    """A key as sources write it: half width, no blanks at the ends; the check letter of an id number in upper case."""
    text = unicodedata.normalize("NFKC", value).strip()
    return text.upper() if len(text) == 18 and text[:17].isdigit() else text


def status_of(code: str) -> int:
    """HTTP status of a refusal."""
    return STATUS.get(code, 403)


def minimal(columns: Iterable[Column], asked: Iterable[str], used: Iterable[str]) -> dict[str, ColumnChoice]:
    """The least that serves: what the procedure uses is given, sensitive or identifying columns masked, the rest withheld."""
    wanted, needed = set(asked), set(used)
    choices: dict[str, ColumnChoice] = {}
    for column in columns:
        if column.name not in wanted:
            continue
        if needed and column.name not in needed:
            choices[column.name] = "withhold"
        elif column.sensitive or column.kind in ("name", "id_number", "phone", "address", "amount", "account", "uscc"):
            choices[column.name] = "mask"
        else:
            choices[column.name] = "give"
    return choices
