"""From rows to shapes: form lines with numbered gaps, materials with how they are met."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.utils.formats import date_format

from hunhe.networks.service import content, models, people, rules
from hunhe.networks.service.item import Form, ServiceItem
from hunhe.networks.service.shapes import (
    Application,
    Channel,
    Dispute,
    Draft,
    DraftState,
    FieldValue,
    FormLine,
    MaterialLine,
    MaterialState,
    Rating,
)

Values = Mapping[str, FieldValue]


def values_of(stored: Mapping[str, Any]) -> dict[str, FieldValue]:
    return {name: msgspec.convert(value, FieldValue) for name, value in stored.items()}


def stored(values: Values) -> dict[str, Any]:
    return {name: msgspec.to_builtins(value) for name, value in values.items()}


def form_lines(
    form: Form, answers: Mapping[str, str], values: Values, disputes: Mapping[str, Any] | None = None
) -> tuple[FormLine, ...]:
    """Every line the situation asks for. A required one without a value is a gap, numbered in order."""
    gap, found = 0, []
    for group, field in rules.fields_asked(form, answers, values):
        value = values.get(field.id)
        open_gap = value is None and field.required
        gap += open_gap
        options = {option.id: option.name for option in field.options}
        found.append(
            FormLine(
                id=field.id,
                name=field.name,
                kind=field.kind,
                group=group,
                required=field.required,
                editable=field.editable or not field.golden or value is None or value.grade in ("C", "D"),
                options=tuple((option.id, option.name, option.note) for option in field.options),
                hint=field.hint,
                value=value,
                shown=_shown(field.kind, value.value, options) if value else "",
                gap=gap if open_gap else 0,
                disputable=rules.is_disputable(field, value),
                dispute=msgspec.convert(disputes[field.id], Dispute) if disputes and field.id in disputes else None,
            )
        )
    return tuple(found)


def _shown(kind: str, value: str, options: Mapping[str, str]) -> str:
    """A value as a page may show it: a choice by its name, a division by its path, a day in words, numbers masked."""
    if kind == "division":
        return people.division_name(value)
    if kind == "date" and (day := rules.as_day(value)) is not None:
        return date_format(day)
    return options.get(value, rules.masked(kind, value))


def draft_materials(
    item: ServiceItem, row: models.Draft, values: Values, licences: Mapping[str, str]
) -> tuple[MaterialLine, ...]:
    return tuple(
        rules.material_line(
            material,
            values,
            licence=licences.get(material.licence, ""),
            file_id=row.files.get(material.id, ""),
            promised=material.id in row.promises,
        )
        for material in (
            *rules.materials_asked(item, row.answers),
            *rules.evidence(content.form_of(row.item), row.disputes),
        )
    )


def draft_shape(row: models.Draft) -> Draft:
    """A draft whose item was joined."""
    item, form, values = content.item_of(row.item), content.form_of(row.item), values_of(row.values)
    return Draft(
        id=row.id,
        item=item.id,
        version=item.version,
        name=item.short_name,
        department=item.owner,
        state=DraftState(row.state),
        answers=row.answers,
        lines=form_lines(form, row.answers, values, row.disputes),
        materials=draft_materials(item, row, values, people.licences_held(row.subject_id, item)),
        prefilled=row.prefilled,
        case_id=row.case_id,
        saved_at=row.saved_at,
    )


def application_shape(
    row: models.Application, materials: Sequence[models.Material], rating: Rating | None = None
) -> Application:
    """An application whose item was joined."""
    item, form, values = content.item_of(row.item), content.form_of(row.item), values_of(row.values)
    return Application(
        case_id=row.case_id,
        number=row.number,
        item=item.id,
        version=item.version,
        name=item.short_name,
        department=row.department,
        subject_id=row.subject_id,
        applicant=row.applicant,
        channel=Channel(row.channel),
        lines=form_lines(form, row.answers, values, row.disputes),
        materials=tuple(line for one in materials if (line := _material(item, form, one)) is not None),
        sent_at=row.sent_at,
        taken_in_by=row.taken_in_name,
        remedy=item.remedy,
        statutory=item.limits.statutory,
        promised=item.limits.promised,
        licence=item.licence,
        rating=rating,
    )


def _material(item: ServiceItem, form: Form, row: models.Material) -> MaterialLine | None:
    material = rules.material_of(item, form, row.code)
    if material is None:
        return None
    return MaterialLine(
        id=material.id,
        name=material.name,
        form=material.form,
        issuer=material.issuer,
        necessity=material.necessity,
        copies=material.copies,
        met_by=row.met_by,  # type: ignore[arg-type]  # written from a MaterialLine
        grade=row.grade or None,  # type: ignore[arg-type]  # likewise
        proof=row.proof,
        file_id=row.file_id,
        upload=material.upload,
        promise=material.promise,
        hint=material.hint,
        state=MaterialState(row.state),
        note=row.note,
    )


def rating_shape(row: models.Rating) -> Rating:
    """A rating whose application and item were joined."""
    names = {reason.code: reason.name for reason in content.scale().reasons}
    return Rating(
        case_id=row.application_id,
        number=row.application.number,
        item_name=content.item_of(row.application.item).short_name,
        department=row.department,
        stars=row.stars,
        reasons=tuple((code, names.get(code, code)) for code in row.reasons),
        comment=row.comment,
        at=row.at,
        callback=row.callback,
        result=row.result,
        handed_by=row.handed_name,
    )
