"""A service item as its files say it: `item.toml` and `form.json`. Strictly typed: an unknown key is a doubt. Pure."""

from functools import cached_property
from typing import Annotated, Literal

import msgspec

from hunhe.networks.service.shapes import Handling, ItemKind, Necessity, OnlineDepth

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]
FieldKind = Literal["text", "phone", "date", "choice", "id_number", "division"]


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class Limits(_Part, frozen=True):
    """How long a decision may take: by law, and as promised."""

    statutory: Annotated[int, msgspec.Meta(ge=0, le=3650)]
    promised: Annotated[int, msgspec.Meta(ge=0, le=3650)]
    basis: Words
    unit: Literal["working_days", "days"] = "working_days"


class Option(_Part, frozen=True):
    """One answer to choose."""

    id: Name
    name: Words
    note: str = ""


class Question(_Part, frozen=True):
    """What decides the situation before anything is filled in."""

    id: Name
    name: Words
    options: tuple[Option, ...]


class Condition(_Part, frozen=True):
    """Who qualifies: an age from which on, or a CEL rule over `person` and `answers`. unmet: what to say and do then."""

    id: Name
    name: Words
    unmet: Words
    age_from: Annotated[int, msgspec.Meta(ge=0, le=150)] | None = None
    rule: str = ""


class Material(_Part, frozen=True):
    """One paper. It need not be handed in where `proved_by` fields come from the bases, or a valid licence of type `licence` is held.

    fact: fact of the case that keeps the uploaded file. promise: sentence that the applicant signs instead of a paper.
    """

    id: Name
    name: Words
    form: Literal["original", "copy", "electronic"]
    issuer: Words
    necessity: Necessity = "required"
    copies: Annotated[int, msgspec.Meta(ge=1, le=20)] = 1
    when: str = ""
    proved_by: tuple[Name, ...] = ()
    licence: str = ""
    upload: bool = False
    promise: str = ""
    fact: str = ""
    hint: str = ""


class Fee(_Part, frozen=True):
    """What is charged. fen: amount; basis: which document allows it."""

    name: Words
    fen: Annotated[int, msgspec.Meta(ge=0)]
    basis: Words


class Result(_Part, frozen=True):
    name: Words
    kind: Literal["licence", "approval", "certificate", "payment", "none"] = "none"
    sample: str = ""


class Field(_Part, frozen=True):
    """One line of the form. golden: field of the population base that fills it. editable: the applicant may say otherwise."""

    id: Name
    name: Words
    kind: FieldKind = "text"
    required: bool = False
    golden: str = ""
    editable: bool = False
    when: str = ""
    options: tuple[Option, ...] = ()
    hint: str = ""


class Group(_Part, frozen=True):
    id: Name
    name: Words
    fields: tuple[Field, ...]


class Form(_Part, frozen=True, dict=True):
    groups: tuple[Group, ...]

    @cached_property
    def fields(self) -> dict[str, Field]:
        return {field.id: field for group in self.groups for field in group.fields}


class ServiceItem(_Part, frozen=True, dict=True):
    """One version of one item. online: how far one comes without leaving home. visits: how often one must come."""

    id: Name
    version: Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d{2}(\.\d+)?$")]
    name: Words
    short_name: Words
    owner: Name
    basis: Words
    valid_from: str
    kind: ItemKind
    procedure: Name
    summary: Words
    audience: Words
    limits: Limits
    result: Result
    remedy: Words
    handling: Handling = "promised"
    visits: Annotated[int, msgspec.Meta(ge=0, le=20)] = 0
    online: OnlineDepth = "none"
    licence: str = ""
    basic_code: str = ""
    implementation_code: str = ""
    area: str = ""
    keywords: tuple[str, ...] = ()
    benefits: tuple[str, ...] = ()
    intermediary: tuple[str, ...] = ()
    special_procedures: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    conditions: tuple[Condition, ...] = ()
    materials: tuple[Material, ...] = ()
    fees: tuple[Fee, ...] = ()

    @cached_property
    def material_by_id(self) -> dict[str, Material]:
        return {material.id: material for material in self.materials}


class Reason(_Part, frozen=True):
    """A standard reason of a rating, by its code."""

    code: Annotated[str, msgspec.Meta(pattern=r"^[1-5]\d{2}$")]
    name: Words


class RatingScale(_Part, frozen=True):
    """Standard reasons by stars, and from how many stars down somebody calls back."""

    id: Name
    name: Words
    owner: Name
    basis: Words
    valid_from: str
    callback_from: Annotated[int, msgspec.Meta(ge=0, le=4)]
    procedure: Name
    levels: tuple[Words, Words, Words, Words, Words]
    reasons: tuple[Reason, ...]
