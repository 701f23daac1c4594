"""Open311 GeoReport v2 as the published specification writes it: names, shapes, errors; and that it tells nothing about anybody."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from hunhe.kernel.identity import actions as identity
from hunhe.networks.governance import georeport, models, reporting, telling
from hunhe.networks.governance.tests import scene
from hunhe.networks.governance.tests.scene import COVER, LAT, LON, METRE
from hunhe.stone.errors import Invalid

BASE = "/open311/v2"
NOW = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
REQUEST = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip
MUST_FAIL = {
    "no key": ({"api_key": ""}, 403),
    "a wrong key": ({"api_key": "hk_wrong"}, 403),
    "no place": ({"lat": ""}, 400),
    "an infinite place": ({"lat": "nan"}, 400),
    "no service": ({"service_code": "x"}, 400),
    "another city": ({"jurisdiction_id": "nyc.gov"}, 404),
    "a picture from elsewhere": ({"media_url": "https://example.org/p.jpg"}, 400),
    "a picture of somebody else": ({"media_url": "/street/photos/pho_x/"}, 400),
    "outside the city": ({"lat": "48.85", "long": "2.35"}, 404),
}

every_test = pytest.mark.django_db


@pytest.fixture
def key(prepared_city: None, at: Callable[[datetime], None]) -> str:
    """A program's api_key."""
    at(NOW)
    return identity.create_client(who=scene.SYSTEM, name="外地平台", department="urban_management").secret


def said(key: str, **more: str) -> dict[str, str]:
    return {"api_key": key, "service_code": COVER, "lat": str(LAT), "long": str(LON), "description": "盖子没了"} | more


def post(client: Client, body: dict[str, str], form: str = "json", **headers: str) -> Any:
    return client.post(f"{BASE}/requests.{form}", body, headers=headers)


def read(client: Client, path: str, **asked: str) -> Any:
    return json.loads(client.get(f"{BASE}/{path}.json", asked).content)


@every_test
def test_services_have_the_names_of_the_specification(key: str, client: Client) -> None:
    found = read(client, "services")
    assert {frozenset(one) for one in found} == {frozenset(SERVICE)}
    xml = ElementTree.fromstring(client.get(f"{BASE}/services.xml").content)
    assert (xml.tag, {one.tag for one in xml}) == ("services", {"service"})
    assert [one.findtext("service_code") for one in xml] == [one["service_code"] for one in found]
    assert read(client, f"services/{COVER}") == {"service_code": COVER, "attributes": []}
    definition = ElementTree.fromstring(client.get(f"{BASE}/services/{COVER}.xml").content)
    assert (definition.tag, definition.findtext("service_code")) == ("service_definition", COVER)
    assert client.get(f"{BASE}/services/x.json").status_code == 404


@every_test
def test_a_report_becomes_a_request_that_anybody_reads(key: str, client: Client) -> None:
    (made,) = json.loads(post(client, said(key)).content)
    assert set(made) == {"service_request_id", "service_notice", "account_id"}
    (found,) = read(client, "requests")
    assert set(found) == REQUEST
    assert (found["service_request_id"], found["status"], found["service_code"]) == (made["service_request_id"], "open", COVER)
    assert found["requested_datetime"] == "2026-11-16T01:00:00Z"
    assert read(client, f"requests/{made['service_request_id']}") == [found]
    xml = ElementTree.fromstring(client.get(f"{BASE}/requests.xml").content)
    assert (xml.tag, [one.tag for one in xml]) == ("service_requests", ["request"])
    assert {one.tag for one in xml[0]} == REQUEST
    report = models.Report.objects.get()
    assert report.source == "open311"
    assert read(client, f"tokens/{report.id}") == [{"token": report.id, "service_request_id": made["service_request_id"]}]


@every_test
def test_the_same_report_again_is_one_and_a_second_persons_joins(key: str, client: Client) -> None:
    answers = [post(client, said(key)).content for _ in range(2)]
    assert answers[0] == answers[1]
    assert models.Report.objects.count() == 1
    post(client, said(key, description="又一个人"))
    assert [(row.reports) for row in models.Problem.objects.all()] == [2]
    key_used = {"Idempotency-Key": "k"}
    assert post(client, said(key, lat=str(LAT + 500 * METRE)), **key_used).status_code == 200
    assert post(client, said(key, lat=str(LAT + 600 * METRE)), **key_used).status_code == 409


@every_test
def test_nothing_about_a_person_is_told(key: str, client: Client) -> None:
    person = scene.citizen()
    report = scene.report(person, words="我住三楼，电话 13900000000", place="张三家门口", photo_ids=[scene.photo(person).id])
    text = client.get(f"{BASE}/requests.json").content.decode() + client.get(f"{BASE}/requests.xml").content.decode()
    for private in ("三楼", "139", "张三", person.id, person.name, report.id, "pho_", str(LAT), str(LON)):
        assert private not in text, private
    (found,) = read(client, "requests")
    assert (found["lat"], found["long"]) == (round(LAT, 3), round(LON, 3))
    assert client.get(f"{BASE}/tokens/{report.id}.json").status_code == 404, "a person's report is no token"


