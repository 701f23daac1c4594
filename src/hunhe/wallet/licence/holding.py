"""What this room holds about a person: their licences and each check of them. Licences are kept by law."""

from django.utils.translation import gettext

from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent.shapes import Table
from hunhe.kernel.org import queries as org
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import words
from hunhe.wallet.licence import models

MOST = 20_000


def register() -> None:
    consent.register_holding(who=Who.system("start"), room="licence", title=msgid("My licences"), read=_read)


def _read(subject_id: str) -> tuple[Table, ...]:
    return _licences(subject_id), _checks(subject_id)


def _licences(subject_id: str) -> Table:
    columns = (
        ("type", gettext("Kind of licence")),
        ("identifier", gettext("Number")),
        ("state", gettext("State")),
        ("valid_from", gettext("From")),
        ("valid_until", gettext("To")),
        ("values", gettext("What it says")),
    )
    rows = models.Licence.objects.filter(holder=subject_id).order_by("-id")[:MOST]
    told = tuple(
        (row.type_name, row.identifier, words.state(row.state, "licence.state"), row.valid_from, row.valid_until, row.values)
        for row in rows
    )
    return Table(name="licences", title=gettext("My licences"), columns=columns, rows=told)


def _checks(subject_id: str) -> Table:
    names = {one.code: one.short_name or one.name for one in org.list_departments(who=Who.system("licence"))}
    columns = (
        ("at", gettext("When")),
        ("type", gettext("Kind of licence")),
        ("department", gettext("Department")),
        ("purpose", gettext("For what")),
        ("answer", gettext("Answer")),
        ("entry_id", gettext("Receipt")),
    )
    found = models.Verification.objects.select_related("licence").filter(licence__holder=subject_id).order_by("-id")
    rows = list(found[: MOST + 1])
    told = tuple(
        (
            row.at,
            row.licence.type_name,
            names.get(row.department, row.department),
            row.purpose,
            words.state(row.answer, "licence.answer"),
            row.entry_id,
        )
        for row in rows[:MOST]
    )
    return Table(name="checks", title=gettext("Checks of my licences"), columns=columns, rows=told, cut=len(rows) > MOST)
