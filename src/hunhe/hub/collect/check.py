"""Checking: one pass over the spool into `checked.parquet`, with a mark for each broken rule, a key and a digest per row."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.hub.collect import delimited, families
from hunhe.hub.collect.checks import Check, cleaned, name, prepared, quote
from hunhe.hub.collect.shapes import Dataset
from hunhe.hub.collect.spool import BUCKET, MARK, Spool
from hunhe.stone.errors import Invalid, msgid

if TYPE_CHECKING:
    import duckdb

CHECKED = "checked.parquet"
MALFORMED = "malformed.parquet"
RESULT = "checked.json"
LONGEST_LINE = 4 * 1024 * 1024
READ_AHEAD = 16 * 1024 * 1024  # by default sixteen times the longest line, for each thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What checking found. landed: rows read, malformed ones included; checks: in order of their bits."""

    source_rows: int
    landed: int
    malformed: int
    bad: int
    checks: tuple[Check, ...]


def drift_of(dataset: Dataset, spool: Spool, kinds: Mapping[str, str]) -> dict[str, list[str]]:
    """How the source's columns differ from the contract: missing, unknown, twice, retyped; empty when they agree.

    kinds: column → its type when the source was last accepted. A table may have columns that the contract leaves alone;
    those that are new are named beside a missing one, because it was probably renamed to one of them.
    """
    known = {text for field in dataset.fields for text in (field.name, field.title)}
    missing = [field.title for field in dataset.fields if field.name not in spool.columns and field.title not in spool.columns]
    strange = [column for column in spool.columns if column and column not in known and column not in (MARK, BUCKET)]
    if missing and kinds:
        strange += [column for column in spool.kinds if column not in kinds and column not in (*spool.columns, *known)]
    twice = sorted({column for column in spool.columns if spool.columns.count(column) > 1})
    retyped = [
        f"{column} ({kinds[column]} → {kind})"
        for column, kind in spool.kinds.items()
        if column in kinds and column in spool.columns and families.family_of(kind) != families.family_of(kinds[column])
    ]
    found = {"missing": missing, "unknown": strange, "twice": twice, "retyped": retyped}
    return {kind: columns for kind, columns in found.items() if columns}


def check(
    dataset: Dataset, spool: Spool, checks: tuple[Check, ...], folder: Path, engine: "duckdb.DuckDBPyConnection"
) -> Checked:
    """Run all checks in one streaming pass. The same spool gives the same result."""
    scan = _scan_csv(spool, folder) if spool.format == "csv" else f"read_parquet({quote(str(folder / spool.file))})"
    by_heading = {**{field.title: field for field in dataset.fields}, **{field.name: field for field in dataset.fields}}
    place = {
        by_heading[column].name: f"c{number}" if spool.format == "csv" else column
        for number, column in enumerate(spool.columns)
        if column in by_heading
    }
    carried = "".join(f", {name(column)}" for column in (MARK, BUCKET) if spool.marked)
    columns = (
        ", ".join(f"{cleaned(field, name(place[field.name]))} AS {name(field.name)}" for field in dataset.fields) + carried
    )
    names = ", ".join(name(field.name) for field in dataset.fields) + carried
    nulled = ", ".join(f"nullif({name(field.name)}, '') AS {name(field.name)}" for field in dataset.fields) + carried
    helpers = "".join(f", {sql} AS {name(column)}" for column, sql in prepared(dataset).items())
    marks = " + ".join(f"CASE WHEN {entry.bad} THEN {1 << bit} ELSE 0 END" for bit, entry in enumerate(checks)) or "0"
    hashed = ", ".join(f"coalesce({name(field.name)}, '\u2205')" for field in dataset.fields)
    digest = f"md5(concat_ws(chr(31), {hashed}))"
    key = " || '|' || ".join(f"coalesce({name(column)}, '')" for column in dataset.key) or "_hash"
    text = (
        f"COPY (SELECT {names}, CAST({marks} AS BIGINT) AS _bad, {digest} AS _hash, {key} AS _key"
        f" FROM (SELECT *{helpers} FROM (SELECT {nulled} FROM (SELECT {columns} FROM {scan})))) TO {quote(str(folder / CHECKED))} (FORMAT parquet)"
    )
    engine.execute("SET preserve_insertion_order = true").fetchall()
    engine.sql(text)
    malformed = _keep_malformed(spool, folder, engine)
    read = f"read_parquet({quote(str(folder / CHECKED))})"
    good, bad = engine.sql(f"SELECT count(*) FILTER (_bad = 0), count(*) FILTER (_bad <> 0) FROM {read}").fetchall()[0]
    landed = good + bad + malformed
    source_rows = spool.rows
    if landed != source_rows and spool.format == "csv":
        source_rows = delimited.count_again(folder / spool.file, spool.delimiter) - (spool.first_line - 1 or 1)
    result = Checked(source_rows=source_rows, landed=landed, malformed=malformed, bad=bad, checks=checks)
    (folder / RESULT).write_text(json.dumps(asdict(result), ensure_ascii=False), encoding="utf-8")
    return result


