"""Writes the folder of a new city."""

from pathlib import Path

from hunhe.kernel.city.divisions import COLUMNS, DivisionRow, parse_divisions, root
from hunhe.kernel.city.layers import MANIFEST
from hunhe.kernel.city.shapes import NewCity
from hunhe.stone.errors import Conflict, Invalid, msgid

DIVISIONS = "kernel/places/divisions.csv"


def found(divisions: Path, name: str, folder: Path) -> NewCity:
    """A manifest on top of the kit and the divisions as content. Conflict when the folder is a city already."""
    if (folder / MANIFEST).exists():
        raise Conflict("city.new.exists", msgid("There is a city in %(folder)s already."), folder=str(folder))
    if not name.strip() or any(ord(letter) < 32 for letter in name):
        raise Invalid("city.new.name", msgid("The city needs a name on one line."))
    rows = _read(divisions)
    code = root(rows).code
    (folder / DIVISIONS).parent.mkdir(parents=True, exist_ok=True)
    (folder / DIVISIONS).write_text(_csv(rows), encoding="utf-8")
    (folder / MANIFEST).write_text(_manifest(code, name.strip()), encoding="utf-8")
    return NewCity(code, name.strip(), str(folder), len(rows))


def _read(path: Path) -> tuple[DivisionRow, ...]:
    try:
        return parse_divisions(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        raise Invalid("city.new.divisions", msgid("The list of divisions cannot be used: %(why)s."), why=str(error)) from error


def _csv(rows: tuple[DivisionRow, ...]) -> str:
    lines = [",".join(COLUMNS), *(",".join((row.code, row.level, _cell(row.name), row.parent_code)) for row in rows)]
    return "\n".join(lines) + "\n"


def _cell(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if set(value) & set(',"\r\n') else value


def _manifest(code: str, name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'# What makes this city this city. Layers named first lie lowest.\ncode = "{code}"\nname = "{escaped}"\nextends = ["kit"]\n'
