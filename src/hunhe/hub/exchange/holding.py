"""What this room holds about a person: each use of their data that they may know of."""

from django.utils.translation import gettext

from hunhe.hub.exchange import models
from hunhe.hub.exchange.granting import today
from hunhe.hub.exchange.telling import untold, use_shapes
from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent.shapes import Table
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import words

MOST = 20_000


def register() -> None:
    consent.register_holding(
        who=Who.system("start"),
        room="exchange",
        title=msgid("Who used my data"),
        read=_read,
        erase=_erase,
        told_elsewhere=("exchange.",),
    )


def _read(subject_id: str) -> tuple[Table, ...]:
    """Uses that must not be told yet stand with their day of release and nothing else, as on the page."""
    rows = list(models.Call.objects.filter(subject_id=subject_id).order_by("-id")[: MOST + 1])
    columns = (
        ("at", gettext("When")),
        ("department", gettext("Department")),
        ("purpose", gettext("For what")),
        ("case", gettext("Case")),
        ("outcome", gettext("Answer")),
        ("looked", gettext("Seen whole")),
        ("masked", gettext("Seen in part")),
        ("not_looked", gettext("Not seen")),
        ("told_from", gettext("Told from")),
        ("entry_id", gettext("Receipt")),
    )
    told = tuple(
        (
            use.at,
            use.department_name,
            use.purpose,
            use.case_number,
            words.state(use.code, "exchange.refusal") if use.code else words.state(use.outcome, "exchange.outcome"),
            use.looked,
            use.masked,
            use.not_looked,
            use.told_from,
            use.entry_id,
        )
        for use in use_shapes(rows[:MOST], today())
    )
    return (Table(name="uses", title=gettext("Who used my data"), columns=columns, rows=told, cut=len(rows) > MOST),)


def _erase(subject_id: str) -> int:
    """The call stays as the departments' own record; whom it was about does not. What must still be told later stays."""
    models.Assertion.objects.filter(subject_id=subject_id).delete()
    return models.Call.objects.filter(subject_id=subject_id).exclude(untold(today())).update(subject_id=None)
