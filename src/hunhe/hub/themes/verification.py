"""What `hunhe verify` asks of lineage: every version in force was made from versions that exist, the ones its run recorded."""

from collections.abc import Iterator

from hunhe.hub.lake import queries as lake
from hunhe.hub.themes import models
from hunhe.hub.themes.plans import PREFIX
from hunhe.hub.themes.shapes import RunState
from hunhe.kernel.audit.shapes import CheckResult
from hunhe.stone.who import Who

WHO = Who.system("verify")
NAME = "lineage"


def check() -> tuple[CheckResult, ...]:
    """One result per fault, naming table and version; else one that counts the versions."""
    found = tuple(CheckResult(NAME, ok=False, detail=fault) for fault in _faults())
    if found:
        return found
    count = len(lake.derivations(who=WHO))
    return (CheckResult(NAME, ok=True, detail=f"{count} derived tables rest on versions that exist, as their runs recorded"),)


def _faults() -> Iterator[str]:
    runs = {row.id: row for row in models.Run.objects.filter(state=RunState.DONE)}
    for one in lake.derivations(who=WHO):
        where, origin = f"table {one.table}, version {one.version}", one.origin
        known = {table: {v.version for v in lake.versions(who=WHO, table=table)} for table in origin.inputs}
        for table, version in origin.inputs.items():
            if version not in known[table]:
                yield f"{where}: its input {table}, version {version}, does not exist"
        beside = {table for run in runs.values() if run.id == origin.run for table in run.tables}
        for source in sorted({edge.source for edge in origin.edges} - origin.inputs.keys() - beside):
            yield f"{where}: its lineage names {source}, which it did not read"
        if one.table.startswith(PREFIX):
            run = runs.get(origin.run)
            if run is None or run.tables.get(one.table) != one.version or run.inputs != dict(origin.inputs):
                yield f"{where}: differs from what its run {origin.run} recorded"
