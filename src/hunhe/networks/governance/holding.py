"""What this room holds about a person: the street problems they reported."""

from django.db.models import F, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext

from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent.shapes import Table
from hunhe.networks.governance import models
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who

MOST = 20_000


def register() -> None:
    consent.register_holding(
        who=Who.system("start"), room="governance", title=msgid("Street problems I reported"), read=_read, erase=_erase
    )


def _read(subject_id: str) -> tuple[Table, ...]:
    columns = (
        ("at", gettext("When")),
        ("number", gettext("Number")),
        ("kind", gettext("Kind of problem")),
        ("where", gettext("Where it is")),
        ("words", gettext("What I wrote")),
        ("stage", gettext("How it stands")),
    )
    found = models.Report.objects.select_related("problem").filter(subject_id=subject_id).order_by("-id")
    rows = list(found[: MOST + 1]) if subject_id else []
    told = tuple(
        (row.at, row.problem.number, row.problem.kind_name, row.problem.where, row.words, row.problem.stage_name)
        for row in rows[:MOST]
    )
    return (
        Table(name="reports", title=gettext("Street problems I reported"), columns=columns, rows=told, cut=len(rows) > MOST),
    )


def _erase(subject_id: str) -> int:
    """The problem stays with its street; who reported it goes."""
    if not subject_id:
        return 0
    nobody = Concat(Value("erased."), F("id"))
    return models.Report.objects.filter(subject_id=subject_id).update(
        subject_id="", by_name="", anonymous=True, account=nobody, words="", key=F("id")
    )
