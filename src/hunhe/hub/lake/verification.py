"""What `hunhe verify` asks of the lake: every data file is there, byte for byte as it was at its commit."""

from collections.abc import Iterator

from hunhe.hub.lake import delta, models, store
from hunhe.kernel.audit.shapes import CheckResult

NAME = "lake"


def check() -> tuple[CheckResult, ...]:
    """One result per file that is gone or changed, naming table, version and file; else one that counts them all."""
    found = tuple(_faults())
    if found:
        return found
    files = models.File.objects.count()
    return (CheckResult(NAME, True, f"{files} data files are as they were committed"),)  # a result's verdict


def _faults() -> Iterator[CheckResult]:
    for file in models.File.objects.order_by("table", "added", "id").iterator(500):
        path = store.folder_of(file.table) / file.path
        where = f"table {file.table}, version {file.added}, file {file.path}"
        if not path.is_file():
            yield CheckResult(NAME, False, f"{where}: is gone")  # a result's verdict
        elif path.stat().st_size != file.size or delta.digest_file(path) != file.digest:
            yield CheckResult(NAME, False, f"{where}: was changed after its commit")  # a result's verdict
