"""What this room and those below it hold about a person: consents and copies, the account, files, the log."""

from django.utils.translation import gettext

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit import queries as audit_log
from hunhe.kernel.consent import exporting, holdings, models
from hunhe.kernel.consent.ending import end
from hunhe.kernel.consent.holdings import MOST_ROWS, SYSTEM, Registered
from hunhe.kernel.consent.rows import consent_shapes
from hunhe.kernel.consent.shapes import ConsentState, Table
from hunhe.kernel.files import queries as files
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as accounts
from hunhe.stone import clock
from hunhe.stone.errors import msgid
from hunhe.ui import words


def register() -> None:
    for one in (
        Registered("identity", msgid("My account"), _account, _erase_account),
        Registered("consent", msgid("What I allowed"), _consents, _erase_consents),
        Registered("files", msgid("Files I handed in"), _files, None),
        Registered("audit", msgid("What was written down about me"), _log, _erase_log, count=_log_count),
    ):
        holdings.register(one)


def _consents(subject_id: str) -> tuple[Table, ...]:
    rows = list(models.Consent.objects.select_related("kind").filter(subject_id=subject_id).order_by("-id")[: MOST_ROWS + 1])
    columns = (
        ("name", gettext("What")),
        ("recipient", gettext("To whom")),
        ("purpose", gettext("For what")),
        ("version", gettext("Text of")),
        ("state", gettext("State")),
        ("given_at", gettext("From")),
        ("ended_at", gettext("To")),
        ("entry_id", gettext("Receipt")),
    )
    told = tuple(
        (
            one.name,
            one.recipient_name,
            one.purpose,
            one.version,
            words.state(one.state, "consent.state"),
            one.given_at,
            one.ended_at or one.until,
            one.entry_id,
        )
        for one in consent_shapes(rows[:MOST_ROWS])
    )
    table = Table(name="consents", title=gettext("What I allowed"), columns=columns, rows=told, cut=len(rows) > MOST_ROWS)
    return table, _exports(subject_id)


def _exports(subject_id: str) -> Table:
    rows = models.Export.objects.filter(subject_id=subject_id).exclude(state="waiting").order_by("-id")[:MOST_ROWS]
    columns = (("asked_at", gettext("Asked")), ("ready_at", gettext("Ready")), ("entry_id", gettext("Receipt")))
    told = tuple((row.asked_at, row.ready_at, row.entry_id) for row in rows)
    return Table(name="copies", title=gettext("Copies I asked for"), columns=columns, rows=told)


def _erase_consents(subject_id: str) -> int:
    """What stands is taken back first, so that rooms that listen stop; then the rows go. Their leaves in the log stay."""
    now = clock.now()
    for row in models.Consent.objects.select_for_update().filter(subject_id=subject_id, state="given"):
        end(SYSTEM, row, ConsentState.WITHDRAWN, now)
    exports = list(models.Export.objects.filter(subject_id=subject_id))
    for export in exports:
        exporting.drop(export)
    gone = models.Consent.objects.filter(subject_id=subject_id).count()
    models.Ending.objects.filter(consent__subject_id=subject_id).delete()
    models.Consent.objects.filter(subject_id=subject_id).delete()
    models.Export.objects.filter(subject_id=subject_id).delete()
    return gone + len(exports)


def _account(subject_id: str) -> tuple[Table, ...]:
    columns = (
        ("username", gettext("User name")),
        ("name", gettext("Name shown")),
        ("level", gettext("Level of assurance")),
        ("joined", gettext("Since when")),
    )
    rows = tuple(
        (one.username, one.name, one.level, one.joined_at)
        for one in accounts.accounts_of_subject(who=SYSTEM, subject_id=subject_id)
    )
    return (Table(name="account", title=gettext("My account"), columns=columns, rows=rows),)


def _erase_account(subject_id: str) -> int:
    return identity.erase_accounts(who=SYSTEM, subject_id=subject_id)


def _files(subject_id: str) -> tuple[Table, ...]:
    found = files.files_of_subject(who=SYSTEM, subject_id=subject_id, most=MOST_ROWS + 1)
    shown = [file for file in found if file.purpose != exporting.PURPOSE]
    columns = (
        ("name", gettext("File")),
        ("media_type", gettext("Kind")),
        ("size", gettext("Bytes")),
        ("digest", gettext("Digest")),
        ("created_at", gettext("Handed in")),
    )
    rows = tuple((file.name, file.media_type, file.size, file.digest, file.created_at) for file in shown[:MOST_ROWS])
    return (Table(name="files", title=gettext("Files I handed in"), columns=columns, rows=rows, cut=len(found) > MOST_ROWS),)


def _log(subject_id: str) -> tuple[Table, ...]:
    entries = audit_log.entries_of_subject(
        who=SYSTEM, subject_id=subject_id, without=holdings.told_elsewhere(), most=MOST_ROWS + 1
    )
    columns = (
        ("at", gettext("When")),
        ("act", gettext("What was done")),
        ("department", gettext("By which department")),
        ("object", gettext("To what")),
        ("entry_id", gettext("Receipt")),
    )
    rows = tuple((one.at, one.act, one.department, one.object, one.entry_id) for one in entries[:MOST_ROWS])
    title = gettext("Entries of the log about me")
    return (Table(name="entries", title=title, columns=columns, rows=rows, cut=len(entries) > MOST_ROWS),)


def _log_count(subject_id: str) -> int:
    """One: the key under which every entry about the person is sealed. Counting entries would read the whole log."""
    return int(audit_log.knows_subject(who=SYSTEM, subject_id=subject_id))


def _erase_log(subject_id: str) -> int:
    return audit.erase_subject(who=SYSTEM, subject_id=subject_id)
