"""Whatever people, clocks and texts do in whatever order: at most one consent stands, and it is the one last given."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hunhe.kernel.consent import actions, ending, models, queries
from hunhe.kernel.consent.shapes import ConsentState
from hunhe.kernel.consent.tests.conftest import MONDAY, SHEN, SYSTEM, put
from hunhe.stone import clock
from hunhe.stone.errors import Conflict

STEPS = st.lists(st.sampled_from(["give", "withdraw", "undo", "text", "minute", "month", "expire"]), max_size=14)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_at_most_one_stands(kinds: None, steps: list[str]) -> None:
    models.Consent.objects.all().delete()
    models.Kind.objects.all().delete()
    clock.install(lambda: MONDAY)
    put()
    now, texts, stands = MONDAY, 1, None  # stands: (last moment, number of the text), by a model of one page
    last = None
    for step in steps:
        if step == "give":
            last = actions.give_consent(who=SHEN, kind="test.fill_in").id
            stands = stands or (now + timedelta(days=30), texts)
        elif step == "withdraw" and last is not None:
            try:
                actions.withdraw_consent(who=SHEN, consent_id=last)
                stands = None
            except Conflict:
                assert stands is None
        elif step == "undo" and last is not None:
            before = models.Consent.objects.get(id=last)
            try:
                last = actions.undo_withdrawal(who=SHEN, consent_id=last).id
                stands = stands or ((before.until, texts) if before.until and before.until > now else None)
            except Conflict:
                pass
        elif step == "text":
            texts, stands = texts + 1, None
            put(version=f"2026-11.{texts}")
        elif step in ("minute", "month"):
            now += timedelta(minutes=2) if step == "minute" else timedelta(days=31)
            clock.install(lambda now=now: now)
            stands = None if stands and stands[0] <= now else stands
        elif step == "expire":
            ending.expire_due()
        found = queries.active_consent(who=SYSTEM, subject_id="per_1", kind="test.fill_in")
        assert (found is not None) == (stands is not None)
        assert models.Consent.objects.filter(state="given").count() <= 1
        listed = queries.list_consents(who=SHEN, subject_id="per_1").items
        assert [consent.id for consent in listed if consent.state is ConsentState.GIVEN] == ([found.id] if found else [])
        assert models.Ending.objects.count() == models.Consent.objects.exclude(state="given").count()
