"""Looking: the caller's devices and question to the police, a department's terminals and scans, the issuer's key, counts."""

from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who
from hunhe.wallet.code import connections, devices, issuing, liveness, models, terminals
from hunhe.wallet.code.shapes import Connection, Device, Issuer, Liveness, Scan, Terminal

PAGE = 50


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def list_devices(*, who: Who) -> tuple[Device, ...]:
    """The caller's own devices, active ones first, at most 50."""
    rows = models.Device.objects.filter(account_id=who.id).order_by("state", "-id")[:PAGE]
    return tuple(devices.shape(row) for row in rows)


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def newest_liveness(*, who: Who) -> Liveness | None:
    """The caller's last question to the police."""
    return liveness.newest(who.id)


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def last_scan(*, who: Who) -> Scan | None:
    """When and where the caller's code was scanned last."""
    if who.subject_id is None:
        return None
    rows = models.Scan.objects.filter(subject_id=who.subject_id).exclude(terminal_id="").order_by("-id")[:1]
    return next(iter(_scans(list(rows))), None)


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def issuer(*, who: Who) -> Issuer:
    """The key with which a terminal checks certificates alone."""
    return issuing.issuer()


@door(may="code.may_scan", scope=Scope.DEPARTMENT)
def list_terminals(*, who: Who, department: str, cursor: str | None = None) -> Page[Terminal]:
    """Terminals of a department, newest first, revoked ones included."""
    rows = models.Terminal.objects.filter(department=department).order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of([terminals.shape(row) for row in rows[: PAGE + 1]], PAGE, key=lambda terminal: (terminal.id,))


@door(may="code.may_scan", scope=Scope.DEPARTMENT)
def scans_of(*, who: Who, department: str, cursor: str | None = None) -> Page[Scan]:
    """Scans at a department's terminals, refused ones too, newest first. Pseudonyms only."""
    rows = models.Scan.objects.filter(department=department).order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of(_scans(list(rows[: PAGE + 1])), PAGE, key=lambda scan: (scan.id,))


@door(may="code.may_set_connections", scope=Scope.CITY)
def list_connections(*, who: Who) -> tuple[Connection, ...]:
    """Where outside services are reached; secrets stay out."""
    return tuple(connections.shape(row) for row in models.Connection.objects.order_by("name"))


def _scans(rows: list[models.Scan]) -> list[Scan]:
    names = dict(models.Terminal.objects.filter(id__in={row.terminal_id for row in rows}).values_list("id", "name"))
    return [
        Scan(
            id=row.id,
            at=row.at,
            terminal=row.terminal_id,
            terminal_name=names.get(row.terminal_id, ""),
            function=row.function,
            outcome="passed" if row.outcome == "passed" else "refused",
            code=row.code,
            pseudonym=row.pseudonym,
            entry_id=row.entry_id,
        )
        for row in rows
    ]
