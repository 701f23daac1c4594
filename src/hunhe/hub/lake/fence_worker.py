"""The process behind the fence. Started by path with a clean environment; reads one request, writes one Arrow stream.

It imports nothing of the house, so that what a statement could reach is DuckDB, Arrow and the listed files.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any

REFUSED = 7


def main() -> int:
    """Run one request from stdin; exit 0, or REFUSED with a reason on stdout."""
    request: dict[str, Any] = json.load(sys.stdin)
    seconds = int(request["seconds"]) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds * 2, seconds * 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2**31, 2**31))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import duckdb
    import pyarrow as pa

    engine = _fenced(request)
    try:
        reader = engine.sql(f"SELECT * FROM ({request['sql']}) LIMIT {int(request['rows']) + 1}").to_arrow_reader(10_000)
        with pa.OSFile(request["answer"], "wb") as file, pa.ipc.new_stream(file, reader.schema) as out:
            for batch in reader:
                out.write_batch(batch)
    except duckdb.OutOfMemoryException as error:
        return _refuse("memory", error)
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        return _refuse("memory" if "Out of Memory" in str(error) else "sql", error)
    return 0


def _fenced(request: dict[str, Any]) -> Any:
    import duckdb

    engine = duckdb.connect(":memory:")
    Path(request["spill"]).mkdir()
    engine.execute("SET python_enable_replacements = false")
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET autoload_known_extensions = false")
    engine.execute("SET memory_limit = ?", [request["memory"]])
    engine.execute("SET threads = 2")
    engine.execute("SET max_temp_directory_size = '1GB'")
    engine.execute("SET temp_directory = ?", [request["spill"]])
    engine.execute("SET TimeZone = 'Asia/Shanghai'")
    engine.execute("SET allowed_paths = ?", [request["paths"]])
    engine.execute("SET enable_external_access = false")
    for name, scan in request["scans"].items():
        escaped = name.replace('"', '""')
        engine.execute(f'CREATE VIEW "{escaped}" AS SELECT * FROM {scan}')
    engine.execute("SET lock_configuration = true")
    return engine


def _refuse(kind: str, error: Exception) -> int:
    sys.stdout.write(json.dumps({"kind": kind, "reason": str(error).splitlines()[0][:300]}))
    return REFUSED


if __name__ == "__main__":
    raise SystemExit(main())
