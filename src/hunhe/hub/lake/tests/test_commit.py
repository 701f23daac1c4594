"""Readers see whole versions only, whatever happens to the writer."""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pytest

from hunhe.hub.lake import actions as lake
from hunhe.hub.lake import models, queries
from hunhe.hub.lake.tests.processes import run_process
from hunhe.stone import ids
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table() -> str:
    return "t." + ids.new("x")


def rows(*numbers: int) -> pa.RecordBatchReader:
    return pa.table(
        {"id": pa.array(numbers, pa.int64()), "name": pa.array([f"n{n}" for n in numbers], pa.string())}
    ).to_reader()


def read(table: str) -> list[int]:
    engine = queries.connect(who=SYSTEM, memory="200MB")
    return [row[0] for row in engine.sql(f"SELECT id FROM {queries.scan_sql(who=SYSTEM, table=table)} ORDER BY id").fetchall()]


def put(table: str, seq: int, mode: lake.Mode, *numbers: int) -> lake.Version:
    lease = lake.begin(who=SYSTEM, table=table)
    try:
        return lake.commit(who=SYSTEM, lease=lease, rows=rows(*numbers), seq=seq, mode=mode)
    finally:
        lake.release(who=SYSTEM, lease=lease)


def test_append_and_overwrite_move_the_pointer(table: str) -> None:
    assert queries.active(who=SYSTEM, table=table) is None
    first = put(table, 1, "append", 1, 2)
    second = put(table, 2, "append", 3)
    assert (first.rows, second.rows, read(table)) == (2, 3, [1, 2, 3])
    put(table, 3, "overwrite", 9)
    assert read(table) == [9]
    assert len(queries.files(who=SYSTEM, table=table, version=second.version)) == 2
    assert [version.seq for version in queries.versions(who=SYSTEM, table=table)] == [3, 2, 1]


def test_the_same_batch_twice_is_one_version_and_an_older_one_is_refused(table: str) -> None:
    first = put(table, 5, "append", 1)
    assert put(table, 5, "append", 1) == first
    assert read(table) == [1]
    with pytest.raises(Conflict):
        put(table, 4, "append", 2)


def test_an_empty_table_reads_as_typed_nothing(table: str) -> None:
    put(table, 1, "overwrite")
    assert read(table) == []
    assert queries.files(who=SYSTEM, table=table) == ()
    put(table, 2, "append", 4)
    assert read(table) == [4]
    with pytest.raises(NotFound):
        queries.scan_sql(who=SYSTEM, table="never.written")


def test_a_living_writer_keeps_others_out_and_a_lost_lease_is_refused(table: str) -> None:
    lease = lake.begin(who=SYSTEM, table=table)
    with pytest.raises(Conflict):
        lake.begin(who=SYSTEM, table=table)
    with pytest.raises(Conflict):
        lake.commit(who=SYSTEM, lease=replace(lease, token=lease.token - 1), rows=rows(1), seq=1, mode="append")
    lake.release(who=SYSTEM, lease=lease)
    assert lake.begin(who=SYSTEM, table=table).token == lease.token + 1


def test_bad_names_and_strangers_are_refused(table: str) -> None:
    with pytest.raises(Invalid):
        lake.begin(who=SYSTEM, table="../up")
    with pytest.raises(Denied):
        lake.begin(who=Who(id="a", kind="official"), table=table)


KILLED = """
import pyarrow as pa
from hunhe.hub.lake import actions, delta
from hunhe.stone.who import Who
who = Who.system("test")
lease = actions.begin(who=who, table={table!r})
{trap}
numbers = list(range(10, 15))
def batches():
    for n in numbers:
        yield pa.record_batch({{"id": pa.array([n] * 1000, pa.int64()), "name": ["n"] * 1000}})
        {during}
schema = pa.schema([("id", pa.int64()), ("name", pa.string())])
actions.commit(who=who, lease=lease, rows=pa.RecordBatchReader.from_batches(schema, batches()), seq={seq}, mode="append")
"""
TRAPS = {
    "while writing": ("", "die() if n == 13 else None"),
    "before the log": ("delta.newest = die", ""),
    "between log and pointer": ("delta.added = die", ""),
    "inside the pointer's transaction": ("actions.models.File.objects.bulk_create = die", ""),
    "after the pointer": ("actions.store.shape = die", ""),
}


