"""What this room holds about a person: what they were told."""

from django.utils.translation import gettext

from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent.shapes import Table
from hunhe.kernel.notify import models
from hunhe.kernel.notify.rules import audience
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

MOST = 20_000


def register() -> None:
    consent.register_holding(who=Who.system("start"), room="notify", title=msgid("Notices to me"), read=_read, erase=_erase)


def _read(subject_id: str) -> tuple[Table, ...]:
    rows = list(models.Notice.objects.filter(audience=_to(subject_id)).order_by("-id")[: MOST + 1])
    columns = (("at", gettext("When")), ("title", gettext("Notice")), ("body", gettext("Text")))
    told = tuple((row.at, gettext(row.title) % row.params, _body(row)) for row in rows[:MOST])
    return (Table(name="notices", title=gettext("Notices to me"), columns=columns, rows=told, cut=len(rows) > MOST),)


def _body(row: models.Notice) -> str:
    return gettext(row.body) % row.params if row.body else ""


def _erase(subject_id: str) -> int:
    rows = models.Notice.objects.filter(audience=_to(subject_id))
    models.Reading.objects.filter(notice__in=rows).delete()
    return rows.delete()[0]


def _to(subject_id: str) -> str:
    return audience(None, subject_id, None, None, None)
