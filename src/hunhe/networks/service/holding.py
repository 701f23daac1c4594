"""What this room holds about a person: applications with what was filled in, and drafts. Applications are archive by law."""

from django.utils.translation import gettext

from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent.shapes import Table
from hunhe.networks.service import models
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

MOST = 5_000


def register() -> None:
    consent.register_holding(who=Who.system("start"), room="service", title=msgid("My applications"), read=_read)


def _read(subject_id: str) -> tuple[Table, ...]:
    applications = models.Application.objects.select_related("item").filter(subject_id=subject_id).order_by("-sent_at")[:MOST]
    drafts = models.Draft.objects.select_related("item").filter(subject_id=subject_id, state="open").order_by("-id")[:MOST]
    columns = (
        ("number", gettext("Number")),
        ("item", gettext("Matter")),
        ("sent_at", gettext("Sent")),
        ("closed_at", gettext("Closed")),
        ("values", gettext("What was filled in")),
    )
    sent = tuple((row.number, row.item.name, row.sent_at, row.closed_at, row.values) for row in applications)
    begun = tuple((row.item.name, row.saved_at, row.values) for row in drafts)
    begun_columns = (("item", gettext("Matter")), ("saved_at", gettext("Saved")), ("values", gettext("What was filled in")))
    return (
        Table(name="applications", title=gettext("My applications"), columns=columns, rows=sent),
        Table(name="drafts", title=gettext("Begun, not sent"), columns=begun_columns, rows=begun),
    )
