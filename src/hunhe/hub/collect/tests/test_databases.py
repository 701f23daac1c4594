"""Real servers: values keep their meaning, memory stays flat, and after each load the hub is what the source is."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from hunhe.hub.collect import actions, models
from hunhe.hub.collect.shapes import Batch, BatchState
from hunhe.hub.collect.tests.places import FIELDS, GOOD_USCC, SYSTEM, current, id_number, make_dataset
from hunhe.hub.collect.tests.servers import SERVERS, Server
from hunhe.stone import clock

pytestmark = pytest.mark.django_db(transaction=True)
WATERMARK = {"name": "updated_at", "title": "更新时间", "type": "text"}
CREATE = (
    "CREATE TABLE employment (reg_no varchar(20) PRIMARY KEY, id_number varchar(18), name varchar(40), reg_date date,"
    " employer_uscc varchar(18), updated_at timestamp NULL)"
)


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    with SERVERS[request.param]() as made:
        yield made


def connect(dataset: str, location: str) -> str:
    models.Connection.objects.update_or_create(
        name=dataset,
        defaults={"department": "human_resources", "kind": "database", "location": location, "set_at": clock.now()},
    )
    return dataset


def collect(dataset: str) -> Batch:
    return actions.run_batch(who=SYSTEM, batch_id=actions.collect_now(who=SYSTEM, dataset=dataset).id)


def make(server: Server, **changes: Any) -> str:
    load = {"mode": "incremental", "watermark": "updated_at", "overlap": 600, "compare_hours": 24, "threshold": 0.05}
    wanted = {
        "fields": [*FIELDS, WATERMARK],
        "source": {"kind": "database", "table": "employment"},
        "load": load | changes.pop("load", {}),
        **changes,
    }
    return connect(make_dataset(**wanted), server.location)


def put(server: Server, *rows: tuple[int, str, str]) -> None:
    """Rows as (serial, name, updated_at)."""
    for serial, name, moment in rows:
        server.run(
            "INSERT INTO employment VALUES (%s, %s, %s, %s, %s, %s)",
            f"JY{serial:08d}",
            id_number(serial),
            name,
            "2024-03-01",
            GOOD_USCC,
            moment,
        )


def names(dataset: str) -> dict[str, str]:
    return dict(current(dataset, "reg_no, name"))


def a_day_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=25))


def test_values_keep_their_meaning(server: Server) -> None:
    server.run(
        "CREATE TABLE kinds (id integer PRIMARY KEY, 姓名 varchar(40), wage numeric(18,2), born date, seen timestamp NULL, share double precision,"
        " note text, many bigint)"
    )
    server.run(
        "INSERT INTO kinds VALUES (1, '張三丰￥·龙', 12345678901234.50, '1987-02-28', '2026-01-02 03:04:05', 0.5, NULL, 9007199254740993),"
        " (2, ' 空 ', -0.01, NULL, NULL, NULL, '两\n行', NULL)"
    )
    fields = [
        {"name": "id", "type": "integer"},
        {"name": "name", "title": "姓名"},
        {"name": "wage", "type": "money"},
        {"name": "born", "type": "date"},
        {"name": "seen", "type": "datetime"},
        {"name": "share", "type": "number"},
        {"name": "note"},
        {"name": "many", "type": "integer"},
    ]
    dataset = connect(make_dataset(fields=fields, key=["id"], source={"kind": "database", "table": "kinds"}), server.location)
    batch = collect(dataset)
    assert (batch.state, batch.loaded, batch.failure) == (BatchState.RECONCILED, 2, "")
    first, second = current(
        dataset, "id, name, CAST(wage AS VARCHAR), CAST(born AS VARCHAR), CAST(seen AS VARCHAR), share, note, many"
    )
    assert first[:4] == (1, "張三丰￥·龙", "12345678901234.50", "1987-02-28")
    assert first[4].startswith("2026-01-02 03:04:05")
    assert first[5:] == (0.5, None, 9007199254740993)
    assert second == (2, "空", "-0.01", None, None, None, "两\n行", None)


def test_only_what_changed_is_read_and_late_commits_are_caught(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.run(CREATE)
    put(server, *((n, "旧", "2026-03-01 10:00:00") for n in range(40)))
    dataset = make(server)
    assert collect(dataset).loaded == 40
    put(server, (50, "新", "2026-03-01 11:00:00"), (51, "迟", "2026-03-01 09:55:00"))
    server.run("UPDATE employment SET name = '改', updated_at = '2026-03-01 11:00:00' WHERE reg_no = 'JY00000003'")
    server.run("UPDATE employment SET updated_at = '2026-01-01 00:00:00' WHERE reg_no > 'JY00000010' AND reg_no < 'JY00000030'")
    second = collect(dataset)
    assert (second.state, second.added, second.changed, second.removed) == (BatchState.RECONCILED, 2, 1, 0)
    assert second.source_rows == 23
    assert names(dataset)["JY00000051"] == "迟"
    server.run("DELETE FROM employment WHERE reg_no = 'JY00000005'")
    server.run("UPDATE employment SET name = '悄' WHERE reg_no = 'JY00000015'")
    put(server, (60, "很迟", "2026-02-01 00:00:00"))
    blind = collect(dataset)
    assert (blind.source_rows, blind.added, blind.changed, blind.removed) == (2, 0, 0, 0)
    assert collect(dataset).same_as == blind.id
    assert "JY00000005" in names(dataset)
    a_day_later(monkeypatch)
    third = collect(dataset)
    assert (third.state, third.added, third.removed) == (BatchState.RECONCILED, 1, 1)
    assert names(dataset) == dict(server.run("SELECT reg_no, name FROM employment"))
    assert [one for one in current(dataset, "change, _key", ".changes") if one[0] == "removed"] == [("removed", "JY00000005")]
    after = collect(dataset)
    assert (after.source_rows, after.added, after.changed, after.removed) == (2, 0, 0, 0)


def test_a_row_that_turns_bad_leaves_and_returns_when_it_is_mended(server: Server) -> None:
    server.run(CREATE)
    put(server, *((n, "好", "2026-03-01 10:00:00") for n in range(10)))
    dataset = make(server)
    collect(dataset)
    server.run("UPDATE employment SET name = '', updated_at = '2026-03-01 11:00:00' WHERE reg_no = 'JY00000003'")
    bad = collect(dataset)
    assert (bad.state, bad.quarantined, bad.removed) == (BatchState.RECONCILED, 1, 1)
    assert "JY00000003" not in names(dataset)
    server.run("UPDATE employment SET name = '又好', updated_at = '2026-03-01 12:00:00' WHERE reg_no = 'JY00000003'")
    assert collect(dataset).added == 1
    assert names(dataset)["JY00000003"] == "又好"


def test_a_source_that_is_down_is_late_and_never_empty(server: Server) -> None:
    from hunhe.hub.collect import jobs
    from hunhe.kernel.events import actions as events

    server.run(CREATE)
    put(server, (1, "在", "2026-03-01 10:00:00"))
    dataset = make(server)
    collect(dataset)
    connect(dataset, server.location.rsplit("/", 1)[0].replace(":5432", ":1").replace(":3306", ":1") + "/gone")
    batch = actions.collect_now(who=SYSTEM, dataset=dataset)
    events.run_due(who=SYSTEM)
    row = models.Batch.objects.get(pk=batch.id)
    assert (row.state, row.failure) == (BatchState.RECEIVED, "collect.source.database")
    assert jobs.ATTEMPTS > 1
    assert len(current(dataset)) == 1
    connect(dataset, server.location)
    assert actions.run_batch(who=SYSTEM, batch_id=batch.id).state == BatchState.REPEATED


def test_a_table_that_cannot_be_read_is_refused_with_words(server: Server) -> None:
    dataset = make(server)
    batch = collect(dataset)
    assert (batch.state, batch.failure) in {
        (BatchState.FAILED, "collect.source.refused"),
        (BatchState.FAILED, "collect.source.table"),
    }
    strange = connect(make_dataset(source={"kind": "database", "table": "x"}), "db2://u@h/x")
    assert collect(strange).failure == "collect.source.scheme"
