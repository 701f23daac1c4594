"""The fence around SQL written by people: what may stand in a SELECT, and where it runs.

The text is parsed, every node and function checked against a list, and only the text that the parser writes back is run,
in a process that may read the input files and nothing else.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.hub.lake import fence_worker
from hunhe.hub.lake.fence_words import FUNCTIONS, NODES
from hunhe.hub.lake.shapes import Limits, Select
from hunhe.stone.errors import Invalid, TooMany, Unavailable, msgid

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

_PLAIN = re.compile(r"\w{1,63}")  # a name with dots or slashes could be taken for a file outside its CTE's reach
MOST_CHARACTERS = 20_000
MOST_NODES = 5_000


def checked(sql: str, inputs: frozenset[str], words: frozenset[str] = frozenset()) -> str:
    """The SELECT as sqlglot writes it; Invalid names the first thing that may not stand there. words: functions besides the list's."""
    tree = parsed(sql)
    check(tree, inputs, words)
    return tree.sql(dialect="duckdb", comments=False)


def read(sql: str, columns: Callable[[str], tuple[str, ...] | None], words: frozenset[str] = frozenset()) -> Select:
    """The SELECT with its inputs, found in its text, and its lineage. `columns(table)`: what a table has, None for no such table."""
    from hunhe.hub.lake import lineage

    tree = parsed(sql)
    tables: dict[str, str] = {}
    known: dict[str, tuple[str, ...]] = {}
    for node in _inputs_of(tree):
        table = ".".join(part.name for part in node.parts)
        has = columns(table)
        if has is None:
            raise _refused("lake.select.table", msgid("There is no input named %(name)s."), name=table[:60])
        plain = table.replace(".", "__")
        tables[plain], known[plain] = table, has
        _rename(node, plain)
    check(tree, frozenset(tables), words)
    names, edges = lineage.edges_of(tree, known)
    real = tuple(sorted(replace(edge, source=tables[edge.source]) for edge in edges))
    return Select(tree.sql(dialect="duckdb", comments=False), tables, names, real)


def _inputs_of(tree: "exp.Query") -> list["exp.Table"]:
    """Tables that are no CTE of the statement."""
    from sqlglot import exp

    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    return [
        node
        for node in tree.find_all(exp.Table)
        if isinstance(node.this, exp.Identifier) and (node.args.get("db") or node.name not in own)
    ]


def _rename(node: "exp.Table", plain: str) -> None:
    """A dotted name becomes a plain one; columns may still be called by its last part."""
    from sqlglot import exp

    if not node.alias and node.name != plain:
        node.set("alias", exp.TableAlias(this=exp.to_identifier(node.name)))
    node.set("this", exp.to_identifier(plain))
    node.set("db", None)
    node.set("catalog", None)


def parsed(sql: str) -> "exp.Query":
    """One query; Invalid for anything else."""
    import sqlglot
    from sqlglot import errors, exp

    if len(sql) > MOST_CHARACTERS:
        raise _refused("lake.select.long", msgid("The statement is longer than %(most)s characters."), most=MOST_CHARACTERS)
    try:
        statements = sqlglot.parse(sql, dialect="duckdb", error_level=errors.ErrorLevel.RAISE)
    except (errors.SqlglotError, RecursionError) as error:
        raise _refused("lake.select.unreadable", msgid("The statement cannot be read as SQL.")) from error
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        raise _refused("lake.select.not_one", msgid("Write exactly one SELECT."))
    return statements[0]


def check(tree: "exp.Query", inputs: frozenset[str], words: frozenset[str]) -> None:
    """Every node and function is on the list, every table an input or the statement's own."""
    from sqlglot import exp

    own = {cte.alias for cte in tree.find_all(exp.CTE)}
    if not all(_PLAIN.fullmatch(alias) for alias in own):
        raise _refused("lake.select.table", msgid("There is no input named %(name)s."), name=next(iter(own))[:60])
    known = inputs | own
    for count, node in enumerate(tree.walk()):
        if count > MOST_NODES:
            raise _refused("lake.select.long", msgid("The statement is longer than %(most)s characters."), most=MOST_CHARACTERS)
        _check(node, known, words)


def _check(node: "exp.Expr", known: frozenset[str], words: frozenset[str]) -> None:
    from sqlglot import exp

    kind = type(node).__name__
    if isinstance(node, exp.Anonymous):
        if str(node.this).lower() not in FUNCTIONS | words:
            raise _refused(
                "lake.select.function", msgid("The function %(name)s may not be used here."), name=str(node.this)[:60]
            )
    elif kind not in NODES:
        what = "lake.select.function" if isinstance(node, exp.Func) else "lake.select.word"
        raise _refused(what, msgid("%(name)s may not be used here."), name=kind)
    if isinstance(node, exp.With) and node.args.get("recursive"):
        raise _refused("lake.select.recursive", msgid("A table may not refer to itself."))
    if isinstance(node, exp.Table) and (
        not isinstance(node.this, exp.Identifier) or node.args.get("db") or node.args.get("catalog") or node.name not in known
    ):
        raise _refused("lake.select.table", msgid("There is no input named %(name)s."), name=node.sql()[:60])


def run(sql: str, scans: Mapping[str, str], paths: Sequence[str], limits: Limits, staging: Path) -> "pa.Table":
    """Run checked SQL in a fresh, fenced process and read its answer."""
    import pyarrow as pa

    staging.mkdir(parents=True, exist_ok=True)
    room = Path(tempfile.mkdtemp(prefix="select-", dir=staging))
    request = {
        "sql": sql, "scans": dict(scans), "paths": list(paths), "memory": limits.memory, "rows": limits.rows,
        "seconds": limits.seconds, "answer": str(room / "answer.arrow"), "spill": str(room / "spill"),
    }  # fmt: skip
    try:
        _call(request, limits.seconds)
        with pa.OSFile(str(room / "answer.arrow"), "rb") as file:
            table = pa.ipc.open_stream(file).read_all()
    finally:
        shutil.rmtree(room, ignore_errors=True)
    if table.num_rows > limits.rows:
        raise TooMany("lake.select.rows", msgid("The answer has more than %(rows)s rows."), rows=limits.rows)
    return table


def _call(request: Mapping[str, object], seconds: float) -> None:
    command = [sys.executable, "-I", str(Path(fence_worker.__file__))]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and file
            command, input=json.dumps(request).encode(), capture_output=True, timeout=seconds, check=False, env={}
        )
    except subprocess.TimeoutExpired as error:
        raise TooMany(
            "lake.select.time", msgid("The statement did not end within %(seconds)s seconds."), seconds=seconds
        ) from error
    if done.returncode == fence_worker.REFUSED:
        told = json.loads(done.stdout)
        if told["kind"] == "memory":
            raise TooMany("lake.select.memory", msgid("The statement needs more memory than it may use."))
        raise Invalid("lake.select.failed", msgid("The statement failed: %(reason)s"), reason=told["reason"])
    if done.returncode < 0:
        raise TooMany("lake.select.stopped", msgid("The statement used more than it may and was stopped."))
    if done.returncode:
        raise Unavailable("lake.select.broken", msgid("The statement could not be run just now."))


def _refused(code: str, message: str, **params: object) -> Invalid:
    return Invalid(code, message, **params)
