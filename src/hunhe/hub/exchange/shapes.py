"""What passes through the doors of the exchange. Plain frozen shapes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal

from hunhe.kernel.flow.shapes import Move

ServiceKind = Literal["lookup", "verify", "list", "aggregate", "changes"]
SubscriptionState = Literal["active", "paused"]
PushState = Literal["caught_up", "sending", "retrying", "stuck", "paused", "ended"]
ColumnChoice = Literal["give", "mask", "withhold"]
GrantState = Literal["active", "suspended", "revoked", "expired"]
Outcome = Literal["given", "refused", "withheld"]
UseGroup = Literal["all", "mine", "statutory", "refused"]

REFUSALS = (
    "no_token",
    "no_grant",
    "suspended",
    "expired",
    "quota",
    "column",
    "case_missing",
    "case_closed",
    "case_mismatch",
    "purpose",
    "attributes",
    "not_found",
    "too_many_failures",
)


@dataclass(frozen=True, slots=True)
class Column:
    """One item of a resource as the exchange sees it. `kind` decides how it is masked."""

    name: str
    title: str
    kind: str
    sensitive: bool = False
    level: str = ""


@dataclass(frozen=True, slots=True)
class Service:
    """A call that a published resource offers.

    code: `<resource code>.<kind>`. table: lake table that answers. keys: columns a record can be found by.
    columns: what can be asked for; of an aggregate, what can be counted by.
    subject_base: base that knows whom a row is about, None when rows are about nobody.
    subject_key: column whose value names the subject (`subject_id` itself, an id number or a credit code).
    """

    code: str
    resource: str
    kind: ServiceKind
    keys: tuple[str, ...]
    title: str
    department: str
    table: str
    columns: tuple[Column, ...]
    sharing: str
    condition: str = ""
    basis: str = ""
    cycle: str = ""
    subject_base: str | None = None
    subject_key: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """The right of one department to call one service for one purpose.

    columns: each asked-for column with the provider's choice. procedures: not empty means no case, no data.
    hold_until: uses stay untold to the subject until this day, on `hold_basis`. row_filter: which rows, in words that
    `rules.row_filter` reads; empty for all.
    """

    id: str
    case_id: str
    service: str
    resource: str
    department: str
    provider: str
    purpose: str
    basis: str
    columns: Mapping[str, ColumnChoice]
    procedures: tuple[str, ...]
    quota_per_day: int
    expires_on: date
    state: GrantState
    reason: str
    opened_at: datetime
    hold_basis: str = ""
    hold_until: date | None = None
    overreach: int = 0
    used_today: int = 0
    row_filter: str = ""

    @property
    def demands_case(self) -> bool:
        return bool(self.procedures)

    @property
    def given(self) -> tuple[str, ...]:
        return tuple(name for name, choice in self.columns.items() if choice != "withhold")

    def without(self, withdrawn: frozenset[str]) -> "Grant":
        """The same grant with these columns withheld, whatever was granted."""
        if not withdrawn & self.columns.keys():
            return self
        kept: dict[str, ColumnChoice] = {name: "withhold" if name in withdrawn else c for name, c in self.columns.items()}
        return replace(self, columns=kept)


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a call was written down: enough to check without asking the city again."""

    entry_id: str
    leaf_hash: str
    index: int
    checkpoint: str


@dataclass(frozen=True, slots=True)
class Call:
    """One call as its department sees it. `subject_id` stays out of lists."""

    id: str
    at: datetime
    client: str
    department: str
    service: str
    resource: str
    version: int | None
    purpose: str
    case_id: str
    officer: str
    outcome: Outcome
    code: str
    given: tuple[str, ...]
    masked: tuple[str, ...]
    withheld: tuple[str, ...]
    entry_id: str


