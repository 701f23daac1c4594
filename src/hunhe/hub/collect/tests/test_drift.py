"""A source whose columns change: nothing is loaded, those who need to know are told once, and accepting lets it go on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hunhe.hub.collect import actions, check, families, models, queries
from hunhe.hub.collect.contract import write_contract
from hunhe.hub.collect.shapes import BatchState
from hunhe.hub.collect.spool import Spool
from hunhe.hub.collect.tests.places import FIELDS, HEADER, SYSTEM, csv_bytes, current, land, make_dataset, row
from hunhe.hub.collect.tests.servers import SERVERS, Server
from hunhe.hub.collect.tests.test_databases import CREATE, WATERMARK, collect, make, names, put
from hunhe.kernel.events import actions as events
from hunhe.kernel.notify import models as notify
from hunhe.stone.errors import Denied, Invalid, NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db(transaction=True)
DRIFTED, ACCEPTED = "collect.contract.drifted", "collect.contract.accepted"


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with SERVERS[request.param]() as made:
        made.run(CREATE)
        put(made, *((n, "旧", "2026-03-01 10:00:00") for n in range(20)))
        yield made


def heard(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, object]]]:
    found: list[tuple[str, dict[str, object]]] = []
    inner = events.publish
    monkeypatch.setattr(events, "publish", lambda **words: (found.append((words["name"], words["payload"])), inner(**words)))
    return found


def test_a_renamed_column_stops_and_goes_on_when_accepted(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset = make(server)
    collect(dataset)
    said = heard(monkeypatch)
    server.run("ALTER TABLE employment RENAME COLUMN name TO full_name")
    put(server, (30, "新", "2026-03-01 11:00:00"))
    for _ in range(2):
        held = collect(dataset)
        assert (held.state, held.failure) == (BatchState.QUARANTINED, "collect.batch.drift")
        assert (held.failure_detail["missing"], held.failure_detail["unknown"]) == ("姓名", "full_name")
    assert [name for name, _ in said].count(DRIFTED) == 1
    notice = notify.Notice.objects.get(key__startswith=DRIFTED)
    assert notice.audience == "permission:human_resources:collect.may_collect"
    assert len(current(dataset)) == 20
    contract = write_contract(queries.dataset_by_id(who=SYSTEM, dataset=dataset))
    contract["fields"] = [{**field, "title": "full_name"} if field["name"] == "name" else field for field in contract["fields"]]
    batch = actions.accept_contract(who=SYSTEM, dataset=dataset, contract=contract)
    done = actions.run_batch(who=SYSTEM, batch_id=batch.id)
    assert (done.state, done.loaded, done.added) == (BatchState.RECONCILED, 21, 1)
    assert names(dataset)["JY00000030"] == "新"
    assert ACCEPTED in [name for name, _ in said]
    with pytest.raises(NotFound):
        actions.accept_contract(who=SYSTEM, dataset=dataset)


def test_a_retyped_column_stops_and_a_wider_one_does_not(server: Server) -> None:
    server.run("ALTER TABLE employment ADD COLUMN grade integer")
    dataset = make(server, fields=[*FIELDS, WATERMARK, {"name": "grade", "type": "integer"}])
    collect(dataset)
    change = "ALTER COLUMN grade TYPE" if server.kind == "postgresql" else "MODIFY grade"
    server.run(f"ALTER TABLE employment {change} bigint")
    assert collect(dataset).state == BatchState.REPEATED
    server.run(f"ALTER TABLE employment {change} varchar(10)")
    held = collect(dataset)
    assert held.failure == "collect.batch.drift"
    assert "grade" in held.failure_detail["retyped"]
    batch = actions.accept_contract(who=SYSTEM, dataset=dataset)
    assert actions.run_batch(who=SYSTEM, batch_id=batch.id).state in (BatchState.RECONCILED, BatchState.REPEATED)
    assert collect(dataset).state == BatchState.REPEATED


def test_rows_that_were_sent_wait_for_the_new_contract(tmp_path: Path) -> None:
    dataset = make_dataset(source={"kind": "upload"})
    land(dataset, tmp_path, csv_bytes([row(1)]))
    held = land(dataset, tmp_path, csv_bytes([(*row(1), "备"), (*row(2), "注")], (*HEADER, "备注")), "later.csv")
    assert held.failure == "collect.batch.drift"
    contract = write_contract(queries.dataset_by_id(who=SYSTEM, dataset=dataset))
    contract["fields"].append({"name": "note", "title": "备注"})
    other = Who(id="o", kind="official", department="health_insurance", may=frozenset({"collect.may_collect"}))
    with pytest.raises(Denied):
        actions.accept_contract(who=other, dataset=dataset, contract=contract)
    with pytest.raises(Invalid):
        actions.accept_contract(who=SYSTEM, dataset=dataset, contract={**contract, "source": {"kind": "files"}})
    released = actions.accept_contract(who=SYSTEM, dataset=dataset, contract=contract)
    assert released.id == held.id
    events.run_due(who=SYSTEM)
    done = queries.batch_by_id(who=SYSTEM, batch_id=held.id)
    assert (done.state, done.loaded, done.failure) == (BatchState.RECONCILED, 2, "")
    assert current(dataset, "note") == [("备",), ("注",)]
    assert models.Progress.objects.get(pk=dataset).columns == [*HEADER, "备注"]


def test_families_of_kinds() -> None:
    for one, other in (("int4", "bigint"), ("varchar(20)", "text"), ("timestamp", "timestamptz"), ("numeric", "float8")):
        assert families.family_of(one) == families.family_of(other)
    kinds = ["int4", "varchar", "timestamp", "date", "time", "boolean", "bytea"]
    assert len({families.family_of(kind) for kind in kinds}) == len(kinds)
    assert families.family_of("geometry") == "geometry"


def test_columns_that_the_contract_leaves_alone_are_no_drift() -> None:
    dataset = queries.dataset_by_id(who=SYSTEM, dataset=make_dataset())
    columns = tuple(field["name"] for field in FIELDS)
    spool = Spool(format="parquet", file="x", columns=columns, rows=0, digest="", origin="", kinds={"extra": "text"})
    assert check.drift_of(dataset, spool, {"reg_no": "text"}) == {}
