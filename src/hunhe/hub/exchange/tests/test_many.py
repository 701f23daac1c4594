"""Lists page by page, counts by column, and the row filter on every kind of call."""

from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.hub.exchange import models, queries
from hunhe.hub.exchange.rules.row_filter import matches, parse_filter, write_filter
from hunhe.hub.exchange.tests.scene import LIN, NUMBERS, PURPOSE, SYSTEM, WANG, ZHAO, Scene
from hunhe.hub.lake import actions as lake
from hunhe.hub.lake.shapes import Condition
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.events import actions as events
from hunhe.stone.errors import Invalid
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db
IN_WORK = 'status = "在职"'
FREE: dict[str, Any] = {"procedures": []}


def ask(scene: Scene, service: str, **body: Any) -> tuple[int, dict[str, Any]]:
    return scene.call(service, **{"key": None, "case": None, **body})


def pages(scene: Scene, **body: Any) -> Iterator[list[dict[str, Any]]]:
    cursor = None
    while True:
        status, answer = ask(scene, f"{scene.resource}.list", cursor=cursor, **body)
        assert status == 200, answer
        yield answer["data"]["rows"]
        cursor = answer["data"]["next"]
        if cursor is None:
            return


def reload(scene: Scene, rows: dict[str, list[Any]], seq: int) -> None:
    lease = lake.begin(who=SYSTEM, table=scene.table)
    version = lake.commit(who=SYSTEM, lease=lease, rows=pa.table(rows).to_reader(), seq=seq, mode="overwrite")
    lake.release(who=SYSTEM, lease=lease)
    lake.publish_serving(who=SYSTEM, table=scene.table, version=version.version, keys=("id_number", "subject_id"))


def workers(*groups: tuple[str, int]) -> dict[str, list[Any]]:
    """So many people in each status."""
    status = [name for name, count in groups for _ in range(count)]
    number = [f"2101031990{n:08d}" for n in range(len(status))]
    return {"subject_id": number, "id_number": number, "name": number, "status": status, "wage": [1] * len(status)}


def test_services_follow_from_the_entry(scene: Scene) -> None:
    found = [s for s in queries.list_services(who=SYSTEM).items if s.resource == scene.resource]
    assert [s.code.removeprefix(scene.resource) for s in found] == [".lookup", ".verify", ".list", ".changes", ".aggregate"]
    assert [column.name for column in found[4].columns] == ["status"]


def test_a_list_comes_page_by_page_with_granted_columns_only(scene: Scene) -> None:
    grant = scene.grant(f"{scene.resource}.list", **FREE)
    found = list(pages(scene, limit=2))
    assert [len(page) for page in found] == [2, 1]
    assert [row for page in found for row in page] == [
        {"name": "赵*", "status": "在职"},
        {"name": "王*", "status": "离职"},
        {"name": "林**", "status": "在职"},
    ]
    assert models.Meter.objects.get(grant=grant).used == 2
    assert sorted(models.Call.objects.values_list("rows", flat=True)) == [1, 2]
    entry = models.Call.objects.latest("id").entry_id
    assert audit.receipt(who=Who.anonymous(), entry_id=entry)


def test_a_list_stays_in_the_version_it_began_with(scene: Scene) -> None:
    scene.grant(f"{scene.resource}.list", **FREE)
    first = ask(scene, f"{scene.resource}.list", limit=2)[1]["data"]
    reload(scene, workers(("新", 5)), 2)
    second = ask(scene, f"{scene.resource}.list", limit=2, cursor=first["next"])[1]["data"]
    assert second == {"rows": [{"name": "林**", "status": "在职"}], "next": None}
    for seq in (3, 4, 5):
        reload(scene, workers(("新", 5)), seq)
    status, answer = ask(scene, f"{scene.resource}.list", limit=2, cursor=first["next"])
    assert (status, answer["code"]) == (403, "attributes")


def test_the_row_filter_holds_for_each_kind(scene: Scene) -> None:
    for kind in ("list", "lookup", "verify"):
        scene.grant(f"{scene.resource}.{kind}", row_filter=IN_WORK, **FREE)
    assert [row["name"] for page in pages(scene) for row in page] == ["赵*", "林**"]
    assert scene.call(key={"id_number": NUMBERS[LIN]})[0] == 200
    assert scene.call(key={"id_number": NUMBERS[WANG]})[1]["code"] == "not_found"
    assert scene.call(scene.verify, key={"id_number": NUMBERS[WANG], "status": "离职"})[1]["code"] == "not_found"
    assert scene.call(scene.verify, key={"id_number": NUMBERS[ZHAO], "status": "离职"})[1]["data"] == {"agrees": False}


@pytest.mark.parametrize(
    "body",
    [{"key": {"id_number": "1"}}, {"cursor": "x"}, {"cursor": "1.1.1"}, {"limit": 0}, {"limit": 1001}, {"columns": []}],
)
def test_a_list_refuses_what_it_cannot_read(scene: Scene, body: dict[str, Any]) -> None:
    scene.grant(f"{scene.resource}.list", **FREE)
    assert ask(scene, f"{scene.resource}.list", **body)[1]["code"] == "attributes"


