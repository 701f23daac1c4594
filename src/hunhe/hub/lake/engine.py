"""DuckDB in memory, for batch processes only, and the words between Arrow's types and its own."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hunhe.stone.errors import Invalid, msgid

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def open_engine(memory: str, threads: int, staging: Path) -> "duckdb.DuckDBPyConnection":
    """A fresh connection that spills below `staging` and never looks at Python variables."""
    import duckdb

    staging.mkdir(parents=True, exist_ok=True)
    engine = duckdb.connect(":memory:")
    engine.execute("SET python_enable_replacements = false")
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET autoload_known_extensions = false")
    engine.execute("SET memory_limit = ?", [memory])
    engine.execute(f"SET threads = {int(threads)}")
    engine.execute("SET temp_directory = ?", [tempfile.mkdtemp(prefix="spill-", dir=staging)])
    engine.execute("SET TimeZone = 'Asia/Shanghai'")
    return engine


def open_fenced(
    views: Mapping[str, str], words: Sequence[str], memory: str, staging: Path, lake: Path
) -> "duckdb.DuckDBPyConnection":
    """An engine that has `views` (name → what stands after FROM) and `words`, reads the lake, and cannot be told otherwise by SQL."""
    engine = open_engine(memory, 2, staging)
    for word in words:
        engine.execute(word)
    for view, scan in views.items():
        engine.execute(f"CREATE TEMP VIEW {name(view)} AS SELECT * FROM {scan}")
    engine.execute(f"SET allowed_directories = [{quote(f'{lake}/')}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def quote(text: str) -> str:
    """A SQL string."""
    return "'" + text.replace("'", "''") + "'"


def name(text: str) -> str:
    """A SQL identifier."""
    return '"' + text.replace('"', '""') + '"'


def columns_of(schema: "pa.Schema") -> dict[str, str]:
    """Column names and DuckDB types of an Arrow schema."""
    return {field.name: _duck_type(field) for field in schema}


def _duck_type(field: "pa.Field") -> str:
    import pyarrow as pa

    kind = field.type
    if pa.types.is_decimal(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if pa.types.is_timestamp(kind):
        return "TIMESTAMPTZ" if kind.tz else "TIMESTAMP"
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        return _duck_type(kind.value_field) + "[]"
    for test, word in (
        (pa.types.is_boolean, "BOOLEAN"),
        (pa.types.is_int8, "TINYINT"),
        (pa.types.is_int16, "SMALLINT"),
        (pa.types.is_int32, "INTEGER"),
        (pa.types.is_int64, "BIGINT"),
        (pa.types.is_float32, "FLOAT"),
        (pa.types.is_float64, "DOUBLE"),
        (pa.types.is_date, "DATE"),
        (pa.types.is_binary, "BLOB"),
    ):
        if test(kind):
            return word
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        return "VARCHAR"
    raise Invalid(
        "lake.column.type",
        msgid("Column %(name)s has the kind %(kind)s, which the lake does not keep."),
        name=field.name,
        kind=str(kind),
    )
