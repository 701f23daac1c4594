"""How fast records merge and lists resolve, each beside its floor in the same run."""

import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hunhe.hub.bases import golden
from hunhe.hub.bases.content import Model, base
from hunhe.hub.lake import queries as lake
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

    Engine = duckdb.DuckDBPyConnection

WHO = Who.system("bench")
PERSONS = 300_000
LISTED = 5_000
_PARTS = {"resident": 1.0, "employment": 0.45, "insured": 0.88}  # shares of people in each list


def bench_golden(persons: int = PERSONS) -> list[dict[str, Any]]:
    """Source rows merged a second, with every value's source and every loser written; floor: the bare full join, without."""
    model = base("population").model
    with tempfile.TemporaryDirectory() as folder, lake.connect(who=WHO, memory="4GB") as engine:
        rows = _made(engine, model, persons)
        floor = min(_timed(lambda: _full_join(engine, model, Path(folder))) for _ in range(2))
        value = min(_timed(lambda: _governed(engine, model, Path(folder))) for _ in range(2))
    detail = f"{rows:,} rows of 3 lists, {persons:,} people; every value with its row, every loser kept; written as Parquet"
    return [_result("golden", rows / value, "rows/s", rows / floor, detail)]


def bench_resolve(records: int = LISTED) -> list[dict[str, Any]]:
    """Records of a people list resolved a second; floor: reading the same list and comparing nothing."""
    from hunhe.hub.bases.resolve.features import features_of
    from hunhe.hub.bases.resolve.lists import resolve
    from hunhe.hub.bases.resolve.table import read_list

    with tempfile.TemporaryDirectory() as folder:
        path = _list(Path(folder) / "people.csv", records)
        floor = _timed(lambda: features_of(read_list(path)))
        started = time.perf_counter()
        found = resolve(path, "person")
        value = time.perf_counter() - started
    detail = f"{found.records:,} records → {found.entities:,} entities, precision {found.precision}, recall {found.recall}"
    return [_result("resolve", records / value, "records/s", records / floor, detail)]


def _result(name: str, value: float, unit: str, floor: float, detail: str) -> dict[str, Any]:
    return {"bench": name, "value": value, "unit": unit, "floor": floor, "ratio": value / floor, "detail": detail}


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _made(engine: "Engine", model: Model, persons: int) -> int:
    """Table `linked`, as a build has it before merging; one address in ten and one phone in eight differ between lists."""
    engine.execute(
        "CREATE TABLE linked AS " + " UNION ALL ".join(_part(model, name, share, persons) for name, share in _PARTS.items())
    )
    for name in _PARTS:
        engine.execute(f"CREATE TABLE {name} AS SELECT * FROM linked WHERE input = '{name}'")
    (rows,) = engine.execute("SELECT count(*) FROM linked").fetchall()[0]
    return int(rows)


def _part(model: Model, name: str, share: float, persons: int) -> str:
    values = {
        "id_number": "'21010219800101' || lpad(CAST(i AS VARCHAR), 9, '0')",
        "name": "'张' || chr(CAST(20000 + i % 5000 AS INTEGER))",
        "birth_date": "DATE '1940-01-01' + CAST(i % 25000 AS INTEGER)",
        "address": f"'沈河区青年大街' || (i + CASE WHEN hash(i, '{name}') % 10 = 0 THEN 1 ELSE 0 END) || '号'",
        "phone": f"CAST(16000000000 + i + CASE WHEN hash('{name}', i) % 8 = 0 THEN 1 ELSE 0 END AS VARCHAR)",
    }
    other = "'v' || (i % 7)"
    listed = ", ".join(f"{values.get(f.name, other) if name in f.authority else 'NULL'} AS {f.name}" for f in model.fields)
    dataset = next(source.dataset for source in model.sources if source.input == name)
    return (
        f"SELECT '{name}' AS input, 'per_' || md5(CAST(i AS VARCHAR)) AS subject_id, false AS new, false AS mention, '{dataset}' AS dataset, "
        f"'{name}' || i AS key, 'bat_1' AS batch, i AS line, TIMESTAMP '2024-01-01' AS as_of, i * 10 + {len(name)} AS rid, "
        f"CAST(hash(i) % 100000 AS BIGINT) AS age, 'number' AS how, CAST(NULL AS DOUBLE) AS evidence, {listed} "
        f"FROM range({persons}) t(i) WHERE hash(i, '{name}', 1) % 1000 < {round(share * 1000)}"
    )


def _full_join(engine: "Engine", model: Model, folder: Path) -> None:
    columns = ", ".join(
        f"coalesce({', '.join(f'{source}.{f.name}' for source in f.authority)}) AS {f.name}" for f in model.fields
    )
    engine.execute(
        f"COPY (SELECT subject_id, {columns} FROM resident FULL JOIN employment USING (subject_id) FULL JOIN insured USING (subject_id)) "
        f"TO '{folder}/floor.parquet'"
    ).fetchall()


def _governed(engine: "Engine", model: Model, folder: Path) -> None:
    engine.execute(f"CREATE OR REPLACE TEMP TABLE twice AS {golden.twice_sql()}")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE plain AS {golden.plain_sql(model)}")
    engine.execute(f"CREATE OR REPLACE TEMP TABLE tangled AS {golden.tangled_sql(model)}")
    engine.execute(f"CREATE OR REPLACE TEMP VIEW winners AS {golden.winners_sql(model)}")
    for name, text in (("golden", golden.golden_sql(model)), ("links", golden.links_sql(model, 10_000))):
        engine.execute(f"COPY ({text}) TO '{folder}/{name}.parquet'").fetchall()


def _list(path: Path, records: int) -> Path:
    """People as clerks write them: two rows a person, one letter wrong in one of five values."""
    draw = random.Random(7)  # noqa: S311  # made-up people
    lines = ["name,born,phone,street,person"]
    for person in range(records // 2):
        name = f"{_word(draw)} {_word(draw)}"
        truth = [name, f"19{draw.randint(40, 99)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}"]
        truth += [f"16{draw.randint(0, 10**9 - 1):09d}", f"{draw.randint(1, 400)} {_word(draw)} street"]
        lines += [",".join([*(_slip(draw, value) for value in truth), str(person)]) for _ in range(2)]
    path.write_text("\n".join(lines) + "\n")
    return path


def _word(draw: random.Random) -> str:
    return "".join(draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(draw.randint(2, 4)))


def _slip(draw: random.Random, value: str) -> str:
    if draw.random() > 0.2:
        return value
    place = draw.randrange(len(value))
    letter = draw.choice("0123456789" if value[place].isdigit() else "aeiou")
    return value[:place] + letter + value[place + 1 :]
