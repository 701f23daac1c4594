"""Deliveries that a department lays down: in an exchange database, and as files across a gap. Taken once, answered, never half."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from hunhe.hub.collect import actions, digests, models, queries
from hunhe.hub.collect.shapes import Batch, BatchState
from hunhe.hub.collect.tests.places import SYSTEM, csv_bytes, current, id_number, make_dataset, row
from hunhe.hub.collect.tests.servers import SERVERS, Server
from hunhe.kernel.events import actions as events
from hunhe.stone import clock
from hunhe.stone.crypto import profile

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = (
    "CREATE TABLE hunhe_batch (batch_no varchar(60) PRIMARY KEY, dataset varchar(160), row_count bigint, state varchar(12) DEFAULT 'ready',"
    " reason varchar(500), loaded bigint, quarantined bigint, repeated bigint, taken_at timestamp NULL, answered_at timestamp NULL)"
)
REASON = "CREATE TABLE hunhe_reason (batch_no varchar(60), rule varchar(80), field varchar(120), row_count bigint)"
ROWS = (
    "CREATE TABLE employment (batch_no varchar(60), reg_no varchar(20), id_number varchar(18), name varchar(40), reg_date date,"
    " employer_uscc varchar(18))"
)
WRONG = id_number(3)[:17] + ("1" if id_number(3)[17] != "1" else "2")


@pytest.fixture(params=SERVERS)
def front(request: pytest.FixtureRequest) -> Iterator[Server]:
    with SERVERS[request.param]() as made:
        for statement in (HEADER, REASON, ROWS):
            made.run(statement)
        yield made


def connect(dataset: str, kind: str, location: str) -> str:
    models.Connection.objects.create(
        name=dataset, department="human_resources", kind=kind, location=location, set_at=clock.now()
    )
    return dataset


def collect(dataset: str) -> Batch:
    batch = actions.collect_now(who=SYSTEM, dataset=dataset)
    return actions.run_batch(who=SYSTEM, batch_id=batch.id)


def deliver(front: Server, dataset: str, number: str, rows: list[list[str]], told: int | None = None) -> None:
    for values in rows:
        front.run("INSERT INTO employment VALUES (%s, %s, %s, %s, %s, %s)", number, *values)
    front.run(
        "INSERT INTO hunhe_batch (batch_no, dataset, row_count) VALUES (%s, %s, %s)",
        number,
        dataset,
        len(rows) if told is None else told,
    )


def headers(front: Server) -> dict[str, tuple[Any, ...]]:
    rows = front.run("SELECT batch_no, state, loaded, quarantined, reason FROM hunhe_batch")
    return {number: rest for number, *rest in rows}


def test_an_exchange_database_is_answered(front: Server) -> None:
    source = {"kind": "exchange_database", "table": "employment"}
    dataset = make_dataset(source=source, load={"mode": "incremental", "threshold": 0.5})
    connect(dataset, "exchange_database", front.location)
    assert collect(dataset).failure == "collect.delivery.none"
    deliver(front, dataset, "2026-01", [row(1), row(2), row(3, id_number=WRONG)])
    deliver(front, dataset, "2026-02", [row(4)], told=2)
    deliver(front, dataset, "2026-03", [row(1, name="改名"), row(5)])
    first = collect(dataset)
    assert (first.state, first.delivery, first.loaded, first.quarantined) == (BatchState.RECONCILED, "2026-01", 2, 1)
    assert headers(front)["2026-01"][0] == "taken"
    for _ in range(9):
        events.run_due(who=SYSTEM)
    told = headers(front)
    assert told["2026-01"] == ["loaded", 2, 1, ""]
    assert told["2026-02"][0] == "refused"
    assert "2026-02" in told["2026-02"][3]
    assert "2 行" in told["2026-02"][3]
    assert told["2026-03"][:3] == ["loaded", 2, 0]
    assert front.run("SELECT batch_no, rule, field, row_count FROM hunhe_reason") == [
        ("2026-01", "id_number.check", "id_number", 1)
    ]
    assert current(dataset, "reg_no, name") == [("JY00000001", "改名"), ("JY00000002", "张2"), ("JY00000005", "张5")]
    assert collect(dataset).failure == "collect.delivery.none"


def test_a_delivery_that_was_taken_and_interrupted_is_taken_up_again(front: Server) -> None:
    dataset = make_dataset(source={"kind": "exchange_database", "table": "employment"})
    connect(dataset, "exchange_database", front.location)
    deliver(front, dataset, "A", [row(1)])
    batch = actions.collect_now(who=SYSTEM, dataset=dataset)
    models.Batch.objects.filter(pk=batch.id).update(delivery="A", attempts=1)
    front.run("UPDATE hunhe_batch SET state = 'taken'")
    assert actions.run_batch(who=SYSTEM, batch_id=batch.id).loaded == 1


def drop(folder: Path, name: str, data: bytes, **changes: Any) -> None:
    path = folder / f"{name}.csv"
    path.write_bytes(data)
    said = {"file": path.name, "bytes": len(data), "rows": data.count(b"\n") - 1, "digest": digests.of_file(path), **changes}
    (folder / f"{name}.manifest.json").write_text(json.dumps(said))


@pytest.fixture
def gap(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "in").mkdir()
    (tmp_path / "out").mkdir()
    return tmp_path / "in", tmp_path / "out"


def test_drops_are_taken_in_order_once_and_receipted(gap: tuple[Path, Path]) -> None:
    inward, outward = gap
    dataset = make_dataset(source={"kind": "drop", "receipts": str(outward)}, load={"mode": "incremental", "threshold": 0.5})
    connect(dataset, "drop", str(inward))
    drop(inward, "2026-01", csv_bytes([row(1), row(2), row(3, id_number=WRONG)]))
    drop(inward, "2026-02", csv_bytes([row(4)]))
    drop(inward, "2026-03", csv_bytes([row(4)]))
    before = {path.name: path.read_bytes() for path in inward.iterdir()}
    inward.chmod(0o500)
    assert collect(dataset).loaded == 2
    for _ in range(9):
        events.run_due(who=SYSTEM)
    assert current(dataset, "reg_no") == [("JY00000001",), ("JY00000002",), ("JY00000004",)]
    assert [batch.state for batch in queries.list_batches(who=SYSTEM, dataset=dataset).items] == [
        BatchState.REPEATED,
        BatchState.RECONCILED,
        BatchState.RECONCILED,
    ]
    assert collect(dataset).failure == "collect.source.no_file"
    assert {path.name: path.read_bytes() for path in inward.iterdir()} == before
    receipts = [json.loads(path.read_text()) for path in sorted(outward.iterdir())]
    said = [json.loads(one["receipt"]) for one in receipts]
    assert [(one["state"], one["loaded"], one["quarantined"]) for one in said] == [
        ("loaded", 2, 1),
        ("loaded", 1, 0),
        ("loaded", 1, 0),
    ]
    assert said[0]["reasons"] == [{"rule": "id_number.check", "field": "id_number", "rows": 1}]
    crypto = profile(settings.HUNHE_CRYPTO)
    for one in receipts:
        key, signature = (base64.b64decode(one[name]) for name in ("public_key", "signature"))
        assert crypto.verify(key, signature, one["receipt"].encode())
        assert not crypto.verify(key, signature, one["receipt"].replace("loaded", "refused").encode())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"digest": "0" * 64}, "collect.delivery.altered"),
        ({"bytes": 10}, "collect.delivery.altered"),
        ({"rows": 5}, "collect.delivery.count"),
        ({"file": "../x.csv"}, "collect.delivery.manifest"),
        ({"rows": "many"}, "collect.delivery.manifest"),
    ],
)
def test_a_drop_that_is_not_what_its_manifest_says_is_refused(
    gap: tuple[Path, Path], changes: dict[str, Any], code: str
) -> None:
    inward, _ = gap
    dataset = connect(make_dataset(source={"kind": "drop"}), "drop", str(inward))
    drop(inward, "a", csv_bytes([row(1)]), **changes)
    refused = collect(dataset)
    assert (refused.state, refused.failure) == (BatchState.FAILED, code)
    drop(inward, "a", csv_bytes([row(1)]))
    assert collect(dataset).loaded == 1


def test_a_file_that_is_still_crossing_is_waited_for(gap: tuple[Path, Path]) -> None:
    inward, _ = gap
    dataset = connect(make_dataset(source={"kind": "drop"}), "drop", str(inward))
    whole = csv_bytes([row(1), row(2)])
    drop(inward, "a", whole)
    (inward / "a.csv").write_bytes(whole[:-20])
    batch = actions.collect_now(who=SYSTEM, dataset=dataset)
    events.run_due(who=SYSTEM)
    assert queries.batch_by_id(who=SYSTEM, batch_id=batch.id).failure == "collect.delivery.incomplete"
    (inward / "a.csv").write_bytes(whole)
    done = actions.run_batch(who=SYSTEM, batch_id=batch.id)
    assert (done.state, done.loaded) == (BatchState.RECONCILED, 2)
