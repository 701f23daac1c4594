"""`hunhe doctor`: what an operator should look at, each with what to do. Changes nothing."""

import shutil
import sqlite3
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from hunhe.house.backup import last_backup
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.city import queries as city
from hunhe.kernel.events import queries as events
from hunhe.networks.governance import queries as governance
from hunhe.stone import clock
from hunhe.stone.errors import HunheError
from hunhe.stone.paths import DataFolder
from hunhe.stone.who import Who
from hunhe.ui import assets

WHO = Who.system("doctor")
LEAST_FREE = 2 << 30
LONGEST_WAIT = timedelta(minutes=15)
LONGEST_WITHOUT_BACKUP = timedelta(hours=26)
OLDEST_SQLITE = (3, 37)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. advice: what to do, where it is not well."""

    what: str
    ok: bool
    detail: str
    advice: str = ""


def examine(folder: DataFolder) -> Iterator[Finding]:
    """Each finding as soon as it is known."""
    yield _software()
    yield _disk(folder)
    yield _keys(folder)
    yield _pages()
    yield _content()
    database = _database()
    yield database
    if database.ok:
        yield _log()
        yield from _work()
        yield _street()
        yield _backup(folder)


def _software() -> Finding:
    versions = f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}"
    return Finding("software", sqlite3.sqlite_version_info >= OLDEST_SQLITE, versions, "Install SQLite 3.37 or newer.")


def _disk(folder: DataFolder) -> Finding:
    free = shutil.disk_usage(folder.root).free
    detail = f"{free / (1 << 30):.1f} GiB free at {folder.root}"
    return Finding("disk", free >= LEAST_FREE, detail, "Make room: below 2 GiB loads and backups fail.")


def _keys(folder: DataFolder) -> Finding:
    keys = Path(settings.HUNHE_KEYS)
    if keys.is_relative_to(folder.root):
        return Finding("keys", False, f"{keys} lies in the data folder", "Move the keys out and set HUNHE_KEYS.")
    loose = [path.name for path in (keys, *keys.iterdir()) if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    detail = f"{keys}, open to others: {', '.join(loose)}" if loose else f"{keys}, its owner's only"
    return Finding("keys", not loose, detail, f"chmod -R go= {keys}")


def _pages() -> Finding:
    built = assets.file("ui.css") is not None
    return Finding(
        "pages", built, "built" if built else "not built", "Run ./hunhe up from the source tree, or install the wheel."
    )


def _content() -> Finding:
    doubts = city.check_city(who=WHO, folder=settings.HUNHE_CITY)
    detail = str(doubts[0]) if doubts else f"{settings.HUNHE_CITY}: no doubt"
    return Finding("city content", not doubts, detail, "Mend the file named, then: hunhe city check")


def _database() -> Finding:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        return Finding("database", False, str(error).strip(), "See that it runs and that HUNHE_DATABASE is right.")
    detail = f"{len(waiting)} migrations wait" if waiting else f"{connection.vendor}, up to date"
    return Finding("database", not waiting, detail, "hunhe upgrade")


def _log() -> Finding:
    size = audit.log_size(who=WHO)
    detail = f"{size.sealed} entries sealed, {size.waiting} waiting"
    return Finding("log", size.waiting < 100_000, detail, "The worker does not seal: is the city running? See worker.log.")


def _work() -> Iterator[Finding]:
    stock = {(line.kind, line.state): line.count for line in events.backlog(who=WHO)}
    dead = sum(count for (_, state), count in stock.items() if state == "dead")
    yield Finding("dead letters", dead == 0, str(dead), "Read why on the desk of the administrator, mend it, try again there.")
    oldest = events.longest_waiting(who=WHO)
    waits = clock.now() - oldest.run_at if oldest else timedelta(0)
    detail = f"{stock['job', 'waiting']} waiting" + (
        f", one due for {waits.total_seconds() / 60:.0f} minutes" if oldest else ""
    )
    yield Finding("jobs", waits < LONGEST_WAIT, detail, "Is the worker running? hunhe up starts it; its log is worker.log.")


def _street() -> Finding:
    """Teams without people and posts that nobody holds: orders sent there would wait until they are late."""
    try:
        vacant = governance.who_is_where(who=WHO).vacant
    except HunheError as refusal:
        return Finding("street teams", True, f"none in this city: {refusal.code}")
    detail = f"vacant: {', '.join(vacant)}" if vacant else "somebody in each"
    return Finding("street teams", not vacant, detail, "Appoint somebody to each post on the administrator's page “People”.")


def _backup(folder: DataFolder) -> Finding:
    last = last_backup(folder)
    if last is None:
        return Finding("backup", False, "none yet", "hunhe keys backup FILE, then: hunhe backup FILE")
    age = clock.true_now() - last
    detail = f"{age.total_seconds() / 3600:.0f} hours ago"
    return Finding("backup", age < LONGEST_WITHOUT_BACKUP, detail, "hunhe backup FILE, daily (see docs/how-to/keep-a-city.md)")
