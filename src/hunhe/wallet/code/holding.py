"""What this room holds about a person: the devices that carry their code, and each scan of it."""

from django.utils.translation import gettext

from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent.shapes import Table
from hunhe.kernel.org import queries as org
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui import words
from hunhe.wallet.code import models

MOST = 20_000


def register() -> None:
    start = Who.system("start")
    consent.register_holding(
        who=start, room="code", title=msgid("My code"), read=_read, erase=_erase, told_elsewhere=("code.scan",)
    )


def _read(subject_id: str) -> tuple[Table, ...]:
    return _devices(subject_id), _scans(subject_id)


def _devices(subject_id: str) -> Table:
    columns = (("name", gettext("Device")), ("enrolled_at", gettext("Since")), ("revoked_at", gettext("Switched off")))
    rows = models.Device.objects.filter(subject_id=subject_id).order_by("-id")[:MOST]
    told = tuple((row.name, row.enrolled_at, row.revoked_at) for row in rows)
    return Table(name="devices", title=gettext("Devices that carry my code"), columns=columns, rows=told)


def _scans(subject_id: str) -> Table:
    names = {one.code: one.short_name or one.name for one in org.list_departments(who=Who.system("code"))}
    terminals = dict(models.Terminal.objects.values_list("id", "name"))
    columns = (
        ("at", gettext("When")),
        ("department", gettext("Department")),
        ("terminal", gettext("Terminal")),
        ("function", gettext("Function")),
        ("outcome", gettext("Answer")),
        ("entry_id", gettext("Receipt")),
    )
    rows = list(models.Scan.objects.filter(subject_id=subject_id).order_by("-id")[: MOST + 1])
    told = tuple(
        (
            row.at,
            names.get(row.department, row.department),
            terminals.get(row.terminal_id, ""),
            row.function,
            words.state(row.code, "code.refusal") if row.code else gettext("passed"),
            row.entry_id,
        )
        for row in rows[:MOST]
    )
    return Table(name="scans", title=gettext("Scans of my code"), columns=columns, rows=told, cut=len(rows) > MOST)


def _erase(subject_id: str) -> int:
    """Devices go, so that their codes no longer pass; a scan stays as the terminal's own record, about nobody."""
    models.Liveness.objects.filter(subject_id=subject_id).delete()
    gone = models.Device.objects.filter(subject_id=subject_id).delete()[0]
    return gone + models.Scan.objects.filter(subject_id=subject_id).update(subject_id=None, pseudonym="")