@every_test
def test_filters(key: str, client: Client, at: Callable[[datetime], None]) -> None:
    cover = scene.report().problem_id
    at(NOW + timedelta(days=40))
    closed = scene.closed(scene.fixed(scene.dispatched(scene.report(kind="c0102").problem_id)))
    for asked, ids in (
        ({}, [closed.id, cover]),
        ({"status": "open"}, [cover]),
        ({"status": "closed"}, [closed.id]),
        ({"status": "open,closed"}, [closed.id, cover]),
        ({"service_code": "c0102,c0120"}, [closed.id]),
        ({"service_request_id": f"{cover},nothing"}, [cover]),
        ({"start_date": "2026-12-01T00:00:00Z"}, [closed.id]),
        ({"end_date": "2026-11-30T00:00:00Z"}, [cover]),
    ):
        assert [one["service_request_id"] for one in read(client, "requests", **asked)] == ids, asked
    for asked in ({"start_date": "2026-01-01", "end_date": "2026-11-01"}, {"start_date": "x"}, {"status": "late"}):
        answer = client.get(f"{BASE}/requests.json", asked)
        assert answer.status_code == 400
        assert [set(one) for one in json.loads(answer.content)] == [{"code", "description"}]


@every_test
def test_pages_follow_one_another_by_their_link(key: str, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "PAGE", 2)
    made = {scene.report(lat=LAT + 100 * n * METRE).problem_id for n in range(5)}
    seen: list[str] = []
    path = f"{BASE}/requests.json?status=open"
    for _ in range(3):
        answer = client.get(path)
        seen += [one["service_request_id"] for one in json.loads(answer.content)]
        path = answer.headers.get("Link", "<>").split(">")[0].lstrip("<")
    assert (len(seen), set(seen), path) == (5, made, "")


@every_test
def test_more_requests_cost_no_more_queries(key: str, client: Client, django_assert_num_queries: Any) -> None:
    def cost() -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as seen:
            client.get(f"{BASE}/requests.json")
        return len(seen)

    scene.report()
    cost()
    few = cost()
    for n in range(1, 7):
        scene.report(lat=LAT + 100 * n * METRE)
    assert cost() == few


@every_test
@pytest.mark.parametrize("wrong", MUST_FAIL)
def test_what_is_wrong_is_refused_in_the_form_of_the_specification(wrong: str, key: str, client: Client) -> None:
    change, status = MUST_FAIL[wrong]
    answer = post(client, said(key) | change, "xml")
    assert answer.status_code == status, answer.content
    xml = ElementTree.fromstring(answer.content)
    assert (xml.tag, [one.tag for one in xml], xml[0].findtext("code")) == ("errors", ["error"], str(status))
    assert xml[0].findtext("description")
    assert not models.Report.objects.exists()


@every_test
def test_a_photo_that_the_program_sent_before_comes_along(key: str, client: Client) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    sent = client.post(
        "/api/v1/governance/photos",
        {"file": SimpleUploadedFile("p.jpg", scene.jpeg(), content_type="image/jpeg")},
        headers={"Authorization": f"Bearer {key}"},
    )
    photo = json.loads(sent.content)["id"]
    assert post(client, said(key, media_url=f"/street/photos/{photo}/")).status_code == 200
    assert models.Photo.objects.get().problem_id is not None


@every_test
def test_a_flood_is_stopped_and_what_was_sent_may_be_asked_again(
    key: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting, "MOST_AN_HOUR", 1)
    assert post(client, said(key)).status_code == 200
    assert post(client, said(key, description="x")).status_code == 429
    assert post(client, said(key)).status_code == 200


texts = st.dictionaries(
    st.sampled_from(["start_date", "end_date", "status", "service_code", "service_request_id"]), st.text(max_size=30)
)


@given(texts)
def test_any_words_are_a_span_of_at_most_ninety_days_or_a_refusal(words: dict[str, str]) -> None:
    try:
        found = georeport.asked(words, NOW)
    except Invalid:
        return
    assert timedelta(0) <= found.end - found.start <= timedelta(days=90)


@given(st.dictionaries(st.sampled_from(["lat", "long"]), st.text(max_size=12) | st.floats().map(str)))
def test_any_words_are_a_place_on_earth_or_a_refusal(words: dict[str, str]) -> None:
    try:
        lon, lat = georeport.point(words)
    except Invalid:
        return
    assert abs(lon) <= 180
    assert abs(lat) <= 90
