"""A contract for a dataset that has none: columns and kinds as the first file shows them, no key, no rules."""

import re
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from hunhe.hub.collect.checks import name as sql_name
from hunhe.hub.collect.checks import quote
from hunhe.hub.collect.shapes import Dataset, Field, FieldType
from hunhe.hub.collect.sources import files
from hunhe.hub.lake import queries as lake
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

MOST_SEEN = 200_000
_WORD = re.compile(r"\W+")
_TESTS: tuple[tuple[FieldType, str], ...] = (
    ("integer", "regexp_full_match({0}, '-?(0|[1-9][0-9]{{0,17}})')"),
    ("number", "TRY_CAST({0} AS DOUBLE) IS NOT NULL AND regexp_full_match({0}, '-?[0-9.]+([eE][-+]?[0-9]+)?')"),
    ("date", "regexp_full_match({0}, '[0-9]{{4}}-[0-9]{{1,2}}-[0-9]{{1,2}}') AND TRY_CAST({0} AS DATE) IS NOT NULL"),
)


def contract(dataset: str, department: str, path: Path, origin: str) -> Dataset:
    """Read up to MOST_SEEN rows and give each column the narrowest kind that all of its values fit."""
    settings.HUNHE_VAR.staging.mkdir(parents=True, exist_ok=True)
    engine = lake.connect(who=Who.system("collect.infer"), memory="600MB")
    try:
        with tempfile.TemporaryDirectory(dir=settings.HUNHE_VAR.staging) as place:
            landed = files.land(path, Path(place), engine, origin)
            file = quote(str(Path(place) / landed.file))
            if landed.format == "csv":
                columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(landed.columns)))
                scan = (
                    f"read_csv({file}, auto_detect = false, header = false, skip = 1, delim = {quote(landed.delimiter)}, quote = '\"',"
                    f" escape = '\"', columns = {{{columns}}}, ignore_errors = true, max_line_size = 4194304, buffer_size = 16777216)"
                )
                places = [f"c{number}" for number in range(len(landed.columns))]
            else:
                scan, places = f"read_parquet({file})", list(landed.columns)
            kinds = _kinds(engine, scan, places)
    finally:
        engine.close()
    names = _names(landed.columns)
    fields = tuple(
        Field(name=name, title=title or name, type=kind) for name, title, kind in zip(names, landed.columns, kinds, strict=True)
    )
    return Dataset(
        id=dataset,
        department=department,
        system="",
        name=Path(origin).stem[:100] or dataset,
        kind="upload",
        fields=fields,
        source={},
    )


def _kinds(engine: "duckdb.DuckDBPyConnection", scan: str, places: list[str]) -> list[FieldType]:
    tests = [
        f"coalesce(bool_and({test.format(f'nullif(trim({sql_name(place)}), {chr(39) * 2})')}), false)"
        for place in places
        for _, test in _TESTS
    ]
    answers = engine.sql(f"SELECT {', '.join(tests)} FROM (SELECT * FROM {scan} LIMIT {MOST_SEEN})").fetchall()[0]
    found: list[FieldType] = []
    for number in range(len(places)):
        holds = answers[number * len(_TESTS) : (number + 1) * len(_TESTS)]
        found.append(next((kind for (kind, _), held in zip(_TESTS, holds, strict=True) if held), "text"))
    return found


def _names(columns: tuple[str, ...]) -> list[str]:
    """Headings as names: lower case, words joined by _, each once."""
    found: list[str] = []
    for number, column in enumerate(columns):
        name = _WORD.sub("_", column.lower()).strip("_")[:50] or f"column_{number + 1}"
        name = f"c_{name}" if name[0].isdigit() else name
        found.append(name if name not in found else f"{name}_{number + 1}")
    return found
