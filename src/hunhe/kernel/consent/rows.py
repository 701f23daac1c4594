"""Rows as shapes. A list costs the same few queries whatever its length."""

from collections.abc import Sequence

from hunhe.kernel.consent import models, rules, shapes
from hunhe.kernel.org import queries as org
from hunhe.stone import clock
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who

SYSTEM = Who.system("consent")


def current_kind(code: str) -> models.Kind:
    row = models.Kind.objects.filter(code=code, active=True).first()
    if row is None:
        raise NotFound("consent.kind.unknown", msgid("There is no kind of consent %(kind)s."), kind=code)
    return row


def kind_shape(row: models.Kind) -> shapes.Kind:
    return shapes.Kind(
        id=row.code,
        version=row.version,
        name=row.name,
        text=row.text,
        purpose=row.purpose,
        basis=row.basis,
        separate=row.separate,
        withdrawable=row.withdrawable,
        days=row.days,
        guardian_below=row.guardian_below,
    )


def consent_shapes(rows: Sequence[models.Consent]) -> list[shapes.Consent]:
    """`kind` must be joined already."""
    if not rows:
        return []
    codes = {row.code for row in rows}
    current = dict(models.Kind.objects.filter(active=True, code__in=codes).values_list("code", "version"))
    ended = dict(models.Ending.objects.filter(consent__in=rows).values_list("consent_id", "at"))
    names = {one.code: one.short_name or one.name for one in org.list_departments(who=SYSTEM)}
    now = clock.now()
    return [
        shapes.Consent(
            id=row.id,
            subject_id=row.subject_id,
            kind=row.code,
            name=row.kind.name,
            version=row.kind.version,
            text=row.kind.text,
            basis=row.kind.basis,
            separate=row.kind.separate,
            withdrawable=row.kind.withdrawable,
            recipient=row.recipient,
            recipient_name=names.get(row.recipient, row.recipient),
            purpose=row.purpose,
            state=rules.state_at(row.state, row.kind.version, current.get(row.code), row.until, now),
            given_by=row.given_by,
            given_at=row.given_at,
            until=row.until,
            ended_at=ended.get(row.id),
            entry_id=row.entry_id,
        )
        for row in rows
    ]
