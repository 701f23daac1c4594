"""`hunhe bench`: each bench measures its floor in the same run, in a process and a data folder of its own."""

import importlib
import json
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from hunhe.house.setup import open_folder, prepare
from hunhe.stone.errors import Invalid, msgid

BENCHES = {
    "land": "hunhe.hub.collect.bench:bench_land",
    "golden": "hunhe.hub.bases.bench:bench_golden",
    "resolve": "hunhe.hub.bases.bench:bench_resolve",
    "exchange": "hunhe.hub.exchange.bench:bench_exchange",
    "audit": "hunhe.kernel.audit.bench:bench_audit",
    "move": "hunhe.kernel.flow.bench:bench_move",
    "scan": "hunhe.wallet.code.bench:bench_scan",
    "observe": "hunhe.hub.telemetry.bench:bench_observe",
}
SIZED = ("golden", "resolve")


def run_benches(names: Sequence[str], people: int | None, report: Path | None) -> int:
    """Run the named benches (all when none is named), print a table, write `--json`."""
    unknown = sorted(set(names) - BENCHES.keys())
    if unknown:
        raise Invalid(
            "house.bench.unknown",
            msgid("No such bench: %(names)s. There are: %(known)s."),
            names=", ".join(unknown),
            known=" ".join(BENCHES),
        )
    results: list[dict[str, Any]] = []
    with ProcessPoolExecutor(1, get_context("spawn"), max_tasks_per_child=1) as apart:
        for name in names or BENCHES:
            results += apart.submit(_run_bench, name, people).result()
    _print(results)
    if report:
        report.write_text(json.dumps(results, ensure_ascii=False, indent=1))
    return 0


def _run_bench(name: str, people: int | None) -> list[dict[str, Any]]:
    """One bench in a process and a data folder that no other bench has touched."""
    with tempfile.TemporaryDirectory(prefix="hunhe-bench-") as place:
        prepare(open_folder(Path(place) / "var", demo=True))
        module, function = BENCHES[name].split(":")
        bench = getattr(importlib.import_module(module), function)
        found: list[dict[str, Any]] = bench(people) if people and name in SIZED else bench()
        return found


def _print(results: Sequence[dict[str, Any]]) -> None:
    table = Table("bench", "value", "unit", "floor", "ratio", "detail")
    for result in results:
        cells = (_short(result[column]) for column in ("bench", "value", "unit", "floor", "ratio", "detail"))
        table.add_row(*cells)
    Console().print(table)


def _short(value: object) -> str:
    return f"{value:,.3g}" if isinstance(value, float) else str(value)