@dataclass(frozen=True, slots=True)
class CallCount:
    """How many calls of one department to one service ended alike in a span of time. code: why they were refused."""

    department: str
    service: str
    outcome: Outcome
    code: str
    calls: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class CallCounts:
    """A span of time, counted. per_ten_minutes: (moment, calls, of these refused), only where something was called."""

    counts: tuple[CallCount, ...]
    per_ten_minutes: tuple[tuple[datetime, int, int], ...]


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a person's data as that person sees it.

    looked: titles of columns given whole; masked: given in part; not_looked: asked for or held there, not given.
    group: mine when it served the person's own case or the person's own act, statutory otherwise. told_from: release day of a withheld use.
    channel: label of the room it passed; place: where, if not at a desk.
    """

    id: str
    at: datetime
    department: str
    department_name: str
    resource: str
    resource_title: str
    purpose: str
    case_id: str
    case_number: str
    outcome: Outcome
    code: str
    looked: tuple[str, ...]
    masked: tuple[str, ...]
    not_looked: tuple[str, ...]
    entry_id: str
    leaf_hash: str
    group: Literal["mine", "statutory", "refused"]
    basis: str = ""
    told_from: date | None = None
    channel: str = "exchange"
    place: str = ""

    @property
    def refusals(self) -> str:
        """Where the words for `code` stand: each lane has its own closed list."""
        return f"{self.channel}.refusal"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUse:
    """A use that passed another room's lane, its entry already in the log. channel: that room's label.

    given, masked: what was told, in words. title: of what it served; place: where it happened.
    """

    channel: str
    at: datetime
    subject_id: str
    client: str
    department: str
    resource: str
    title: str
    place: str
    purpose: str
    outcome: Outcome
    code: str = ""
    given: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    entry_id: str
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class UseDays:
    """Thirty days at a glance. days: (day, given, refused) where something happened, oldest first."""

    first: date
    last: date
    days: tuple[tuple[date, int, int], ...]
    given: int
    mine: int
    statutory: int
    refused: int

    @property
    def total(self) -> int:
        return self.given + self.refused


@dataclass(frozen=True, slots=True)
class SourceRow:
    """Where one value came from: the dataset's row, and the batch that brought it."""

    dataset: str
    key: str
    batch: str
    line: int
    department: str = ""
    arrived_at: datetime | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Totals:
    """Grants ever opened, and uses ever recorded, refused ones included."""

    grants: int
    calls: int


@dataclass(frozen=True, slots=True)
class TracedField:
    """One column of a call, back to its source. `won`: the rule by which this source prevailed."""

    name: str
    title: str
    choice: ColumnChoice
    source: SourceRow | None
    reason: str = ""
    losers: tuple[SourceRow, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceBatch:
    """The version of a department's table that an answer was read from, and the batch that brought it in."""

    dataset: str
    version: int
    batch: str
    department: str
    arrived_at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Receipt → call → golden field → source row → batch. `gaps` says in codes what could not be followed.

    origin: of an answer read from a department's table; None where golden records answered, whose fields have a batch each.
    """

    receipt: Receipt
    call: Call
    base: str | None
    fields: tuple[TracedField, ...]
    gaps: tuple[str, ...] = ()
    origin: SourceBatch | None = None


@dataclass(frozen=True, slots=True)
class Application:
    """What a department asks for, as written into the facts of its case."""

    service: str
    columns: tuple[str, ...]
    purpose: str
    basis: str
    procedures: tuple[str, ...]
    quota_per_day: int
    expires_on: date
    hold_basis: str = ""
    hold_until: date | None = None


@dataclass(frozen=True, slots=True)
class GrantRequest:
    """A grant request on its way, with what was checked for the one who decides."""

    case_id: str
    number: str
    stage: str
    state: str
    rev: int
    department: str
    provider: str
    service: Service
    application: Application
    suggested: Mapping[str, ColumnChoice]
    suggested_quota: int
    checks: tuple["RequestCheck", ...]
    others: tuple[Grant, ...]
    due_at: datetime | None = None
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class RequestCheck:
    """One thing looked up before a person decides. `params` fill the label `state.exchange.check.<name>`."""

    name: str
    ok: bool
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assertion:
    """A case in a department's own system, vouched for by its signature, for a short while."""

    id: str
    department: str
    case: str
    subject_id: str
    procedure: str
    officer: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Signer:
    """A public key with which a department's system signs case assertions."""

    id: str
    department: str
    name: str
    fingerprint: str
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """Where the changes of a grant are sent. acknowledged, last: numbers of the last change confirmed and of the last there is.

    push: how sending goes; error, next_try: of the last failed try. ended: state of a grant that no longer gives anything.
    """

    id: str
    grant: str
    service: str
    department: str
    provider: str
    name: str
    way: str
    address: str
    state: SubscriptionState
    push: PushState
    acknowledged: int
    last: int
    sent: int
    acknowledged_at: datetime | None
    tries: int
    error: str
    next_try: datetime | None
    opened_at: datetime

    @property
    def behind(self) -> int:
        return self.last - self.acknowledged


@dataclass(frozen=True, slots=True)
class NewSubscription:
    """A subscription just opened, and the secret that signs what it is sent: shown once."""

    subscription: Subscription
    secret: str


@dataclass(frozen=True, slots=True)
class HandoverDay:
    """One day's reconciliation. counted: how many rows the receiver says it took, None while it has not said."""

    day: date
    acknowledged: int
    repeated: int
    counted: int | None

    @property
    def agrees(self) -> bool | None:
        return None if self.counted is None else self.counted == self.acknowledged


@dataclass(frozen=True, slots=True)
class PutAside:
    """Changes that a person put aside because the receiver would not take them."""

    first: int
    last: int
    error: str
    by: str
    at: datetime
