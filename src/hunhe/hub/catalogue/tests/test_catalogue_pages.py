"""Pages and harvest formats of the catalogue."""

from typing import Any

import pytest
from django.test import Client

from conftest import official_client
from hunhe.hub.catalogue import turtle


@pytest.mark.django_db
def test_entries_are_found_and_shown(prepared_city: None, settings: Any) -> None:
    settings.HUNHE_DEMO = True  # no second factor
    client = official_client("steward")
    found = client.get("/desk/catalogue/?q=户籍").content.decode()
    assert "户籍人口信息" in found
    assert "参保信息" not in found
    page = client.get("/desk/catalogue/public_security.household/").content.decode()
    for words in ("公民身份号码", "有条件共享", "居民身份证法", "查询条件", "已发布"):
        assert words in page, words
    assert "没有含这些词" in client.get("/desk/catalogue/?q=啊啊啊").content.decode()
    assert client.get("/desk/catalogue/nobody/").status_code == 404
    assert client.get("/desk/catalogue/?cursor=%").status_code == 422


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "department", "asks"),
    [("applicant", "health_insurance", True), ("applicant", "public_security", False), ("steward", "human_resources", False)],
)
def test_an_entry_leads_applicants_of_other_departments_to_the_form(
    prepared_city: None, settings: Any, role: str, department: str, asks: bool
) -> None:
    settings.HUNHE_DEMO = True
    client = official_client(role, department)
    form = "/desk/exchange/services/public_security.household.lookup/apply/"
    assert (form in client.get("/desk/catalogue/public_security.household/").content.decode()) == asks
    if asks:
        assert client.get(form).status_code == 200


@pytest.mark.django_db
def test_other_catalogues_can_harvest(prepared_city: None) -> None:
    anybody = Client()
    graph = turtle.parse(anybody.get("/catalogue.ttl").content.decode())
    assert "http://testserver/catalogue/public_security.household" in graph
    answer = anybody.get("/api/3/action/package_search?q=人口&rows=5").json()["result"]
    assert answer["count"] == len(answer["results"]) >= 1
    assert anybody.get("/api/3/action/package_search?rows=x").status_code == 409
    assert anybody.get("/api/3/action/package_show?id=public_security.household").json()["result"]["title"] == "户籍人口信息"
    assert anybody.get("/api/3/action/package_show?id=none").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("query", "status"), [("", 200), ("text=x", 200), ("size=1", 200), ("size=0", 422), ("size=201", 422)])
def test_the_api_has_a_usual_size_and_bounds(query: str, status: int) -> None:
    for name in ("search", "resources"):
        assert Client().get(f"/api/v1/catalogue/{name}?{query}").status_code == status
