"""Services as they follow from published catalogue resources: what its columns, keys and classification allow."""

import time
from collections.abc import Iterator
from datetime import datetime

from hunhe.hub.catalogue import queries as catalogue
from hunhe.hub.catalogue.shapes import Resource
from hunhe.hub.exchange.rules.masking import kind_of
from hunhe.hub.exchange.shapes import Column, Service, ServiceKind
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

KINDS: tuple[ServiceKind, ...] = ("lookup", "verify", "list", "changes", "aggregate")
_MADE = ("base.", "theme.")
_COUNTED_KINDS = ("text",)
COUNTED_AT_ONCE = 500
FRESH_SECONDS = 1.0
_BASE_OF_KIND = {"id_number": "population", "uscc": "legal_person"}
_known: dict[str, tuple[float, Service | None]] = {}


def services_of(resource: Resource) -> tuple[Service, ...]:
    """The services of one resource; none unless it is published, shared, and can be asked by a key.

    While its entry is being changed, those who hold grants are still answered.
    """
    if (
        resource.state not in ("published", "changing")
        or resource.sharing == "none"
        or not resource.dataset
        or not resource.keys
    ):
        return ()
    columns = _columns(resource)
    return tuple(_service(resource, kind, columns) for kind in KINDS if _offers(resource, kind, columns))


def count_services() -> dict[str, tuple[int, datetime | None]]:
    """By department: how many services its published resources offer, and when the last of them was published."""
    found: dict[str, tuple[int, datetime | None]] = {}
    cursor, system = None, Who.system("exchange")
    while True:
        page = catalogue.list_resources(who=system, cursor=cursor, size=COUNTED_AT_ONCE)
        for resource in page.items:
            if offered := len(services_of(resource)):
                number, last = found.get(resource.department, (0, None))
                newest = max((at for at in (last, resource.published_at) if at is not None), default=None)
                found[resource.department] = number + offered, newest
        cursor = page.next
        if cursor is None:
            return found


def find_service(code: str) -> Service | None:
    """A service by code, at most a second old."""
    now = time.monotonic()
    found = _known.get(code)
    if found is not None and now - found[0] < FRESH_SECONDS:
        return found[1]
    if len(_known) > 10_000:
        _known.clear()
    service = _read_service(code)
    _known[code] = (now, service)
    return service


def forget_services() -> None:
    """Read everything anew, as after a restart."""
    _known.clear()


def all_services(cursor: str | None, department: str | None = None) -> tuple[Iterator[Service], str | None]:
    """One catalogue page's services and the cursor of the next."""
    page = catalogue.list_resources(who=Who.system("exchange"), department=department, cursor=cursor)
    return (service for resource in page.items for service in services_of(resource)), page.next


def _read_service(code: str) -> Service | None:
    resource_code, dot, kind = code.rpartition(".")
    if not dot or kind not in KINDS or len(code) > 140:
        return None
    try:
        resource = catalogue.resource_by_code(who=Who.system("exchange"), code=resource_code)
    except NotFound:
        return None
    return next((service for service in services_of(resource) if service.kind == kind), None)


def _columns(resource: Resource) -> tuple[Column, ...]:
    return tuple(
        Column(item.name, item.title, kind_of(item.name, item.type, item.title), item.sensitive != "none", item.level)
        for item in resource.items
    )


def _offers(resource: Resource, kind: ServiceKind, columns: tuple[Column, ...]) -> bool:
    """Changes are kept of what departments deliver, not of what the hub makes of it; counts need a column to count by."""
    if kind == "changes":
        return not resource.dataset.startswith(_MADE)
    return kind != "aggregate" or bool(_countable(resource, columns))


def _countable(resource: Resource, columns: tuple[Column, ...]) -> tuple[Column, ...]:
    """Columns to count by: plain texts and codes that classify and name nobody."""
    return tuple(
        column
        for column in columns
        if column.kind in _COUNTED_KINDS
        and column.level == "general"
        and not column.sensitive
        and column.name not in resource.keys
    )


def _service(resource: Resource, kind: ServiceKind, columns: tuple[Column, ...]) -> Service:
    base, key = _subject(resource, columns)
    return Service(
        code=f"{resource.code}.{kind}",
        resource=resource.code,
        kind=kind,
        keys=tuple(resource.keys),
        title=resource.name,
        department=resource.department,
        table=resource.dataset or "",
        columns=_countable(resource, columns) if kind == "aggregate" else columns,
        sharing=resource.sharing,
        condition=resource.condition,
        basis=resource.basis,
        cycle=resource.cycle,
        subject_base=base,
        subject_key=key,
    )


def _subject(resource: Resource, columns: tuple[Column, ...]) -> tuple[str | None, str | None]:
    """Which base knows the subjects of these rows, and by which column, a key before others. Golden tables carry the subject."""
    if (resource.dataset or "").startswith("base."):
        return (resource.dataset or "").removeprefix("base."), "subject_id"
    if any(column.kind == "subject" for column in columns):
        return "population", "subject_id"
    named = [column for column in columns if column.kind in _BASE_OF_KIND]
    for column in sorted(named, key=lambda column: column.name not in resource.keys):
        return _BASE_OF_KIND[column.kind], column.name
    return None, None
