"""Delta Lake on disk: write, restore, read back what a commit added. Knows nothing of pointers or leases.

`deltalake` is imported where it is used: it must never be loaded in a process that forks.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from django.conf import settings

from hunhe.hub.lake.rules import Newest
from hunhe.hub.lake.shapes import Mode
from hunhe.stone.crypto import profile

if TYPE_CHECKING:
    import pyarrow as pa

BYTES_A_FILE = 128 * 1024 * 1024  # one batch of a department is one to a few files
ROWS_A_GROUP = 122_880  # as DuckDB's own: the writer holds a whole group in memory
CHUNK = 1024 * 1024
MARK = "hunhe.mark"


@dataclass(frozen=True, slots=True)
class Added:
    """A data file that a commit added; `path` is relative to the table's folder."""

    path: str
    size: int
    rows: int
    digest: str


def newest(folder: Path) -> Newest | None:
    """The newest version in the log, None for a table never written."""
    from deltalake import DeltaTable

    if not DeltaTable.is_deltatable(str(folder)):
        return None
    version = DeltaTable(folder).version()
    seq, mark = None, ""
    for action in _actions(folder, version):
        seq = action["txn"]["version"] if "txn" in action else seq
        mark = action["commitInfo"].get(MARK, "") if "commitInfo" in action else mark
    return Newest(version, seq, mark)


def write(folder: Path, rows: "pa.RecordBatchReader", app: str, seq: int, mark: str, mode: Mode) -> int:
    """Write rows as one commit that carries `Transaction(app, seq)` and the batch's mark; return the Delta version."""
    from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake

    folder.mkdir(parents=True, exist_ok=True)
    write_deltalake(
        folder,
        rows,
        mode=mode,
        schema_mode="overwrite" if mode == "overwrite" else "merge",
        target_file_size=BYTES_A_FILE,
        writer_properties=WriterProperties(max_row_group_size=ROWS_A_GROUP),
        commit_properties=CommitProperties(custom_metadata={MARK: mark}, app_transactions=[Transaction(app, seq, None)]),
    )
    return DeltaTable(folder).version()


def restore(folder: Path, version: int) -> int:
    """Make the table what it was at `version`, as a new commit; return its number."""
    from deltalake import DeltaTable

    table = DeltaTable(folder)
    table.restore(version)
    return table.version()


def added(folder: Path, version: int) -> tuple[Added, ...]:
    """The files that one commit added, flushed to disk and digested."""
    found = []
    for action in _actions(folder, version):
        if "add" in action:
            path = unquote(action["add"]["path"])
            found.append(
                Added(
                    path,
                    action["add"]["size"],
                    json.loads(action["add"]["stats"])["numRecords"],
                    digest_file(folder / path, flush=True),
                )
            )
    for place in (_commit_file(folder, version), folder / "_delta_log", folder):
        _flush(place)
    return tuple(found)


def digest_file(path: Path, *, flush: bool = False) -> str:
    """Digest of a file in the city's crypto profile; `flush` first brings it to disk."""
    found = profile(settings.HUNHE_CRYPTO).new_digest()
    with path.open("rb") as file:
        if flush:
            os.fsync(file.fileno())
        while chunk := file.read(CHUNK):
            found.update(chunk)
    return found.digest().hex()


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _commit_file(folder: Path, version: int) -> Path:
    return folder / "_delta_log" / f"{version:020}.json"


def _actions(folder: Path, version: int) -> Iterator[dict[str, Any]]:
    with _commit_file(folder, version).open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
