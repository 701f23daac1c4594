"""A published entry can be asked by its keys, whether it was published before the data came or after."""

from dataclasses import replace
from pathlib import Path

import pytest

from hunhe.hub.catalogue import actions, jobs
from hunhe.hub.catalogue.shapes import Item, Resource
from hunhe.hub.lake import actions as lake_actions
from hunhe.hub.lake import queries as lake
from hunhe.hub.lake.tests.test_commit import put
from hunhe.kernel.events import queries as events
from hunhe.kernel.events.shapes import Job
from hunhe.stone import ids
from hunhe.stone.errors import Invalid
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
pytestmark = pytest.mark.django_db(transaction=True)


def publish(table: str, *keys: str) -> Job | None:
    """The job that publishing asked for, None if there was nothing to do."""
    code = "r" + ids.new("x")[-8:]
    entry = Resource(
        code=code, name=code, department="human_resources", provider="人社局", abstract="数", items=(Item(name="id", title="编号"),),
        condition="按用途", basis="条例", cycle="daily", dataset=table, keys=keys,
    )  # fmt: skip
    actions.save_resource(who=SYSTEM, resource=replace(entry))
    actions.register_resource(who=SYSTEM, code=code)
    published = actions.publish_resource(who=SYSTEM, code=code)
    return events.job_by_key(who=SYSTEM, kind=jobs.KIND, key=f"{code}:{published.rev}")


def test_data_that_is_there_is_laid_out_for_the_keys_of_its_entry(prepared_city: None) -> None:
    table = "t." + ids.new("x")
    put(table, 1, "overwrite", 1, 2, 3)
    assert lake.served_version(who=SYSTEM, table=table) is None
    job = publish(table, "id")
    assert job is not None
    lake_actions.serve_by(who=SYSTEM, table=table, keys=("id",))
    assert [row["id"] for row in lake.lookup(who=SYSTEM, table=table, key="id", value="2")] == [2]
    assert publish(table, "id") is None


def test_nothing_is_done_before_the_first_load(prepared_city: None) -> None:
    assert publish("t." + ids.new("x"), "id") is None


def test_a_reader_that_has_the_file_open_sees_the_new_key(prepared_city: None, tmp_path: Path) -> None:
    table = "t." + ids.new("x")
    put(table, 1, "overwrite", 1, 2, 3)
    version = lake_actions.serve_by(who=SYSTEM, table=table, keys=())
    assert version is not None
    lake_actions.publish_serving(who=SYSTEM, table=table, version=version, keys=())
    with pytest.raises(Invalid):
        lake.lookup(who=SYSTEM, table=table, key="id", value=2)
    lake_actions.serve_by(who=SYSTEM, table=table, keys=("id",))
    assert len(lake.lookup(who=SYSTEM, table=table, key="id", value=2)) == 1
