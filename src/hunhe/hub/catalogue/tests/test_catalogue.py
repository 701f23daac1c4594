"""Entries go through their states, search finds them, imports are idempotent."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hunhe.hub.catalogue import actions, models, queries, rules, turtle
from hunhe.hub.catalogue.shapes import ImportCount, Item, Resource, ResourceState
from hunhe.kernel.city import actions as city
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
EDITOR = Who(id="e", kind="official", department="civil_affairs", may=frozenset({"catalogue.may_edit_resources"}))
BUREAU = Who(
    id="b",
    kind="official",
    department="data_bureau",
    may=frozenset({"catalogue.may_publish_resources", "catalogue.may_edit_resources", "org.may_cross_departments"}),
)
CITIZEN = Who.anonymous()


def entry(code: str = "civil_affairs.marriage", **changes: Any) -> Resource:
    data: dict[str, Any] = {
        "code": code,
        "name": "婚姻登记信息",
        "department": "civil_affairs",
        "abstract": "婚姻登记记录。",
        "sharing": "conditional",
        "condition": "核验婚姻状况",
        "items": (Item(name="id_number", title="身份证号"),),
        "keys": ("id_number",),
    }
    return Resource(**(data | changes))


@pytest.mark.django_db
def test_an_entry_is_seen_once_published() -> None:
    actions.save_resource(who=EDITOR, resource=entry())
    with pytest.raises(NotFound):
        queries.resource_by_code(who=CITIZEN, code="civil_affairs.marriage")
    assert actions.register_resource(who=EDITOR, code="civil_affairs.marriage").state == ResourceState.REGISTERED
    with pytest.raises(Denied):
        actions.publish_resource(who=EDITOR, code="civil_affairs.marriage")
    assert actions.refuse_resource(who=BUREAU, code="civil_affairs.marriage", reason="缺数据项").state == ResourceState.DRAFT
    with pytest.raises(Conflict):
        actions.publish_resource(who=BUREAU, code="civil_affairs.marriage")
    actions.register_resource(who=EDITOR, code="civil_affairs.marriage")
    actions.publish_resource(who=BUREAU, code="civil_affairs.marriage")
    assert queries.resource_by_code(who=CITIZEN, code="civil_affairs.marriage").published_at is not None
    changed = actions.save_resource(who=EDITOR, resource=entry(abstract="婚姻登记记录，含离婚。"))
    assert (changed.state, changed.rev) == (ResourceState.CHANGING, 2)
    assert actions.retire_resource(who=EDITOR, code="civil_affairs.marriage").state == ResourceState.RETIRED
    with pytest.raises(NotFound):
        queries.resource_by_code(who=CITIZEN, code="civil_affairs.marriage")


@pytest.mark.django_db
def test_names_that_differ_by_spaces_or_signs_are_duplicates() -> None:
    actions.save_resource(who=EDITOR, resource=entry())
    with pytest.raises(Conflict):
        actions.save_resource(who=EDITOR, resource=entry("civil_affairs.other", name="婚姻 登记信息（）"))
    with pytest.raises(Denied):
        actions.save_resource(who=EDITOR, resource=entry("x", department="public_security"))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"abstract": " "}, "abstract"),
        ({"department": ""}, "department"),
        ({"sharing": "none", "basis": ""}, "basis"),
        ({"condition": ""}, "condition"),
        ({"code": "A/B"}, "code"),
        ({"keys": ("nobody",)}, "keys"),
        ({"items": (Item(name="id_number", title="a"), Item(name="id_number", title="b"))}, "items"),
        ({"sharing": "none", "basis": "某法", "open": True}, "open"),
    ],
)
def test_what_an_entry_lacks_is_named(changes: dict[str, Any], field: str) -> None:
    assert field in [finding.field for finding in rules.findings(entry(**changes))]
    assert list(rules.findings(entry())) == []


@pytest.mark.django_db
def test_search_finds_parts_of_chinese_words_names_first() -> None:
    for code, name, abstract in (
        ("a.1", "用水记录", "含户籍人口数"),
        ("a.2", "户籍人口信息", "每日"),
        ("a.3", "企业名录", "法人"),
    ):
        models_of(entry(code, name=name, abstract=abstract))
    assert [found.code for found in queries.search(who=CITIZEN, text="户籍 人口").items] == ["a.2", "a.1"]
    assert [found.code for found in queries.search(who=CITIZEN, text="ｑｑ", size=1).items] == []
    first = queries.search(who=CITIZEN, text="", size=2)
    assert [found.code for found in first.items] == ["a.1", "a.2"]
    assert [found.code for found in queries.search(who=CITIZEN, text="", cursor=first.next).items] == ["a.3"]
    with pytest.raises(Invalid):
        queries.search(who=CITIZEN, text="", cursor="nonsense")


def models_of(resource: Resource) -> None:
    actions.save_resource(who=SYSTEM, resource=resource)
    actions.register_resource(who=SYSTEM, code=resource.code)
    actions.publish_resource(who=SYSTEM, code=resource.code)


@pytest.mark.django_db
@pytest.mark.data
def test_real_ckan_records_are_imported_once(shared_data: Path, tmp_path: Path) -> None:
    source = shared_data / "07_services" / "datagov_ckan_2017_a.jsonl.gz"
    assert actions.import_file(who=SYSTEM, path=source, format="ckan") == ImportCount(5996, 5996, 0, 0, 0)
    assert actions.import_file(who=SYSTEM, path=source, format="ckan") == ImportCount(5996, 0, 0, 0, 5996)
    packages = [json.loads(line) for line in gzip.decompress(source.read_bytes()).splitlines()]
    packages[3]["title"] += " changed"
    packages[4]["tracking_summary"] = {"total": 1, "recent": 1}
    later = tmp_path / "later.jsonl"
    later.write_text(
        "\n".join(json.dumps(package) for package in [*packages[:-2], {**packages[0], "id": "new", "name": "new"}])
    )
    assert actions.import_file(who=SYSTEM, path=later, format="ckan") == ImportCount(5995, 1, 1, 2, 5993)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page = queries.search(who=CITIZEN, text="water quality")
    assert len(page.items) == 50
    assert len(seen) == 1
    assert all("water" in (found.name + found.abstract + " ".join(found.tags) + found.provider).lower() for found in page.items)
    exported = queries.export_dcat(who=SYSTEM)
    graph = turtle.parse(exported)
    assert (
        len([1 for node in graph.values() if "http://www.w3.org/ns/dcat#Dataset" in node.get(turtle.RDF + "type", ())])
        == models.Resource.objects.filter(state="published").count()
    )


@pytest.mark.django_db
def test_dcat_goes_out_and_comes_back(tmp_path: Path) -> None:
    models_of(entry(name='引号"与\\斜线\n换行'))
    models_of(entry("a.b", name="另一个", abstract="x"))
    path = tmp_path / "catalogue.ttl"
    path.write_text(queries.export_dcat(who=SYSTEM))
    assert actions.import_file(who=SYSTEM, path=path, format="dcat", source="neighbour") == ImportCount(2, 2, 0, 0, 0)
    assert actions.import_file(who=SYSTEM, path=path, format="dcat", source="neighbour") == ImportCount(2, 0, 0, 0, 2)
    names = set(models.Resource.objects.filter(origin="neighbour").values_list("name", flat=True))
    assert names == {'引号"与\\斜线\n换行', "另一个"}
    path.write_text(
        json.dumps(
            {
                "dataset": [
                    {
                        "identifier": "1",
                        "title": "t",
                        "description": "d",
                        "publisher": {"name": "p"},
                        "keyword": ["k"],
                        "distribution": [{"downloadURL": "http://x/y.csv"}],
                    }
                ]
            }
        )
    )
    assert actions.import_file(who=SYSTEM, path=path, format="dcat", source="neighbour") == ImportCount(1, 1, 0, 2, 0)


@pytest.mark.django_db
@pytest.mark.data
def test_real_turtle_is_read(shared_data: Path) -> None:
    assert actions.import_file(who=SYSTEM, path=shared_data / "07_services" / "ckanext_dataset.ttl", format="dcat").added >= 1
    row = models.Resource.objects.get(origin="dcat")
    assert row.abstract
    assert row.links


@pytest.mark.django_db
@pytest.mark.parametrize(
    "text", ["", "not json", '{"a": 1', "[1, 2]", "3", '{"title": "no id"}', "\x00", '{"id": "a"}\n{"id":']
)
def test_bad_files_are_refused_and_change_nothing(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    if text:
        with pytest.raises(Invalid):
            actions.import_file(who=SYSTEM, path=path, format="ckan")
    else:
        assert actions.import_file(who=SYSTEM, path=path, format="ckan").total == 0
    assert not models.Resource.objects.exists()
    with pytest.raises(NotFound):
        actions.import_file(who=SYSTEM, path=tmp_path / "none", format="ckan")


@pytest.mark.parametrize(
    "text",
    ["<a> <b>", "<a> <b> <c>", "x:y <a> .", '<a> <b> "open .', "[ <a> <b> .", "@prefix x: .", "<a> <b> ( <c> .", "%"],
)
def test_what_is_no_turtle_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        turtle.parse(text)


@pytest.mark.django_db
def test_the_kits_entries_are_published(prepared_city: None) -> None:
    codes = [resource.code for resource in queries.search(who=CITIZEN, text="人口").items]
    assert "public_security.household" in codes
    before = list(models.Resource.objects.order_by("code").values_list("code", "rev"))
    city.apply_city(who=SYSTEM, everything=True)
    assert list(models.Resource.objects.order_by("code").values_list("code", "rev")) == before
