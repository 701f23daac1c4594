"""Receipt → call → golden field → source row → batch, through the real lake and a real build."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from hunhe.hub.bases.tests.city import EMPLOYMENT, RESIDENT, build, employed, number, put, resident
from hunhe.hub.catalogue import actions as catalogue
from hunhe.hub.catalogue.shapes import Item, Resource
from hunhe.hub.exchange import granting, models, queries, services
from hunhe.hub.exchange.tests.people import citizen, official
from hunhe.hub.exchange.tests.scene import SYSTEM, WANG, Scene
from hunhe.hub.lake import actions as lake
from hunhe.stone.errors import Denied, HunheError, NotFound
from hunhe.stone.who import Who

pytestmark = pytest.mark.django_db(transaction=True)
LI = number(1)


@pytest.fixture
def built(scene: Scene) -> Scene:
    """A population base of one person told of by two lists, and a served list."""
    put(RESIDENT, [resident(number(9), "王强"), resident(LI, "李静", phone="13800000001")])
    version = put(EMPLOYMENT, [employed("JY1", LI, "李静", phone="13900000002", employer="第一厂")])
    lake.publish_serving(who=SYSTEM, table=EMPLOYMENT, version=version, keys=("_key", "id_number"))
    assert build().failures == {}
    items = (Item(name="id_number", title="身份证号"), Item(name="name", title="姓名"), Item(name="phone", title="手机"))
    resource = Resource(
        code="population",
        name="人口基础信息",
        department="public_security",
        provider="x",
        abstract="x",
        items=items,
        condition="x",
        basis="x",
        dataset="base.population",
        keys=("id_number",),
    )
    catalogue.save_resource(who=SYSTEM, resource=resource)
    catalogue.register_resource(who=SYSTEM, code="population")
    catalogue.publish_resource(who=SYSTEM, code="population")
    services.forget_services()
    return scene


def called(scene: Scene, service: str, columns: dict[str, str]) -> str:
    """Entry id of an answered call about Li."""
    scene.grant(service, resource=service.rpartition(".")[0], columns=columns, procedures=[])
    body = json.loads(scene.incoming(service).body) | {"key": {"id_number": LI}}
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


def test_gaps_are_named(built: Scene) -> None:
    entry = called(built, f"{EMPLOYMENT}.lookup", {"employer": "give"})
    emptied = put(EMPLOYMENT, [])
    lake.publish_serving(who=SYSTEM, table=EMPLOYMENT, version=emptied, keys=("_key", "id_number"))
    traced = queries.trace(who=SYSTEM, entry_id=entry)
    assert (traced.fields, traced.gaps) == ((), ("newer_version", "row_gone"))
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
