"""What stands, what ends, and who may say so."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit import queries as audit_log
from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.consent import actions, content, ending, models, queries, registry
from hunhe.kernel.consent.shapes import Consent, ConsentState
from hunhe.kernel.consent.tests.conftest import CLERK, MONDAY, NAMELESS, SHEN, SYSTEM, WU, put
from hunhe.kernel.events import actions as events
from hunhe.kernel.events import registry as events_registry
from hunhe.stone.errors import Conflict, Denied, NotFound, Unauthenticated
from hunhe.stone.who import Who

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("kinds")]


def give(who: Who = SHEN, kind: str = "test.fill_in", recipient: str = "civil_affairs", **more: str) -> Consent:
    return actions.give_consent(who=who, kind=kind, recipient=recipient, **more)


def active(recipient: str = "civil_affairs", subject_id: str = "per_1") -> Consent | None:
    return queries.active_consent(who=SYSTEM, subject_id=subject_id, kind="test.fill_in", recipient=recipient)


def test_what_is_given_stands_for_this_recipient_only():
    given = give()
    assert (given.state, given.until, given.purpose) == (ConsentState.GIVEN, MONDAY + timedelta(days=30), "填好申请表")
    assert active() == given
    assert active("human_resources") is None
    assert active(subject_id="per_2") is None


def test_twice_is_one():
    assert give().id == give().id
    assert models.Consent.objects.count() == 1


def test_withdrawing_counts_from_the_next_question():
    given = give()
    ended = actions.withdraw_consent(who=SHEN, consent_id=given.id)
    assert (ended.state, ended.ended_at) == (ConsentState.WITHDRAWN, MONDAY)
    assert active() is None
    assert actions.withdraw_consent(who=SHEN, consent_id=given.id) == ended
    assert models.Ending.objects.count() == 1


def test_a_retry_with_its_key_never_revives_what_was_taken_back():
    given = give(key="k1")
    actions.withdraw_consent(who=SHEN, consent_id=given.id)
    assert give(key="k1").state is ConsentState.WITHDRAWN
    assert active() is None
    with pytest.raises(Conflict):
        give(key="k1", recipient="human_resources")
    assert give(key="k2").state is ConsentState.GIVEN


def test_a_changed_text_asks_anew():
    old = give()
    put(version="2026-12", text="我们替你填，也替你存。")
    assert active() is None
    shown = {consent.id: consent.state for consent in queries.list_consents(who=SHEN, subject_id="per_1").items}
    assert shown == {old.id: ConsentState.SUPERSEDED}
    new = give()
    assert new.id != old.id
    assert new.version == "2026-12"
    assert models.Ending.objects.get(consent_id=old.id).state == "superseded"


def test_a_text_that_somebody_allowed_cannot_be_swapped():
    put(text="还没有人同意，可以改。")
    give()
    with pytest.raises(Conflict, match=r"consent\.kind\.used"):
        put(text="悄悄改过的文本。")


def test_it_runs_out(at: Callable[[datetime], None]):
    given = give()
    at(MONDAY + timedelta(days=30))
    assert active() is None
    assert queries.consent_by_id(who=SHEN, subject_id="per_1", consent_id=given.id).state is ConsentState.EXPIRED
    assert ending.expire_due() == 1
    assert ending.expire_due() == 0
    assert give().id != given.id
    assert models.Ending.objects.get(consent_id=given.id).state == "expired"


def test_undo_within_a_minute_only(at: Callable[[datetime], None]):
    given = give()
    actions.withdraw_consent(who=SHEN, consent_id=given.id)
    at(MONDAY + timedelta(seconds=50))
    again = actions.undo_withdrawal(who=SHEN, consent_id=given.id)
    assert again.id != given.id
    assert again.until == given.until
    assert active() == again
    assert actions.undo_withdrawal(who=SHEN, consent_id=given.id) == again
    at(MONDAY + timedelta(seconds=61))
    with pytest.raises(Conflict, match=r"consent\.undo\.late"):
        actions.undo_withdrawal(who=SHEN, consent_id=given.id)


def test_what_the_law_keeps_cannot_be_taken_back():
    given = give(kind="test.forever")
    with pytest.raises(Conflict, match=r"consent\.withdraw\.never"):
        actions.withdraw_consent(who=SHEN, consent_id=given.id)


@pytest.mark.parametrize(
    ("who", "refusal"), [(Who.anonymous(), Unauthenticated), (CLERK, Denied), (NAMELESS, Denied)], ids=lambda value: str(value)
)
def test_nobody_else_says_yes(who: Who, refusal: type[Exception]):
    with pytest.raises(refusal):
        give(who)
    assert not models.Consent.objects.exists()


def test_nobody_sees_or_ends_anothers():
    given = give()
    with pytest.raises(NotFound):
        actions.withdraw_consent(who=WU, consent_id=given.id)
    with pytest.raises(Denied):
        queries.list_consents(who=WU, subject_id="per_1")
    with pytest.raises(Denied):
        queries.active_consent(who=WU, subject_id="per_1", kind="test.fill_in")
    with pytest.raises(Denied):
        give(WU, subject_id="per_1")


def test_a_child_needs_a_guardian(kin: registry.Kin):
    actions.register_kin(
        who=SYSTEM,
        age={"per_1": 40, "per_2": 13, "per_3": 14}.get,
        guardian=lambda guardian, child: (guardian, child) == ("per_1", "per_2"),
    )
    with pytest.raises(Denied, match=r"consent\.guardian"):
        give(WU)
    with pytest.raises(Denied, match=r"consent\.guardian"):
        give(SYSTEM, subject_id="per_2")
    given = give(SHEN, subject_id="per_2")
    assert (given.subject_id, given.given_by) == ("per_2", SHEN.id)
    assert active(subject_id="per_2") == given
    assert actions.withdraw_consent(who=SHEN, consent_id=given.id).state is ConsentState.WITHDRAWN
    with pytest.raises(Denied, match="not_guardian"):
        give(SHEN, subject_id="per_3")


def test_each_step_has_a_receipt_and_an_event():
    heard: list[str] = []
    for name in ("consent.consent.given", "consent.consent.withdrawn"):
        events.subscribe(who=SYSTEM, name=name, subscriber="test", handler=lambda event: heard.append(event.name))
    try:
        given = give()
        actions.withdraw_consent(who=SHEN, consent_id=given.id)
        audit.seal(who=SYSTEM)
        entries = audit_log.entries_of(who=SYSTEM, object=given.id).items
        assert [entry.act for entry in entries] == ["consent.consent.withdrawn", "consent.consent.given"]
        assert audit_log.receipt(who=SYSTEM, entry_id=given.entry_id).entry_id == given.entry_id
        events.run_due(who=SYSTEM)
        assert heard == ["consent.consent.given", "consent.consent.withdrawn"]
    finally:
        for name in ("consent.consent.given", "consent.consent.withdrawn"):
            events_registry.subscribers[name].pop("test")


def test_a_list_costs_the_same_whatever_its_length():
    give()
    with CaptureQueriesContext(
        connection,
    ) as few:
        queries.list_consents(who=SHEN, subject_id="per_1")
    for number in range(30):
        give(recipient=f"department_{number}")
    with CaptureQueriesContext(connection) as many:
        page = queries.list_consents(who=SHEN, subject_id="per_1")
    assert len(many) == len(few)
    assert page.next
    rest = queries.list_consents(who=SHEN, subject_id="per_1", cursor=page.next)
    assert len({consent.id for consent in page.items + rest.items}) == 31


def test_counts_name_nobody():
    actions.withdraw_consent(who=SHEN, consent_id=give().id)
    give(WU)
    counted = queries.counts_between(who=SYSTEM, start=MONDAY, end=MONDAY + timedelta(hours=1))
    assert (counted.given, counted.withdrawn, counted.standing) == (2, 1, 1)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[fill]\nversion="2026-11"\nname="x"\ntext="x"\npurpose="x"\nbasis="x"', "fill"),
        ('["a.b"]\nversion="new"\nname="x"\ntext="x"\npurpose="x"\nbasis="x"', "a.b.version"),
        ('["a.b"]\nversion="2026-11"\nname="x"\ntext=" "\npurpose="x"\nbasis="x"', "a.b.text"),
        ('["a.b"]\nversion="2026-11"\nname="x"\ntext="x"\npurpose="x"\nbasis="x"\ndays=-1', "a.b"),
    ],
)
def test_doubtful_kinds_are_named(text: str, key: str):
    doubts = list(content.check((ContentFile.parsed("kernel/consent/kinds.toml", "test", text),)))
    assert [doubt.key for doubt in doubts] == [key]
