"""What of the exchange rests on tables: services that look them up, and who holds grants for those columns."""

from collections.abc import Iterator, Mapping

from hunhe.hub.exchange import models
from hunhe.hub.exchange.granting import bump_edition, today
from hunhe.hub.exchange.services import all_services
from hunhe.hub.exchange.shapes import Service
from hunhe.hub.exchange.telling import department_names
from hunhe.hub.themes import actions as themes
from hunhe.hub.themes.shapes import Reached
from hunhe.kernel.events import actions as events
from hunhe.stone.who import Who
from hunhe.ui.pages import link

MOST = 500


def register() -> None:
    start = Who.system("start")
    themes.register_reach(who=start, kind="service", find=_services)
    themes.register_reach(who=start, kind="consumer", find=_consumers)
    themes.register_right(who=start, find=_granted)
    for name in ("themes.column.withdrawn", "themes.column.lifted"):
        events.subscribe(who=start, name=name, subscriber="exchange", handler=lambda event: bump_edition())


def _services(reached: Mapping[str, frozenset[str]]) -> Iterator[Reached]:
    for service, columns in _touched(reached):
        via = f"{service.table}.{columns[0]}" if columns else service.table
        yield Reached(kind="service", id=service.code, name=service.title, via=via, url=link("exchange:apply", service.code))


def _consumers(reached: Mapping[str, frozenset[str]]) -> Iterator[Reached]:
    """Departments whose grants name such a column: each once per service."""
    names = department_names()
    touched = {service.code: set(columns) for service, columns in _touched(reached)}
    rows = models.Grant.objects.filter(service__in=list(touched), state="active", expires_on__gte=today()).order_by("id")
    for row in rows[:MOST]:
        given = {name for name, choice in row.columns.items() if choice != "withhold"}
        if given & touched[row.service]:
            name = names.get(row.department, row.department)
            yield Reached(
                kind="consumer",
                id=row.id,
                name=name,
                via=f"{row.service}: {row.purpose}",
                url=link("exchange:grant", row.id),
            )


def _touched(reached: Mapping[str, frozenset[str]]) -> Iterator[tuple[Service, tuple[str, ...]]]:
    """Services with those of their columns that are reached; all of them where the table is reached whole."""
    cursor: str | None = None
    while True:
        services, cursor = all_services(cursor)
        for service in services:
            found = reached.get(service.table, frozenset())
            columns = tuple(column.name for column in service.columns if column.name in found or "" in found)
            if columns:
                yield service, columns
        if cursor is None:
            return


def _granted(department: str, table: str) -> frozenset[str]:
    """Columns of a table that a department holds a grant for, whole or masked."""
    rows = models.Grant.objects.filter(department=department, state="active", expires_on__gte=today())
    services = {service.code for service, _ in _touched({table: frozenset({""})})}
    found = [row.columns for row in rows.filter(service__in=services)]
    return frozenset(name for columns in found for name, choice in columns.items() if choice == "give")
