"""A kind of licence as its file says it, and how a case's facts become what it says. Strictly typed. Pure."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec

from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.identifiers import looks_like_uscc, uscc_holds
from hunhe.wallet.licence.shapes import LicenceField, Surface

Name = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
MaskKind = Literal["name", "id_number", "date", "text"]
LONGEST = 200
HOLDER_NAME = "name"


class _Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the file."""


class Validity(_Part, frozen=True):
    """years: how long it holds, 0 without end. until_fact: a fact of the case that says the last day, if it is there."""

    years: Annotated[int, msgspec.Meta(ge=0, le=50)] = 0
    until_fact: str = ""


class FieldSpec(_Part, frozen=True):
    """One field. fact: of the case, where its value comes from. mask: how it is shown to strangers when sensitive."""

    name: Name
    title: Words
    fact: Name
    surfaces: tuple[Surface, ...]
    sensitive: bool = False
    optional: bool = False
    mask: MaskKind = "text"


class Kind(_Part, frozen=True):
    """The file. type_code: who defines this kind (credit code, 18 signs) and its number there (3 digits)."""

    id: Name
    name: Words
    owner: Name
    issuer: Name
    procedure: Name
    type_code: str
    basis: Words
    valid_from: date
    fields: tuple[FieldSpec, ...]
    template: Name = "card"
    validity: Validity = Validity()
    issuer_code: str = ""
    note: str = ""


def doubts(kind: Kind) -> Iterator[tuple[str, str]]:
    """Each doubt as (key in the file, what is wrong)."""
    if not is_type_code(kind.type_code):
        yield "type_code", "a credit code of 18 signs with its check character, then three digits"
    if kind.issuer_code and not (looks_like_uscc(kind.issuer_code) or re.fullmatch(r"\d{6}", kind.issuer_code)):
        yield "issuer_code", "a credit code of 18 signs or a division code of 6 digits"
    names = [spec.name for spec in kind.fields]
    if HOLDER_NAME not in names:
        yield "fields", "a licence says whose it is: a field called name"
    for number, spec in enumerate(kind.fields):
        if spec.name in names[:number]:
            yield f"fields[{number}].name", f"{spec.name} stands here twice"
        if not spec.surfaces:
            yield f"fields[{number}].surfaces", "where is it shown?"
    if not any("face" in spec.surfaces for spec in kind.fields):
        yield "fields", "nothing is shown on the face"


def is_type_code(text: str) -> bool:
    code, number = text[:18], text[18:]
    return uscc_holds(code) and bool(re.fullmatch(r"\d{3}", number))


def values_from(kind: Kind, facts: Mapping[str, Any]) -> dict[str, str]:
    """What the licence will say. Invalid when a fact is wanting or longer than a licence can show."""
    values = {}
    for spec in kind.fields:
        value = "" if facts.get(spec.fact) is None else str(facts[spec.fact]).strip()
        if not value and not spec.optional:
            raise Invalid("licence.fact.missing", msgid("The case does not say “%(title)s”."), title=spec.title)
        if len(value) > LONGEST or any(ord(sign) < 32 for sign in value):
            raise Invalid("licence.fact.form", msgid("“%(title)s” cannot be printed on a licence."), title=spec.title)
        if value:
            values[spec.name] = value
    return values


def until_from(kind: Kind, facts: Mapping[str, Any]) -> date | None:
    """The last day that the case itself names, if this kind lets it."""
    said = facts.get(kind.validity.until_fact) if kind.validity.until_fact else None
    if not said:
        return None
    try:
        return date.fromisoformat(str(said))
    except ValueError as error:
        raise Invalid("licence.fact.until", msgid("The case's last day is no date.")) from error


def fields_of(kind: Kind | None, values: Mapping[str, str]) -> tuple[LicenceField, ...]:
    """The fields with their titles. A kind no longer in the content shows its values under their names, all sensitive."""
    if kind is None:
        return tuple(LicenceField(name, name, value, True, ("face",)) for name, value in values.items())
    return tuple(
        LicenceField(spec.name, spec.title, values[spec.name], spec.sensitive, spec.surfaces)
        for spec in kind.fields
        if spec.name in values
    )


def shown_to_strangers(kind: Kind | None, values: Mapping[str, str]) -> tuple[LicenceField, ...]:
    """What the public page shows: only fields meant for it, the sensitive ones masked."""
    if kind is None:
        return ()
    return tuple(
        LicenceField(
            spec.name,
            spec.title,
            mask(spec.mask, values[spec.name]) if spec.sensitive else values[spec.name],
            spec.sensitive,
            spec.surfaces,
        )
        for spec in kind.fields
        if "verify" in spec.surfaces and spec.name in values
    )


def mask(kind: MaskKind, value: str) -> str:
    """What a person recognises and a stranger cannot use."""
    if kind == "name":
        return value[:1] + "*" * min(max(len(value) - 1, 1), 2)
    if kind == "id_number":
        return value[:4] + "*" * (len(value) - 8) + value[-4:] if len(value) >= 12 else "*" * len(value)
    if kind == "date":
        return value[:4] + "-**-**"
    return value[:1] + "**"
