"""Opening a city's data folder from the command line: environment, Django, migrations, content."""

import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hunhe.stone.errors import Conflict, Invalid, msgid
from hunhe.stone.paths import DataFolder

REPOSITORY = Path(__file__).resolve().parents[3]
DEMO_MARK = "demo.json"


def default_city() -> Path:
    """The reference city, in the source tree or beside the installed package."""
    beside = Path(__file__).resolve().parents[1] / "cities" / "shenyang"
    return beside if beside.is_dir() else REPOSITORY / "cities" / "shenyang"


def open_folder(var: Path, city: Path | None = None, *, demo: bool = False) -> DataFolder:
    """Point this process at a data folder and start Django. Call once, before any room is imported."""
    import django  # settings read the environment set here

    folder = DataFolder(var.resolve())
    folder.root.mkdir(parents=True, exist_ok=True)
    os.environ["HUNHE_VAR"] = str(folder.root)
    os.environ["HUNHE_CITY"] = str((city or _city_from_environment() or remembered_city(folder) or default_city()).resolve())
    if demo or is_demo(folder):
        os.environ["HUNHE_DEMO"] = "1"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
    django.setup()
    return folder


def _city_from_environment() -> Path | None:
    return Path(os.environ["HUNHE_CITY"]) if "HUNHE_CITY" in os.environ else None


def remembered_city(folder: DataFolder) -> Path | None:
    """The city content that this folder was last prepared with."""
    note = folder.root / "city.path"
    return Path(note.read_text().strip()) if note.exists() else None


def is_demo(folder: DataFolder) -> bool:
    return (folder.root / DEMO_MARK).exists()


@contextmanager
def locked(folder: DataFolder) -> Iterator[None]:
    """Hold the data folder for one running city; Conflict when another process has it."""
    handle: IO[str]
    with folder.lock.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(
                "house.folder.in_use",
                msgid("Another process is running this city in %(folder)s. Stop it first."),
                folder=folder.root,
            ) from error
        yield


def prepare(folder: DataFolder) -> None:
    """Bring the database and the city's content up to date. Safe to repeat."""
    from django.conf import settings

    from hunhe.kernel.city import actions as city
    from hunhe.stone.who import Who

    migrate()
    city.apply_city(who=Who.system("prepare"), folder=settings.HUNHE_CITY)
    (folder.root / "city.path").write_text(f"{settings.HUNHE_CITY}\n")


def migrate() -> None:
    """Bring the database up to this version. Safe to repeat."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


def port_number(text: str) -> int:
    if not re.fullmatch(r"\d{1,5}", text) or not 0 < int(text) < 65536:
        raise Invalid("house.port", msgid("%(text)s is not a port number."), text=text)
    return int(text)


@contextmanager
def temporary_folder() -> Iterator[DataFolder]:
    """A data folder that lives only as long as one command."""
    with tempfile.TemporaryDirectory(prefix="hunhe-") as place:
        yield open_folder(Path(place) / "var")
