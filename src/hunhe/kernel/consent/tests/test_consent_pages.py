"""The citizen's page: to whom, since when, what for, and the way back."""

import pytest
from django.test import Client

from conftest import official_client
from hunhe.kernel.consent import models
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("prepared_city")]


@pytest.fixture
def citizen() -> Client:
    client = official_client("citizen", None)
    account = Account.objects.get(username="t.citizen")
    from hunhe.stone.who import Who

    identity.raise_level(who=Who.system("test"), account_id=account.id, subject_id="per_1", level=2)
    return client


def test_asked_allowed_shown_taken_back_and_restored(citizen: Client):
    asked = citizen.get("/consents/ask/service.prefill/?recipient=civil_affairs&next=/uses/")
    assert "人口库" in asked.content.decode()
    answer = citizen.post("/consents/ask/service.prefill/", {"recipient": "civil_affairs", "next": "/uses/"})
    assert (answer.status_code, answer["Location"]) == (302, "/uses/")
    consent = models.Consent.objects.get()
    page = citizen.get("/consents/").content.decode()
    assert "民政" in page
    assert "办事时替您填好" in page
    after = citizen.post(f"/consents/{consent.id}/withdraw/", follow=True).content.decode()
    assert f"/consents/{consent.id}/undo/" in after
    back = citizen.post(f"/consents/{consent.id}/undo/", follow=True).content.decode()
    assert f"/consents/{consent.id}/undo/" not in back
    assert models.Consent.objects.filter(state="given").count() == 1


def test_it_never_leads_away(citizen: Client):
    answer = citizen.post("/consents/ask/service.prefill/", {"next": "https://example.org/"})
    assert answer["Location"] == "/consents/"


def test_without_a_name_or_a_login():
    assert official_client("citizen", None).get("/consents/").status_code == 200
    assert Client().get("/consents/").status_code == 302


def test_by_interface(citizen: Client):
    given = citizen.post(
        "/api/v1/consent/consents",
        {"kind": "code.show_name"},
        content_type="application/json",
        headers={"Idempotency-Key": "one"},
    )
    assert given.status_code == 200, given.content
    ended = citizen.post(f"/api/v1/consent/consents/{given.json()['id']}/withdraw")
    assert ended.json()["state"] == "withdrawn"
    assert [item["state"] for item in citizen.get("/api/v1/consent/consents").json()["items"]] == ["withdrawn"]
    assert {kind["id"] for kind in Client().get("/api/v1/consent/kinds").json()["items"]} >= {
        "service.prefill",
        "code.show_name",
    }
