"""`hunhe backup`: a city at one moment in one sealed file, while it goes on working.

What the database says at that moment decides. Files of the data folder are written once and never changed, so they are linked
aside before and after the database is copied: whatever it names is among them, and what came later does no harm. The log's
tiles are linked first, because a tree may be behind its database but never ahead of it.
"""

import contextlib
import fcntl
import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from django.conf import settings

from hunhe.house import archive
from hunhe.house.archive import Manifest
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.city import queries as city
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.paths import DataFolder
from hunhe.stone.sealed import new_sealing_key
from hunhe.stone.who import Who

WHO = Who.system("backup")
RECIPIENTS = "backup.recipients"
NOTE = "backup.json"
ASIDE = ".backup-"
LEFT_OUT = frozenset(
    {"hunhe.sqlite", "hunhe.sqlite-wal", "hunhe.sqlite-shm", "lock", "logs", "static", "audit", NOTE, "backup.lock"}
)
"""Of the data folder: the database is copied as of one moment, the tiles are linked first, the rest can be made again."""


def new_backup_key(target: Path) -> str:
    """Write a new key to `target`, which belongs away from this machine, and remember its public half; returns that half."""
    if target.exists():
        raise _exists(target)
    key = new_sealing_key()
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(f"# public key: {key.recipient}\n{key.secret}\n")
    recipients = os.open(settings.HUNHE_KEYS / RECIPIENTS, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    with os.fdopen(recipients, "w") as known:
        known.write(f"{key.recipient}\n")
    return key.recipient


def back_up(folder: DataFolder, target: Path, recipients: Sequence[str] = (), *, with_keys: bool = False) -> Manifest:
    """Write the city to `target`, whole or not at all. Serving goes on meanwhile.

    recipients: public keys; without any, those that `new_backup_key` remembered. with_keys: the city's own keys too, without
    which a restored city can neither read the details of its log nor sign it on; leave them out where they are kept elsewhere.
    """
    known = tuple(recipients) or _remembered()
    if target.exists():
        raise _exists(target)
    unfinished = target.with_name(f".{target.name}.part")
    with _aside(folder) as place:
        manifest = _gather(folder, place, with_keys)
        try:
            with unfinished.open("wb") as file:
                archive.pack(place, file, known)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        finally:
            unfinished.unlink(missing_ok=True)
    (folder.root / NOTE).write_text(json.dumps(asdict(manifest), ensure_ascii=False))
    return manifest


def last_backup(folder: DataFolder) -> datetime | None:
    """When the newest backup of this city was made."""
    note = folder.root / NOTE
    return datetime.fromisoformat(json.loads(note.read_text())["made_at"]) if note.exists() else None


def _exists(target: Path) -> Conflict:
    return Conflict("house.backup.exists", msgid("%(file)s is there already. Choose another place."), file=target)


def _remembered() -> tuple[str, ...]:
    path = settings.HUNHE_KEYS / RECIPIENTS
    if not path.exists():
        raise Invalid(
            "house.backup.no_key", msgid("Make a key first, and keep it away from this machine: hunhe keys backup FILE")
        )
    return tuple(path.read_text().split())


@contextmanager
def _aside(folder: DataFolder) -> Iterator[Path]:
    """A place in the data folder for one backup at a time; what a broken one left behind goes."""
    with (folder.root / "backup.lock").open("a") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict("house.backup.running", msgid("Another backup of this city is being made.")) from error
        for left_behind in folder.root.glob(f"{ASIDE}*"):
            shutil.rmtree(left_behind)
        with tempfile.TemporaryDirectory(prefix=ASIDE, dir=folder.root) as place:
            yield Path(place)


def _gather(folder: DataFolder, place: Path, with_keys: bool) -> Manifest:
    data = place / archive.DATA
    data.mkdir()
    _link(folder.audit, data / folder.audit.name)
    _link_folder(folder, data)
    manifest = _manifest(with_keys)
    _copy_database(folder, place)
    _link_folder(folder, data)
    if with_keys:
        shutil.copytree(settings.HUNHE_KEYS, place / archive.KEYS)
    (place / archive.MANIFEST).write_text(json.dumps(asdict(manifest), ensure_ascii=False, indent=1))
    return manifest


def _manifest(with_keys: bool) -> Manifest:
    facts, log = city.city_facts(who=WHO), audit.log_size(who=WHO)
    return Manifest(
        format=archive.FORMAT,
        hunhe=version("hunhe"),
        city=facts.name,
        code=facts.code,
        made_at=clock.true_now().isoformat(timespec="seconds"),
        database="postgresql" if _on_postgres() else "sqlite",
        entries=log.sealed + log.waiting,
        with_keys=with_keys,
    )


def _on_postgres() -> bool:
    return "postgresql" in str(settings.DATABASES["default"]["ENGINE"])


def _link_folder(folder: DataFolder, target: Path) -> None:
    for path in folder.root.iterdir():
        if path.name not in LEFT_OUT and not path.name.startswith(ASIDE):
            _link(path, target / path.name)


def _link(source: Path, target: Path) -> None:
    """The files below `source` under `target` too, as further names of the same bytes. What goes away meanwhile is not missed."""
    with contextlib.suppress(FileNotFoundError, FileExistsError):
        if source.is_dir():
            target.mkdir(exist_ok=True)
            for path in source.iterdir():
                _link(path, target / path.name)
        elif source.is_file():
            os.link(source, target)


def _copy_database(folder: DataFolder, place: Path) -> None:
    if _on_postgres():
        url = os.environ["HUNHE_DATABASE"]
        archive.run_tool("pg_dump", "--format=custom", f"--file={place / archive.POSTGRES}", f"--dbname={url}")
        return
    with (
        contextlib.closing(sqlite3.connect(f"file:{folder.database}?mode=ro", uri=True)) as source,
        contextlib.closing(sqlite3.connect(place / archive.SQLITE)) as target,
    ):
        source.backup(target)