@pytest.mark.parametrize("where", TRAPS)
def test_kill_9_leaves_the_table_whole_and_the_batch_once(table: str, where: str) -> None:
    put(table, 1, "append", 1, 2)
    trap, during = TRAPS[where]
    killed = run_process(KILLED.format(table=table, trap=trap, during=during or "pass", seq=2))
    assert killed.returncode == -9, killed.stderr
    before = read(table)
    assert before == [1, 2] if where != "after the pointer" else len(before) == 5002
    again = run_process(KILLED.format(table=table, trap="", during="pass", seq=2))
    assert again.returncode == 0, again.stderr
    assert read(table) == [1, 2] + [n for n in range(10, 15) for _ in range(1000)]
    engine = queries.connect(who=SYSTEM)
    from deltalake import DeltaTable

    folder = queries.files(who=SYSTEM, table=table)[0].parent
    listed = sorted(DeltaTable(folder).file_uris())
    assert listed == sorted(str(path) for path in queries.files(who=SYSTEM, table=table))
    engine.close()


def test_another_batch_undoes_what_a_dead_one_left(table: str) -> None:
    put(table, 1, "append", 1, 2)
    assert run_process(KILLED.format(table=table, trap="delta.added = die", during="pass", seq=2)).returncode == -9
    put(table, 3, "append", 7)
    assert read(table) == [1, 2, 7]


@pytest.fixture
def people(table: str) -> str:
    version = put(table, 1, "overwrite", *range(50_000))
    lake.publish_serving(who=SYSTEM, table=table, version=version.version, keys=("id", "name"))
    return table


def test_look_ups_follow_the_published_version(people: str) -> None:
    assert queries.lookup(who=SYSTEM, table=people, key="id", value=7, columns=("name",)) == ({"name": "n7"},)
    assert queries.lookup(who=SYSTEM, table=people, key="name", value="n9") == ({"id": 9, "name": "n9"},)
    assert queries.lookup(who=SYSTEM, table=people, key="id", value=-1) == ()
    version = put(people, 2, "overwrite", 7)
    assert queries.lookup(who=SYSTEM, table=people, key="id", value=9, columns=("id",)) == ({"id": 9},)
    lake.publish_serving(who=SYSTEM, table=people, version=version.version, keys=("id",), columns=("name",))
    assert queries.lookup(who=SYSTEM, table=people, key="id", value=9) == ()
    assert queries.lookup(who=SYSTEM, table=people, key="id", value=7) == ({"id": 7, "name": "n7"},)
    assert models.Table.objects.get(name=people).serving_version == version.version


@pytest.mark.parametrize(("key", "columns"), [("id", ("nobody",)), ("nobody", ()), ('id" = 1 OR "id', ()), ("rowid", ())])
def test_look_ups_take_known_names_only(people: str, key: str, columns: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        queries.lookup(who=SYSTEM, table=people, key=key, value=1, columns=columns)
    with pytest.raises(NotFound):
        queries.lookup(who=SYSTEM, table="never.published", key="id", value=1)


def test_a_look_up_costs_a_few_bare_selects(people: str, settings: Any) -> None:
    bare = sqlite3.connect(settings.HUNHE_VAR.serving / people / "active.sqlite")

    def seconds(one: Callable[[int], object]) -> float:
        began = time.perf_counter()
        for n in range(2000):
            one(n)
        return time.perf_counter() - began

    floor = min(seconds(lambda n: bare.execute("SELECT name FROM rows WHERE id = ?", (n,)).fetchall()) for _ in range(3))
    ours = min(
        seconds(lambda n: queries.lookup(who=SYSTEM, table=people, key="id", value=n, columns=("name",))) for _ in range(3)
    )
    assert ours < 8 * floor, f"{ours / 2000 * 1e6:.0f} µs against {floor / 2000 * 1e6:.0f} µs"


def test_rows_of_an_earlier_life_are_never_adopted(table: str) -> None:
    """A transaction database that was made anew, or restored from a backup, counts its batches again."""
    put(table, 1, "append", 1, 2)
    models.Table.objects.filter(name=table).delete()
    models.Version.objects.filter(table=table).delete()
    models.File.objects.filter(table=table).delete()
    put(table, 1, "append", 7)
    assert read(table) == [7]
    lease = lake.begin(who=SYSTEM, table=table)
    lake.commit(who=SYSTEM, lease=lease, rows=rows(8), seq=2, mode="append", batch="lost")
    models.File.objects.filter(table=table, added__gt=1).delete()
    models.Version.objects.filter(table=table, seq=2).delete()
    models.Table.objects.filter(name=table).update(version=models.Version.objects.get(table=table).version)
    lake.commit(who=SYSTEM, lease=lease, rows=rows(9), seq=2, mode="append", batch="other")
    assert read(table) == [7, 9]
