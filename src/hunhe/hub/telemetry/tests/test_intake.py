"""Taking batches: what is kept, counted and refused, and what sending again does."""

import json
from typing import Any

import pytest

from hunhe.hub.telemetry import actions, models
from hunhe.hub.telemetry.lane import read_back
from hunhe.hub.telemetry.shapes import NewSite
from hunhe.hub.telemetry.tests.scene import DEPARTMENT, SITES, SYSTEM, Scene, hour, hours_ago
from hunhe.kernel.audit.models import Entry
from hunhe.kernel.identity import actions as identity
from hunhe.stone.errors import Conflict, Denied, HunheError, Invalid, NotFound, Unauthenticated

pytestmark = pytest.mark.django_db
SITE = SITES[0]


def counts(reply: dict[str, Any]) -> tuple[int, int, int, int]:
    return reply["accepted"], reply["duplicate"], reply["refused"], reply["missing"]


def test_what_is_new_is_kept_and_counted(scene: Scene) -> None:
    reply = scene.send([(SITE, hour(0), 12), (SITE, hour(1), 13.5), (SITES[1], hour(0), 12)])
    assert counts(reply) == (3, 0, 0, 0)
    assert sorted(models.Reading.objects.values_list("site__code", "value")) == [(SITE, 12), (SITE, 13.5), (SITES[1], 12)]
    assert Entry.objects.filter(object=reply["batch"]).count() == 1


def test_missing_values_are_not_readings(scene: Scene) -> None:
    assert counts(scene.send([(SITE, hour(0), "NA"), (SITE, hour(1), None), (SITE, hour(2), ""), (SITE, hour(3), 0)])) == (
        1,
        0,
        0,
        3,
    )


def test_the_same_value_again_is_a_duplicate_within_and_among_batches(scene: Scene) -> None:
    assert counts(scene.send([(SITE, hour(0), 12), (SITE, hour(0), 12.0)])) == (1, 1, 0, 0)
    assert counts(scene.send([(SITE, hour(0), 12)])) == (0, 1, 0, 0)


def test_another_value_for_the_same_hour_is_a_conflict_and_the_first_stands(scene: Scene) -> None:
    reply = scene.send([(SITE, hour(0), 12), (SITE, hour(0), 900)])
    assert counts(reply) == (1, 0, 1, 0)
    assert reply["reasons"] == [{"reading": 1, "reason": "conflict", "kept": 12.0}]
    scene.send([(SITE, hour(0), 900)])
    assert models.Reading.objects.get().value == 12
    assert list(models.Conflict.objects.values_list("kept", "value")) == [(12, 900)]


@pytest.mark.parametrize(
    ("site", "metric", "at", "value", "reason"),
    [
        ("nowhere", "pm25", hour(0), 1, "unknown_site"),
        (SITE, "noise", hour(0), 1, "unknown_metric"),
        (SITE, "pm25", "yesterday at noon", 1, "not_a_time"),
        (SITE, "pm25", "0001-01-01T00:00+14:00", 1, "not_a_time"),
        (SITE, "pm25", "2013-01-01T00:30", 1, "off_step"),
        (SITE, "pm25", hour(0), "twelve", "not_a_number"),
        (SITE, "pm25", hour(0), True, "not_a_number"),
        (SITE, "pm25", hour(0), [1], "not_a_number"),
    ],
)
def test_a_reading_that_cannot_be_taken_says_why_and_leaves_the_others(
    scene: Scene, site: str, metric: str, at: str, value: object, reason: str
) -> None:
    rows = [
        {"site": site, "metric": metric, "at": at, "value": value},
        {"site": SITE, "metric": "pm25", "at": hour(5), "value": 7},
    ]
    body = json.dumps({"source": scene.source, "readings": rows}).encode()
    reply = json.loads(scene.answer(scene.incoming([]).__class__(body, scene.token, None)).body)
    assert counts(reply) == (1, 0, 1, 0)
    assert reply["reasons"] == [{"reading": 0, "reason": reason}]


def test_a_live_source_cannot_report_the_future(live: Scene) -> None:
    reply = live.send([(SITE, hours_ago(-2), 12), (SITE, hours_ago(1), 12)])
    assert [reason["reason"] for reason in reply["reasons"]] == ["in_future"]


def test_a_time_with_another_offset_is_the_same_hour(scene: Scene) -> None:
    assert counts(scene.send([(SITE, "2013-01-01T08:00", 5), (SITE, "2013-01-01T00:00+00:00", 5)])) == (1, 1, 0, 0)


def test_the_same_key_sends_once_and_another_body_is_refused(scene: Scene) -> None:
    first = scene.send([(SITE, hour(0), 12)], key="k1")
    again = scene.send([(SITE, hour(0), 12)], key="k1")
    assert again == {**first, "repeated": True}
    assert models.Batch.objects.count() == 1
    assert isinstance(scene.answer(scene.incoming([(SITE, hour(1), 12)], "k1")).refusal, Conflict)


def test_a_refused_delivery_leaves_the_others_of_its_commit(scene: Scene) -> None:
    good, stranger, bad = scene.answers(
        scene.incoming([(SITE, hour(0), 1)]), scene.incoming([(SITE, hour(1), 1)], token="hunhe_no"), scene.incoming([])
    )
    assert json.loads(good.body)["accepted"] == 1
    assert isinstance(stranger.refusal, Unauthenticated)
    assert isinstance(bad.refusal, Invalid)
    assert models.Reading.objects.count() == 1


def test_only_the_sources_own_client_may_send_and_read_back(scene: Scene) -> None:
    other = identity.create_client(who=SYSTEM, name="other", department=DEPARTMENT).secret
    assert isinstance(scene.answer(scene.incoming([(SITE, hour(0), 1)], token=other)).refusal, Denied)
    reply = scene.send([(SITE, hour(0), 1)])
    assert json.loads(read_back(scene.token, reply["batch"]).body) == reply
    with pytest.raises(NotFound):
        read_back(other, reply["batch"])


def test_an_unknown_source_is_refused(scene: Scene) -> None:
    body = json.dumps({"source": "no\x00such", "readings": [{"site": "a", "metric": "b", "at": "c", "value": 1}]}).encode()
    refusal = scene.answer(scene.incoming([]).__class__(body, scene.token, None)).refusal
    assert isinstance(refusal, NotFound)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"source":"air"}', b'{"source":"air","readings":[{"site":1}]}', b"\xff"])
def test_what_is_no_batch_is_refused(scene: Scene, body: bytes) -> None:
    refusal = scene.answer(scene.incoming([]).__class__(body, scene.token, None)).refusal
    assert isinstance(refusal, HunheError)
    assert refusal.status == 422


def test_a_source_keeps_what_its_readings_were_read_by(scene: Scene) -> None:
    client = identity.create_client(who=SYSTEM, name="new", department=DEPARTMENT).client.id
    said: dict[str, Any] = {"name": "air", "department": DEPARTMENT, "client": client, "metrics": ("pm25",), "mode": "replay"}
    actions.register_source(who=SYSTEM, code="air", sites=[NewSite(code="PM_New")], **said)
    assert models.Site.objects.count() == len(SITES) + 1
    with pytest.raises(Conflict):
        actions.register_source(who=SYSTEM, code="air", sites=[], clock="+09:00", **said)


def test_a_client_of_another_department_cannot_be_named(scene: Scene) -> None:
    client = identity.create_client(who=SYSTEM, name="police", department="public_security").client.id
    with pytest.raises(Invalid):
        actions.register_source(
            who=SYSTEM, code="x", name="x", department=DEPARTMENT, client=client, metrics=("pm25",), sites=[]
        )
