"""`hunhe restore`: a data folder from a sealed file, whole or not at all. Runs before Django knows of the folder."""

import os
import shutil
import tempfile
from pathlib import Path

import msgspec

from hunhe.house import archive
from hunhe.house.archive import Manifest
from hunhe.stone.errors import Conflict, Invalid, NotFound, msgid
from hunhe.stone.paths import DataFolder


def restore(file: Path, folder: DataFolder, key: Path) -> Manifest:
    """Fill `folder`, which must be empty or absent, from `file`. key: the file that `hunhe keys backup` wrote.

    The city's keys come from the backup if it holds them, and must lie in their place otherwise: new ones could not go on with
    the old log. Conflict where something is in the way; Invalid when the file does not open, is damaged or needs other keys.
    """
    secret = _secret(key)
    _refuse_occupied(folder.root)
    if not file.is_file():
        raise NotFound("house.restore.no_file", msgid("There is no file %(file)s."), file=file)
    folder.root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{folder.root.name}.restoring-", dir=folder.root.parent) as name:
        place = Path(name)
        with file.open("rb") as source:
            archive.unpack(source, place, secret)
        manifest = _manifest(place)
        keys = Path(os.environ.get("HUNHE_KEYS", folder.keys))
        _check_keys(keys, manifest)
        _restore_database(place, manifest)
        if manifest.with_keys:
            shutil.copytree(place / archive.KEYS, keys, dirs_exist_ok=True)
            keys.chmod(0o700)
        os.sync()
        if folder.root.exists():
            folder.root.rmdir()
        (place / archive.DATA).rename(folder.root)
    return manifest


def _secret(key: Path) -> str:
    if not key.is_file():
        raise NotFound("house.restore.no_file", msgid("There is no file %(file)s."), file=key)
    lines = [line.strip() for line in key.read_text(errors="replace").splitlines()]
    return next((line for line in lines if line and not line.startswith("#")), "")


def _refuse_occupied(place: Path) -> None:
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise Conflict("house.restore.occupied", msgid("%(folder)s is not empty. Choose another place."), folder=place)


def _manifest(place: Path) -> Manifest:
    try:
        manifest = msgspec.json.decode((place / archive.MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError) as error:
        raise Invalid("house.backup.damaged", msgid("This file is no backup, or it is not complete.")) from error
    if manifest.format > archive.FORMAT:
        raise Invalid(
            "house.restore.newer",
            msgid("This backup was made by Hunhe %(version)s, which is newer. Install that first."),
            version=manifest.hunhe,
        )
    return manifest


def _check_keys(keys: Path, manifest: Manifest) -> None:
    if manifest.with_keys:
        _refuse_occupied(keys)
    elif not (keys / "audit.master.key").exists():
        raise Invalid(
            "house.restore.no_keys",
            msgid("This backup does not hold the city's keys. Put them into %(folder)s first."),
            folder=keys,
        )


def _restore_database(place: Path, manifest: Manifest) -> None:
    url = os.environ.get("HUNHE_DATABASE", "")
    if (manifest.database == "postgresql") != bool(url):
        raise Invalid(
            "house.restore.database",
            msgid("This backup is of a city on %(database)s. Set or unset HUNHE_DATABASE accordingly."),
            database=manifest.database,
        )
    if url:
        archive.run_tool(
            "pg_restore",
            "--exit-on-error",
            "--no-owner",
            "--single-transaction",
            f"--dbname={url}",
            str(place / archive.POSTGRES),
        )
    else:
        (place / archive.SQLITE).rename(place / archive.DATA / DataFolder(place).database.name)