def load(folder: Path) -> Checked:
    """The result of an earlier check of the same spool."""
    data = json.loads((folder / RESULT).read_text(encoding="utf-8"))
    return Checked(**{**data, "checks": tuple(Check(**entry) for entry in data["checks"])})


def _scan_csv(spool: Spool, folder: Path) -> str:
    columns = ", ".join(f"'c{number}': 'VARCHAR'" for number in range(len(spool.columns)))
    return (
        f"read_csv({quote(str(folder / spool.file))}, auto_detect = false, header = false, skip = 1, delim = {quote(spool.delimiter)},"
        f" quote = '\"', escape = '\"', new_line = '\\n', columns = {{{columns}}}, store_rejects = true, rejects_limit = 0,"
        f" max_line_size = {LONGEST_LINE}, buffer_size = {READ_AHEAD}, nullstr = '')"
    )


def _keep_malformed(spool: Spool, folder: Path, engine: "duckdb.DuckDBPyConnection") -> int:
    """Lines that no parser could read as a row, with the parser's words; returns how many."""
    target = quote(str(folder / MALFORMED))
    if spool.format != "csv":
        engine.sql(
            f"COPY (SELECT CAST(0 AS BIGINT) AS line, '' AS text, '' AS reason WHERE false) TO {target} (FORMAT parquet)"
        )
        return 0
    engine.sql(
        "COPY (SELECT CAST(line AS BIGINT) AS line, any_value(csv_line) AS text, any_value(error_message) AS reason"
        f" FROM reject_errors GROUP BY line ORDER BY line) TO {target} (FORMAT parquet)"
    )
    count: int = engine.sql(f"SELECT count(*) FROM read_parquet({target})").fetchall()[0][0]
    return count


def refuse_unbalanced(checked: Checked) -> None:
    """The rows read must be the rows the source counted."""
    if checked.landed != checked.source_rows:
        raise Invalid(
            "collect.batch.landed_gap",
            msgid("The source counts %(source)s rows, %(landed)s arrived. Nothing was loaded."),
            source=checked.source_rows,
            landed=checked.landed,
        )


def numbered(spool: Spool, folder: Path, malformed: int) -> str:
    """FROM text for the checked rows with `_line`, the line of each row in its source, malformed lines counted in."""
    if not malformed:
        source = f"read_parquet({quote(str(folder / CHECKED))}, file_row_number = true)"
        return f"(SELECT * EXCLUDE (file_row_number), file_row_number + {spool.first_line} AS _line FROM {source})"
    read = f"(SELECT *, file_row_number + {spool.first_line} AS _place FROM read_parquet({quote(str(folder / CHECKED))}, file_row_number = true))"
    steps = f"(SELECT line - (row_number() OVER (ORDER BY line) - 1) AS upto, row_number() OVER (ORDER BY line) AS shift FROM read_parquet({quote(str(folder / MALFORMED))}))"
    return f"(SELECT r.* EXCLUDE (_place, file_row_number), r._place + coalesce(s.shift, 0) AS _line FROM {read} r ASOF LEFT JOIN {steps} s ON r._place >= s.upto)"


def conditions_of(dataset: Dataset, checked_sql: Mapping[str, str]) -> dict[str, str]:
    """Each contract rule's condition with its columns replaced by their typed values."""
    from sqlglot import exp, parse_one

    from hunhe.hub.collect.checks import typed

    values = {field.name: parse_one(typed(field), dialect="duckdb") for field in dataset.fields}
    found = {}
    for rule in dataset.rules:
        select = parse_one(checked_sql[rule.id], dialect="duckdb")
        where = select.find(exp.Where)
        if where is None:
            raise Invalid(
                "collect.contract.key",
                msgid("The contract says %(key)s = “%(value)s”, which cannot be."),
                key=rule.id,
                value=rule.sql,
            )
        tree = where.this.transform(
            lambda node: values[node.name].copy() if isinstance(node, exp.Column) and node.name in values else node
        )
        found[rule.id] = tree.sql(dialect="duckdb")
    return found
