"""Receipt → call → golden field → source row → batch, through the real lake and a real build."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from hunhe.hub.bases.tests.city import EMPLOYMENT, ENTERPRISE, RESIDENT, build, employed, enterprise, number, put, resident
from hunhe.hub.catalogue import actions as catalogue
from hunhe.hub.catalogue.shapes import Item, Resource
from hunhe.hub.collect import actions as collect
from hunhe.hub.exchange import granting, models, queries, services
from hunhe.hub.exchange.tests.people import citizen, official
from hunhe.hub.exchange.tests.scene import SYSTEM, WANG, Scene
from hunhe.hub.lake import actions as lake
from hunhe.kernel.identity.models import Account
from hunhe.stone.errors import Denied, HunheError, NotFound
from hunhe.stone.who import Who
from hunhe.ui.templatetags.ui import short

pytestmark = pytest.mark.django_db(transaction=True)
LI = number(1)
FIRM = "91350100M000100Y43"


@pytest.fixture
def built(scene: Scene) -> Scene:
    """A population base of one person told of by two lists, and a served list."""
    put(RESIDENT, [resident(number(9), "王强"), resident(LI, "李静", phone="13800000001")])
    version = put(EMPLOYMENT, [employed("JY1", LI, "李静", phone="13900000002", employer="第一厂")])
    lake.publish_serving(who=SYSTEM, table=EMPLOYMENT, version=version, keys=("_key", "id_number"))
    assert build().failures == {}
    publish("population", "base.population", id_number="身份证号", name="姓名", phone="手机")
    return scene


def publish(code: str, dataset: str, **titles: str) -> None:
    """An entry of these columns, asked by the first of them."""
    resource = Resource(
        code=code,
        name=f"资源 {code}",
        department="public_security",
        provider="x",
        abstract="x",
        items=tuple(Item(name=name, title=title) for name, title in titles.items()),
        condition="x",
        basis="x",
        dataset=dataset,
        keys=(next(iter(titles)),),
    )
    catalogue.save_resource(who=SYSTEM, resource=resource)
    catalogue.register_resource(who=SYSTEM, code=code)
    catalogue.publish_resource(who=SYSTEM, code=code)
    services.forget_services()


def called(scene: Scene, service: str, columns: dict[str, str], **key: str) -> str:
    """Entry id of an answered call; about Li where no key is given."""
    scene.grant(service, resource=service.rpartition(".")[0], columns=columns, procedures=[])
    body = json.loads(scene.incoming(service).body) | {"key": key or {"id_number": LI}}
    del body["case"]
    status, answer = scene.calls(replace(scene.incoming(service), body=json.dumps(body).encode()))[0]
    assert status == 200, answer
    return str(answer["receipt"]["entry_id"])


def test_a_golden_field_leads_to_the_row_that_won_and_the_one_that_lost(built: Scene) -> None:
    entry = called(built, "population.lookup", {"name": "give", "phone": "mask"})
    traced = queries.trace(who=official("data_bureau", "reviewer"), entry_id=entry)
    phone = next(field for field in traced.fields if field.name == "phone")
    assert (phone.title, phone.choice) == ("手机", "mask")
    assert phone.source is not None
    assert (phone.source.dataset, phone.source.key, phone.source.line) == (RESIDENT, LI, 2)
    assert phone.source.batch == f"bat_{RESIDENT}_1".replace(".", "-")
    assert [(loser.dataset, loser.key) for loser in phone.losers] == [(EMPLOYMENT, "JY1")]
    assert traced.receipt.entry_id == traced.call.entry_id == entry
    assert (traced.base, traced.gaps) == ("population", ())


def test_a_departments_row_is_found_by_the_person(built: Scene) -> None:
    entry = called(built, f"{EMPLOYMENT}.lookup", {"employer": "give"})
    traced = queries.trace(who=official("data_bureau", "auditor"), entry_id=entry)
    source = traced.fields[0].source
    assert source is not None
    assert (source.dataset, source.key, source.batch, source.line) == (
        EMPLOYMENT,
        "JY1",
        f"bat_{EMPLOYMENT}_1".replace(".", "-"),
        1,
    )


def test_a_call_about_nobody_leads_to_the_batch_that_brought_the_version_it_was_read_from(
    scene: Scene, tmp_path: Path, demo_folder: None
) -> None:
    batches, entries = [], []
    for day in ("2026-03-01", "2026-03-02"):
        (tmp_path / "air.csv").write_text(f"station,day,pm25\n浑南,{day},31\n和平,{day},44\n")
        batches.append(collect.land_file(who=SYSTEM, path=tmp_path / "air.csv", dataset="ecology.air"))
        lake.publish_serving(who=SYSTEM, table="ecology.air", version=batches[-1].version or 0, keys=("_key", "station"))
        if day == "2026-03-01":
            publish("air", "ecology.air", station="站点", day="日期", pm25="细颗粒物")
        entries.append(called(scene, "air.lookup", {"day": "give", "pm25": "give"}, station="浑南"))
    reviewer = official("data_bureau", "reviewer")
    for entry, batch in zip(entries, batches, strict=True):
        traced = queries.trace(who=reviewer, entry_id=entry)
        assert (traced.call.version, traced.base, traced.fields, traced.gaps) == (batch.version, None, (), ())
        assert traced.origin is not None
        assert (traced.origin.dataset, traced.origin.version, traced.origin.batch) == ("ecology.air", batch.version, batch.id)
        assert (traced.origin.digest, traced.origin.arrived_at) == (batch.digest, batch.started_at)
    assert batches[0].version != batches[1].version
    browser = Client()
    browser.force_login(Account.objects.get(id=reviewer.id), backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(reverse("exchange:trace", args=[entries[0]])).content.decode()
    told = page[page.index('class="trace-origin"') :].partition("</p>")[0]
    assert "ecology.air" in told
    assert short(batches[0].id) in told


def test_a_call_about_a_firm_is_followed_field_by_field(scene: Scene) -> None:
    put(ENTERPRISE, [enterprise(FIRM, "沈阳瑞恒商贸有限公司")])
    put(EMPLOYMENT, [employed("JY1", LI, "李静", employer_uscc=FIRM, employer="沈阳瑞恒商贸")])
    assert build("legal_person").failures == {}
    publish("firms", "base.legal_person", uscc="信用代码", name="名称")
    traced = queries.trace(who=SYSTEM, entry_id=called(scene, "firms.lookup", {"name": "give"}, uscc=FIRM))
    (name,) = traced.fields
    assert name.source is not None
    assert (name.source.dataset, name.source.key, name.source.batch) == (
        ENTERPRISE,
        FIRM,
        f"bat_{ENTERPRISE}_1".replace(".", "-"),
    )
    assert [loser.dataset for loser in name.losers] == [EMPLOYMENT]
    assert (traced.base, traced.gaps, traced.origin) == ("legal_person", (), None)


def test_gaps_are_named(built: Scene) -> None:
    entry = called(built, f"{EMPLOYMENT}.lookup", {"employer": "give"})
    emptied = put(EMPLOYMENT, [])
    lake.publish_serving(who=SYSTEM, table=EMPLOYMENT, version=emptied, keys=("_key", "id_number"))
    traced = queries.trace(who=SYSTEM, entry_id=entry)
    assert (traced.fields, traced.gaps) == ((), ("newer_version", "row_gone", "batch_gone"))
    catalogue.retire_resource(who=SYSTEM, code=EMPLOYMENT)
    services.forget_services()
    assert queries.trace(who=SYSTEM, entry_id=entry).gaps == ("service_gone",)


def test_who_may_follow_a_call(built: Scene) -> None:
    entry = called(built, "population.lookup", {"name": "give"})
    subject = models.Call.objects.get(entry_id=entry).subject_id or ""
    owner = citizen("li", subject)
    assert queries.trace(who=owner, entry_id=entry).fields
    for stranger in (citizen("wang", WANG), official("health_insurance", "applicant"), Who.anonymous()):
        with pytest.raises(HunheError) as refused:
            queries.trace(who=stranger, entry_id=entry)
        assert refused.value.status in (401, 403)
    with transaction.atomic():
        models.Call.objects.update(hold_until=granting.today() + timedelta(days=3))
    with pytest.raises(Denied):
        queries.trace(who=owner, entry_id=entry)
    with pytest.raises(NotFound):
        queries.trace(who=SYSTEM, entry_id="aud_nothing")


def test_a_refused_call_has_nothing_to_follow(scene: Scene) -> None:
    answer: dict[str, Any] = scene.call()[1]
    traced = queries.trace(who=SYSTEM, entry_id=answer["entry_id"])
    assert (traced.call.outcome, traced.call.code, traced.fields) == ("refused", "no_grant", ())
