"""What a stranger is told, and what the holder sees of it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from hunhe.hub.exchange import queries as exchange
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.audit.models import Entry
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Invalid, NotFound
from hunhe.stone.who import Who
from hunhe.wallet.licence import actions, limiting, models, queries
from hunhe.wallet.licence.shapes import Answer
from hunhe.wallet.licence.tests.people import citizen
from hunhe.wallet.licence.tests.scene import FACTS, HOLDER, Scene

pytestmark = pytest.mark.django_db
NOBODY = Who.anonymous()


def test_a_stranger_learns_whether_it_holds_and_little_more(scene: Scene) -> None:
    made = scene.issue()
    told = queries.verify(who=NOBODY, code=made.code.upper())
    assert told.is_valid
    assert told.holder == "林**"
    assert {field.name: field.value for field in told.fields} == {"name": "林**", "card_class": "70 周岁以上"}
    assert FACTS["id_number"] not in repr(told)
    uses = queries.uses_of_licence(who=scene.holder, licence_id=made.id).items
    assert [(use.way, use.answer, use.entry_id) for use in uses] == [("code", Answer.VALID, told.entry_id)]
    seen = exchange.uses_of(who=scene.holder, subject_id=HOLDER).items
    assert [(use.resource_title, use.looked, use.masked, use.entry_id) for use in seen] == [
        ("老年人优待证", ("优待类别",), ("姓名",), told.entry_id)
    ]
    assert audit.receipt(who=NOBODY, entry_id=told.entry_id).leaf_hash == seen[0].leaf_hash


def test_a_code_cannot_be_guessed_and_an_identifier_is_no_code(scene: Scene) -> None:
    made = scene.issue()
    for code in (
        "",
        "x",
        made.identifier,
        made.id,
        made.code[:-1],
        made.code + "0",
        "%00" * 9,
        "０" * 26,
        made.code.replace(made.code[0], "*"),
    ):
        told = queries.verify(who=NOBODY, code=code)
        assert told.answer == Answer.UNKNOWN
        assert (told.holder, told.identifier, told.fields) == ("", "", ())
    assert Entry.objects.filter(act="licence.verification.failed").count() == 9
    assert len(made.code) == 26


def test_a_check_follows_the_calendar_to_the_day(scene: Scene, at: Callable[[timedelta], None]) -> None:
    made = scene.issue(valid_from=date(2026, 11, 25), valid_until=date(2026, 11, 26))
    answers = []
    for day in range(4):
        at(timedelta(days=day))
        answers.append(queries.verify(who=NOBODY, code=made.code).answer.value)
    assert answers == ["issued", "valid", "valid", "expired"]


def test_a_use_copy_says_what_for_and_ends_alone(scene: Scene, at: Callable[[timedelta], None]) -> None:
    made = scene.issue()
    said = {"purpose": "办公园年票", "recipient": "北陵公园", "valid_until": date(2026, 12, 1), "key": "u1"}
    copy = actions.order_copy(who=scene.holder, licence_id=made.id, **said)
    assert actions.order_copy(who=scene.holder, licence_id=made.id, **said).id == copy.id
    told = queries.verify(who=NOBODY, code=copy.code)
    assert (told.answer, told.purpose, told.recipient) == (Answer.VALID, "办公园年票", "北陵公园")
    with pytest.raises(NotFound):
        actions.revoke_copy(who=citizen("wang", "sub_wang"), copy_id=copy.id)
    actions.revoke_copy(who=scene.holder, copy_id=copy.id)
    actions.revoke_copy(who=scene.holder, copy_id=copy.id)
    assert queries.verify(who=NOBODY, code=copy.code).answer == Answer.COPY_REVOKED
    assert queries.verify(who=NOBODY, code=made.code).is_valid
    late = actions.order_copy(who=scene.holder, licence_id=made.id, **{**said, "key": "u2"})
    at(timedelta(days=8))
    assert queries.verify(who=NOBODY, code=late.code).answer == Answer.COPY_EXPIRED
    actions.revoke_licence(who=scene.keeper, licence_id=made.id, reason="冒领", expected_version=made.rev)
    assert queries.verify(who=NOBODY, code=late.code).answer == Answer.REVOKED


def test_who_may_order_a_use_copy_and_for_how_long(scene: Scene) -> None:
    made = scene.issue()
    said = {"purpose": "x", "recipient": "y", "valid_until": date(2026, 12, 1), "key": "u1"}
    with pytest.raises(NotFound):
        actions.order_copy(who=citizen("wang", "sub_wang"), licence_id=made.id, **said)
    for changes in (
        {"valid_until": date(2026, 11, 23)},
        {"valid_until": date(2028, 1, 1)},
        {"purpose": " "},
        {"recipient": "z" * 101},
    ):
        with pytest.raises(Invalid):
            actions.order_copy(who=scene.holder, licence_id=made.id, **{**said, **changes})
    actions.suspend_licence(who=scene.keeper, licence_id=made.id, reason="核查", expected_version=made.rev)
    with pytest.raises(Conflict):
        actions.order_copy(who=scene.holder, licence_id=made.id, **said)
    assert not models.UseCopy.objects.exists()


def test_over_http_without_signing_in(scene: Scene) -> None:
    made = scene.issue()
    told = Client().post("/api/v1/licence/verify", {"code": made.code}, content_type="application/json").json()
    assert (told["answer"], told["holder"]) == ("valid", "林**")
    page = Client().get(f"/verify/{made.code}/")
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert FACTS["id_number"].encode() not in page.content
    assert "林若溪".encode() not in page.content
    for body in ({}, {"code": "x", "credential": "y"}):
        assert Client().post("/api/v1/licence/verify", body, content_type="application/json").status_code == 422


def test_a_stranger_cannot_say_for_which_case_they_check(scene: Scene) -> None:
    made = scene.issue()
    Client().post("/api/v1/licence/verify", {"code": made.code, "case_id": "case_9"}, content_type="application/json")
    assert models.Verification.objects.get().case_id == ""


def test_trying_codes_is_stopped(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiting, "STRANGERS", 3)
    moment = clock.true_now()
    monkeypatch.setattr(limiting.clock, "true_now", lambda: moment)  # all within one minute
    answers = [Client().get("/verify/nothing/").status_code for _ in range(5)]
    assert answers == [200, 200, 200, 429, 429]
    assert Client().post("/api/v1/licence/verify", {"code": "x"}, content_type="application/json").status_code == 429
    assert Client(REMOTE_ADDR="10.0.0.9").get("/verify/nothing/").status_code == 200


def test_reading_a_licence_is_the_holders_and_the_issuers(scene: Scene) -> None:
    made = scene.issue()
    assert queries.licence_by_id(who=scene.keeper, licence_id=made.id).holder_name == "林若溪"
    assert Entry.objects.filter(act="licence.licence.seen", object=made.id).count() == 1
    for who in (scene.stranger, citizen("wang", "sub_wang")):
        for look in (queries.licence_by_id, queries.history, queries.uses_of_licence):
            with pytest.raises(NotFound):
                look(who=who, licence_id=made.id)
    assert [one.id for one in queries.list_licences(who=scene.keeper, department="civil_affairs").items] == [made.id]
    assert queries.counts(who=scene.keeper, department="civil_affairs").states["valid"] == 1
    assert queries.licences_of(who=scene.holder, subject_id=HOLDER).items[0].id == made.id
