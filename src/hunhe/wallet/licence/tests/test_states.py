"""Which state follows which: rules alone, then rows under random acts."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.stone.errors import Conflict, Denied, HunheError, Invalid
from hunhe.wallet.licence import actions, jobs, models, queries
from hunhe.wallet.licence.rules.states import ENDED, NEXT, answer_for, last_day, state_on
from hunhe.wallet.licence.shapes import Answer, CopyState, LicenceState
from hunhe.wallet.licence.tests.scene import Scene

days = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@given(st.sampled_from(LicenceState), days, days, st.none() | days)
def test_the_calendar_never_revives_what_ended(state: LicenceState, start: date, day: date, end: date | None) -> None:
    shown = state_on(state, start, end, day)
    if state in ENDED:
        assert shown == state
    elif end is not None and day > end:
        assert shown == LicenceState.EXPIRED
    elif shown == LicenceState.VALID:
        assert day >= start or state == LicenceState.VALID


@given(st.sampled_from(LicenceState), st.none() | st.sampled_from(CopyState))
def test_a_copy_is_worth_no_more_than_its_licence(state: LicenceState, copy: CopyState | None) -> None:
    valid = answer_for(state, copy) == Answer.VALID
    assert valid == (state == LicenceState.VALID and copy in (None, CopyState.VALID))


def test_what_has_ended_leads_nowhere() -> None:
    assert {state for state, following in NEXT.items() if not following} == set(ENDED)


@pytest.mark.parametrize(
    ("start", "years", "last"),
    [
        (date(2026, 11, 24), 0, None),
        (date(2026, 11, 24), 5, date(2031, 11, 23)),
        (date(2024, 2, 29), 1, date(2025, 2, 28)),
    ],
)
def test_the_last_day(start: date, years: int, last: date | None) -> None:
    assert last_day(start, years) == last


ACTS = {"suspend": actions.suspend_licence, "resume": actions.resume_licence, "revoke": actions.revoke_licence}


@pytest.mark.django_db
@pytest.mark.parametrize("round_", range(12))
def test_whatever_is_tried_history_and_answer_agree(scene: Scene, at: Callable[[timedelta], None], round_: int) -> None:
    """Random acts in random order on random days: each line of history follows from the one before, and a check says the last."""
    import random

    chance = random.Random(round_)
    made = scene.issue(valid_until=date(2026, 12, 24), valid_from=date(2026, 11, 24 + round_ % 3))
    moment = timedelta()
    for _ in range(12):
        moment += timedelta(days=chance.choice((0, 0, 0, 1, 9)))
        at(moment)
        act = chance.choice([*ACTS, "calendar"])
        row = models.Licence.objects.get(id=made.id)
        if act == "calendar":
            jobs.follow_calendar()
            continue
        try:
            ACTS[act](who=scene.keeper, licence_id=made.id, reason="试", expected_version=row.rev)
        except Conflict:
            continue
    lines = queries.history(who=scene.holder, licence_id=made.id)
    assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
    assert lines[0].state == LicenceState.ISSUED
    for before, after in pairwise(lines):
        assert after.before == before.state.value
        assert after.state in NEXT[before.state]
    row = models.Licence.objects.get(id=made.id)
    assert row.state == lines[-1].state.value
    shown = queries.licence_by_id(who=scene.holder, licence_id=made.id).state
    assert queries.verify(who=scene.stranger, code=row.code).answer.value == shown.value


@pytest.mark.django_db
def test_only_the_issuer_changes_a_licence_and_says_why(scene: Scene) -> None:
    made = scene.issue()
    for who in (scene.stranger, scene.holder):
        with pytest.raises(Denied):
            actions.revoke_licence(who=who, licence_id=made.id, reason="x", expected_version=made.rev)
    with pytest.raises(Invalid):
        actions.revoke_licence(who=scene.keeper, licence_id=made.id, reason="  ", expected_version=made.rev)
    with pytest.raises(Conflict):
        actions.revoke_licence(who=scene.keeper, licence_id=made.id, reason="x", expected_version=made.rev - 1)
    assert (
        actions.revoke_licence(who=scene.keeper, licence_id=made.id, reason="冒领", expected_version=made.rev).state
        == "revoked"
    )
    with pytest.raises(HunheError):
        actions.resume_licence(who=scene.keeper, licence_id=made.id, reason="x", expected_version=made.rev + 1)


@pytest.mark.django_db
def test_an_issuer_of_another_department_with_the_same_post_is_refused(scene: Scene) -> None:
    from dataclasses import replace

    made = scene.issue()
    other = replace(scene.keeper, department="human_resources")
    with pytest.raises(Denied):
        actions.suspend_licence(who=other, licence_id=made.id, reason="x", expected_version=made.rev)
    with pytest.raises(HunheError):
        queries.licence_by_id(who=other, licence_id=made.id)


@pytest.mark.django_db
def test_renewing_makes_a_version_and_the_old_paper_says_so(scene: Scene) -> None:
    made = scene.issue(valid_until=date(2026, 12, 24))
    said = {"valid_until": date(2031, 12, 24), "reason": "到期换发", "key": "r1", "expected_version": made.rev}
    renewed = actions.renew_licence(who=scene.keeper, licence_id=made.id, **said)
    again = actions.renew_licence(who=scene.keeper, licence_id=made.id, **said)
    assert again.id == renewed.id
    assert renewed.version == 2
    assert renewed.identifier.split(".")[7] == made.identifier.split(".")[7]
    assert renewed.identifier.split(".")[8] == "002"
    old = queries.verify(who=scene.stranger, code=made.code)
    assert old.answer == Answer.CHANGED
    assert queries.verify(who=scene.stranger, code=renewed.code).is_valid
    assert [one.id for one in queries.licences_of(who=scene.holder, subject_id=made.holder).items] == [renewed.id]
    assert queries.licence_by_id(who=scene.holder, licence_id=made.id).replaced_by == renewed.id


@pytest.mark.django_db
def test_changing_a_field_keeps_the_rest_and_the_last_day(scene: Scene) -> None:
    made = scene.issue(valid_until=date(2030, 12, 24))
    said = {"reason": "更正姓名", "key": "c1", "expected_version": made.rev}
    with pytest.raises(Invalid):
        actions.change_licence(who=scene.keeper, licence_id=made.id, values={"salary": "1"}, **said)
    changed = actions.change_licence(who=scene.keeper, licence_id=made.id, values={"name": " 林若兮 "}, **said)
    before, after = ({field.name: field.value for field in one.fields} for one in (made, changed))
    assert after == {**before, "name": "林若兮"}
    assert (changed.version, changed.valid_until) == (2, made.valid_until)
    assert queries.verify(who=scene.stranger, code=made.code).answer == Answer.CHANGED
    assert queries.verify(who=scene.stranger, code=changed.code).is_valid