def test_a_list_refuses_a_column_not_granted_and_a_quota_spent(scene: Scene) -> None:
    scene.grant(f"{scene.resource}.list", quota_per_day=1, **FREE)
    assert ask(scene, f"{scene.resource}.list", columns=["wage"])[1]["code"] == "column"
    assert ask(scene, f"{scene.resource}.list")[0] == 200
    assert ask(scene, f"{scene.resource}.list")[1]["code"] == "quota"


def test_counts_leave_small_ones_out_and_one_more(scene: Scene) -> None:
    reload(scene, workers(("在职", 40), ("离职", 15), ("退休", 3)), 2)
    scene.grant(f"{scene.resource}.aggregate", columns={"status": "give"}, **FREE)
    status, answer = ask(scene, f"{scene.resource}.aggregate", by=["status"])
    assert (status, answer["code"]) == (503, "unavailable")
    events.run_due(who=SYSTEM)
    status, answer = ask(scene, f"{scene.resource}.aggregate", by=["status"])
    assert status == 200
    assert answer["data"] == {"by": ["status"], "cells": [{"status": "在职", "count": 40}], "total": 58, "smallest": 10}
    assert "entry_id" in answer["receipt"]


def test_counts_are_of_the_newest_counted_version(scene: Scene) -> None:
    reload(scene, workers(("在职", 40)), 2)
    scene.grant(f"{scene.resource}.aggregate", columns={"status": "give"}, **FREE)
    ask(scene, f"{scene.resource}.aggregate", by=["status"])
    events.run_due(who=SYSTEM)
    reload(scene, workers(("在职", 50)), 3)
    old = ask(scene, f"{scene.resource}.aggregate", by=["status"])[1]
    events.run_due(who=SYSTEM)
    new = ask(scene, f"{scene.resource}.aggregate", by=["status"])[1]
    assert (old["data"]["total"], new["data"]["total"]) == (40, 50)
    assert new["version"] == old["version"] + 1


def test_counts_by_a_column_not_granted_are_refused(scene: Scene) -> None:
    scene.grant(f"{scene.resource}.aggregate", columns={"status": "withhold"}, **FREE)
    assert ask(scene, f"{scene.resource}.aggregate", by=["status"])[1]["code"] == "column"
    assert ask(scene, f"{scene.resource}.aggregate", by=["wage"])[1]["code"] == "column"
    assert ask(scene, f"{scene.resource}.aggregate")[1]["code"] == "attributes"


def test_revoked_between_two_pages(scene: Scene) -> None:
    grant = scene.grant(f"{scene.resource}.list", **FREE)
    first = ask(scene, f"{scene.resource}.list", limit=2)[1]["data"]
    from hunhe.hub.exchange import actions

    actions.revoke_grant(who=SYSTEM, grant_id=grant.id, reason="不再需要")
    assert ask(scene, f"{scene.resource}.list", limit=2, cursor=first["next"])[1]["code"] == "no_grant"


@pytest.mark.parametrize(
    "text",
    ["status", "status =", 'status = "a" or status = "b"', "status = status", '1 = "a"', "status in ()", 'status like "%"',
     'status = "a";', 'status = "a" and', "status in (1", 'x" = "1', 'status = "a" ' * 40],
)  # fmt: skip
def test_a_filter_that_cannot_be_read(text: str) -> None:
    with pytest.raises(Invalid):
        parse_filter(text, ("status",))


def test_a_filter_names_known_columns_only() -> None:
    with pytest.raises(Invalid, match=r"exchange\.filter\.column"):
        parse_filter("rowid = 1", ("status",))


values = st.integers(-999, 999) | st.text(st.characters(exclude_characters="\"'", exclude_categories=["C"]), max_size=8)
conditions = st.builds(
    lambda column, operator, found: Condition(column, operator, tuple(found if operator == "in" else found[:1])),
    st.sampled_from(["a", "b"]), st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "in"]), st.lists(values, min_size=1, max_size=4),
)  # fmt: skip


@given(st.lists(conditions, min_size=1, max_size=4))
def test_a_filter_is_read_as_it_is_written(found: list[Condition]) -> None:
    assert parse_filter(write_filter(found), ("a", "b")) == tuple(found)


@pytest.mark.parametrize("number", [1, "1", 10, "10", "x", 1.5])
@pytest.mark.parametrize("operator", ["=", "!=", "<", "<=", ">", ">=", "in"])
def test_serving_files_and_the_rule_agree(scene: Scene, number: Any, operator: Any) -> None:
    rows = {
        "id_number": [str(n) for n in range(12)],
        "subject_id": [str(n) for n in range(12)],
        "n": [None, *range(11)],
        "t": [str(n) for n in range(12)],
    }
    reload(scene, rows, 2)
    from hunhe.hub.lake import queries as lake_queries

    for column in ("n", "t"):
        wanted = (Condition(column, operator, (number,)),)
        found = lake_queries.read_on(who=SYSTEM, table=scene.table, columns=("n", "t"), conditions=wanted).rows
        every = lake_queries.read_on(who=SYSTEM, table=scene.table, columns=("n", "t")).rows
        assert list(found) == [row for row in every if matches(row, wanted)]


def test_only_the_purpose_granted(scene: Scene) -> None:
    scene.grant(f"{scene.resource}.list", **FREE)
    assert ask(scene, f"{scene.resource}.list", purpose="别的用途")[1]["code"] == "purpose"
    assert ask(scene, f"{scene.resource}.list", purpose=PURPOSE)[0] == 200
