"""Other catalogues read ours with their own tools: CKAN's client, RDF and SHACL readers not written here."""

import json
from pathlib import Path
from typing import Any

import ckanapi
import pyshacl
import pytest
import rdflib
import requests
from django.test import Client
from requests.adapters import BaseAdapter

from hunhe.hub.catalogue import actions, ckan_asking, models, queries
from hunhe.hub.catalogue.shapes import ImportCount, Item, Link, Resource
from hunhe.stone.errors import Invalid
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
SITE = "http://testserver"


class ThroughDjango(BaseAdapter):
    """A way for `requests` to reach the pages without a port."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        made = Client().generic(
            request.method or "GET", request.path_url, request.body or b"", content_type=request.headers.get("Content-Type", "")
        )
        answer = requests.Response()
        answer.status_code, answer._content, answer.url = made.status_code, made.content, str(request.url)
        answer.headers.update(made.headers)
        return answer

    def close(self) -> None: ...


@pytest.fixture
def remote() -> ckanapi.RemoteCKAN:
    session = requests.Session()
    session.mount(SITE, ThroughDjango())
    return ckanapi.RemoteCKAN(SITE, session=session)


def publish(code: str, **changes: Any) -> None:
    data: dict[str, Any] = {
        "name": code,
        "department": "civil_affairs",
        "abstract": "数",
        "condition": "按用途",
        "items": (Item(name="id", title="编号"),),
    }
    actions.save_resource(who=SYSTEM, resource=Resource(code=code, **(data | changes)))
    actions.register_resource(who=SYSTEM, code=code)
    actions.publish_resource(who=SYSTEM, code=code)


@pytest.fixture
def three(db: None) -> None:
    publish(
        "civil_affairs.marriage",
        name="婚姻登记信息",
        tags=("婚姻", "民政 / 登记"),
        number="301001/000001",
        category="base",
        basis="《婚姻登记条例》",
    )
    publish("civil_affairs.elders", name="老年人名册", dataset="d", keys=("id",), related=("civil_affairs.marriage",))
    publish(
        "data_bureau.lamps", name="路灯分布", department="data_bureau", sharing="unconditional", open=True, cycle="yearly",
        links=(Link(name="路灯", url="https://data.example/a b.csv", format="CSV"),), licence="CC BY 4.0",
    )  # fmt: skip


@pytest.mark.usefixtures("three")
def test_ckans_own_client_reads_the_catalogue(remote: ckanapi.RemoteCKAN) -> None:
    assert remote.action.site_read() is True
    assert remote.action.package_list() == ["civil_affairs--elders", "civil_affairs--marriage", "data_bureau--lamps"]
    found = remote.action.package_search(q="登记", rows=5)
    assert [(one["id"], one["title"]) for one in found["results"]] == [("civil_affairs.marriage", "婚姻登记信息")]
    marriage = remote.action.package_show(id="civil_affairs--marriage")
    assert marriage == found["results"][0]
    assert {extra["key"]: extra["value"] for extra in marriage["extras"]}["number"] == "301001/000001"
    assert [tag["name"] for tag in marriage["tags"]] == ["婚姻", "民政 - 登记"]
    assert remote.action.resource_show(id="data_bureau.lamps/0")["format"] == "CSV"
    assert [one["name"] for one in remote.action.organization_list(all_fields=True)] == ["civil_affairs", "data_bureau"]
    assert remote.action.organization_show(id="civil_affairs")["package_count"] == 2
    assert "婚姻" in remote.action.tag_list()
    with pytest.raises(ckanapi.NotFound):
        remote.action.package_show(id="nobody")
    with pytest.raises(ckanapi.ValidationError):
        remote.action.package_search(fq="colour:red")


@pytest.mark.usefixtures("three")
def test_a_ckan_harvester_gathers_page_by_page_and_only_what_changed() -> None:
    """The calls that ckanext-harvest makes: all ids in pages sorted by id, then what changed since the last time."""
    first = _search("rows=2&start=0&sort=id+asc&fq=dataset_type:dataset")
    second = _search("rows=2&start=2&sort=id+asc&fq=dataset_type:dataset")
    ids = [one["id"] for one in first["results"] + second["results"]]
    assert first["count"] == 3
    assert ids == ["civil_affairs.elders", "civil_affairs.marriage", "data_bureau.lamps"]
    models.Resource.objects.exclude(code="data_bureau.lamps").update(updated_at="2026-01-01T00:00:00+00:00")
    assert [one["id"] for one in _search("fq=metadata_modified:[2026-01-02T00:00:00Z+TO+*]")["results"]] == [
        "data_bureau.lamps"
    ]
    assert _search("fq=(organization:data_bureau+OR+organization:nobody)")["count"] == 1
    assert _search("fq=-organization:data_bureau&facet.field=[%22organization%22]")["facets"] == {
        "organization": {"civil_affairs": 2}
    }


def _search(query: str) -> Any:
    answer = Client().get(f"/api/3/action/package_search?{query}").json()
    assert answer["success"] is True
    return answer["result"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"q": "*:*"}, {"text": ""}),
        ({"q": "title:婚姻 登记"}, {"text": "婚姻 登记"}),
        ({"fq": '+organization:"a" -organization:(b OR c)'}, {"departments": ("a",), "not_departments": ("b", "c")}),
        ({"fq_list": ["tags:人口", "name:x--y"]}, {"tags": ("人口",), "names": ("x--y",)}),
        ({"sort": "score desc, metadata_modified desc"}, {"order": "-updated_at"}),
        ({"rows": 5000, "start": "7"}, {"rows": 1000, "start": 7}),
    ],
)
def test_what_harvesters_ask_is_read(asked: dict[str, object], expected: dict[str, object]) -> None:
    sought = ckan_asking.read(asked)
    assert {name: getattr(sought, name) for name in expected} == expected


@pytest.mark.parametrize(
    "asked", [{"rows": "x"}, {"start": "-1"}, {"fq": "colour:red"}, {"fq": "tags"}, {"fq": "metadata_modified:[x TO *]"}]
)
def test_what_cannot_be_read_is_refused(asked: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        ckan_asking.read(asked)


@pytest.mark.data
@pytest.mark.usefixtures("three")
def test_the_export_keeps_the_shapes_of_dcat_ap(shared_data: Path, prepared_city: None) -> None:
    shapes = rdflib.Graph().parse(shared_data / "07_services" / "dcat-ap_3.0.1_shacl.ttl")
    graph = rdflib.Graph().parse(data=queries.export_dcat(who=SYSTEM, base="https://city.example"), format="turtle")
    dcat = rdflib.Namespace("http://www.w3.org/ns/dcat#")
    assert len(set(graph.subjects(rdflib.RDF.type, dcat.Dataset))) == models.Resource.objects.filter(state="published").count()
    conforms, _, report = pyshacl.validate(graph, shacl_graph=shapes)
    assert conforms, report


@pytest.mark.usefixtures("three")
def test_an_entrys_address_gives_it_to_machines_and_leads_people_to_its_page() -> None:
    answer = Client().get("/catalogue/civil_affairs.elders", headers={"Accept": "text/turtle"})
    graph = rdflib.Graph().parse(data=answer.content, format="turtle")
    entry = rdflib.URIRef(f"{SITE}/catalogue/civil_affairs.elders")
    assert str(graph.value(entry, rdflib.DCTERMS.relation)) == f"{SITE}/catalogue/civil_affairs.marriage"
    assert Client().get("/catalogue/civil_affairs.elders").headers["Location"] == "/desk/catalogue/civil_affairs.elders/"
    assert Client().get("/catalogue/nobody", headers={"Accept": "text/turtle"}).status_code == 404


@pytest.mark.usefixtures("three")
def test_our_own_harvest_takes_what_another_reader_wrote(tmp_path: Path) -> None:
    """The same entries as Turtle and as JSON-LD written by rdflib: references between nodes are followed."""
    text = queries.export_dcat(who=SYSTEM, base="https://city.example")
    path = tmp_path / "catalogue.jsonld"
    path.write_text(rdflib.Graph().parse(data=text, format="turtle").serialize(format="json-ld"))
    assert actions.import_file(who=SYSTEM, path=path, format="dcat", source="other") == ImportCount(3, 3, 0, 0, 0)
    lamps = models.Resource.objects.get(origin="other", name="路灯分布")
    assert lamps.links == [{"name": "路灯", "url": "https://data.example/a%20b.csv", "format": "CSV"}]
    assert lamps.provider
    assert lamps.state == "published"


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize("body", ["[1]", "{", "3"])
def test_a_body_that_is_no_object_is_refused_as_ckan_refuses(body: str) -> None:
    answer = Client().post("/api/3/action/package_search", body, content_type="application/json")
    assert (answer.status_code, answer.json()["success"]) == (409, False)
    assert json.loads(answer.content)["error"]["__type"] == "Validation Error"
