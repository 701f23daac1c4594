"""What passes through the doors of the service network. Plain values, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

ItemKind = Literal[
    "licensing",
    "penalty",
    "coercion",
    "levy",
    "payment",
    "inspection",
    "confirmation",
    "reward",
    "ruling",
    "public_service",
    "other",
]
Handling = Literal["instant", "promised"]
OnlineDepth = Literal["none", "consult", "apply", "full"]
Necessity = Literal["required", "may_follow"]
Grade = Literal["A", "B", "C", "D"]


class DraftState(StrEnum):
    """A draft is filled in, then sent or thrown away."""

    OPEN = "open"
    SENT = "sent"
    DISCARDED = "discarded"


class Channel(StrEnum):
    """How an application came in."""

    ONLINE = "online"
    COUNTER = "counter"


class MaterialState(StrEnum):
    """GIVEN: handed in or proved, not looked at yet. WANTING: asked for, or found not to fit. FITS: checked."""

    GIVEN = "given"
    WANTING = "wanting"
    FITS = "fits"
    FOLLOWS = "follows"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCard:
    """An item in a list. online_capable and fully_online are computed from what the item demands."""

    code: str
    version: str
    name: str
    short_name: str
    department: str
    summary: str
    kind: str
    promised: int
    statutory: int
    visits: int
    online_capable: bool
    fully_online: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OnlineRates:
    """Share of items that can be applied for online, and that need no visit at all. Computed, never typed."""

    items: int
    online_capable: int
    fully_online: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One condition for one person. met: None while it is not known who asks."""

    condition: str
    name: str
    met: bool | None
    says: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialLine:
    """One material in the situation at hand, and how it is met. proof: where that comes from, in words."""

    id: str
    name: str
    form: str
    issuer: str
    necessity: Necessity
    copies: int
    met_by: Literal["", "base", "licence", "upload", "promise", "counter"]
    grade: Grade | None = None
    proof: str = ""
    file_id: str = ""
    upload: bool = False
    promise: str = ""
    hint: str = ""
    state: MaterialState = MaterialState.GIVEN
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the applicant still has to do something about it."""
        return not self.met_by and self.necessity == "required"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """The guide of an item for one caller and their answers. qualifies: None while a person or an answer is missing."""

    card: ItemCard
    questions: tuple["GuideQuestion", ...]
    verdicts: tuple[Verdict, ...]
    materials: tuple[MaterialLine, ...]
    answers: Mapping[str, str]
    qualifies: bool | None
    basis: str
    audience: str
    area: str
    fees: tuple[tuple[str, int], ...]
    result: str
    benefits: tuple[str, ...]
    remedy: str
    limit_basis: str
    basic_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GuideQuestion:
    id: str
    name: str
    options: tuple[tuple[str, str], ...]
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldValue:
    """A value with its grade (A authority, B verified, C own word, D promise) and where it comes from. as_of: day of the source."""

    value: str
    grade: Grade
    source: str
    as_of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A value of a register that the applicant says is wrong: what it has, of which source, and the correction ticket."""

    value: str
    source: str
    case_id: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormLine:
    """One line of the form. dispute: what the register has instead; disputable: the applicant may say that it is wrong. gap: the number in the bead, 0 where nothing is to be filled in. shown: the value as a page may show it."""

    id: str
    name: str
    kind: str
    group: str
    required: bool
    editable: bool
    options: tuple[tuple[str, str, str], ...]
    hint: str
    value: FieldValue | None
    shown: str
    gap: int = 0
    disputable: bool = False
    dispute: Dispute | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An application not yet sent: lines with values and sources, materials, and what is missing. Kept until sent or thrown away."""

    id: str
    item: str
    version: str
    name: str
    department: str
    state: DraftState
    answers: Mapping[str, str]
    lines: tuple[FormLine, ...]
    materials: tuple[MaterialLine, ...]
    prefilled: bool
    case_id: str | None
    saved_at: datetime

    @property
    def filled(self) -> int:
        return sum(line.value is not None for line in self.lines) + sum(bool(line.met_by) for line in self.materials)

    @property
    def gaps(self) -> int:
        """How many things the applicant still has to give."""
        return sum(line.value is None and line.required for line in self.lines) + sum(line.is_open for line in self.materials)


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterSheet:
    """What the clerk sees once a person at the counter said yes: filled lines, gaps, materials to be shown. unfit: why not, if so."""

    item: str
    name: str
    applicant: str
    lines: tuple[FormLine, ...]
    materials: tuple[MaterialLine, ...]
    unfit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What was applied for, as sent: values with sources, materials as checked. number: of its case, also on the receipt."""

    case_id: str
    number: str
    item: str
    version: str
    name: str
    department: str
    subject_id: str
    applicant: str
    channel: Channel
    lines: tuple[FormLine, ...]
    materials: tuple[MaterialLine, ...]
    sent_at: datetime
    taken_in_by: str
    remedy: str
    statutory: int
    promised: int
    licence: str
    rating: "Rating | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationGist:
    """One application in a list of the desk."""

    case_id: str
    item: str
    name: str
    applicant: str
    channel: Channel
    lapsed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One to five stars for one case. callback: the case in which a bad one is answered. handed_by: name of the clerk who handed
    over the screen, if it was given at the counter.
    """

    case_id: str
    number: str
    item_name: str
    department: str
    stars: int
    reasons: tuple[tuple[str, str], ...]
    comment: str
    at: datetime
    callback: str = ""
    result: str = ""
    handed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleReason:
    """A standard reason for a rating."""

    code: str
    name: str

    @property
    def stars(self) -> int:
        return int(self.code[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How ratings are given: names of the five levels, one star first, and the reasons."""

    levels: tuple[str, ...]
    reasons: tuple[ScaleReason, ...]
    callback_from: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingCounts:
    """Ratings of a period. by_stars: one star first. waiting: callbacks not yet answered."""

    by_stars: tuple[int, int, int, int, int]
    waiting: int = 0

    @property
    def total(self) -> int:
        return sum(self.by_stars)

    @property
    def good(self) -> int:
        """Three stars and more: basically content, content, very content."""
        return sum(self.by_stars[2:])


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCounts:
    """What became of one item's applications between two moments. late: closed ones in which a limit had passed; overdue_now: open
    ones, whenever they came. first_pass: accepted without a correction. good: rated three stars and more.
    """

    item: str
    item_name: str
    department: str
    applied: int = 0
    online: int = 0
    closed: int = 0
    late: int = 0
    accepted: int = 0
    first_pass: int = 0
    overdue_now: int = 0
    rated: int = 0
    good: int = 0
    last_at: datetime | None = None
