"""Duties apart (三員分立): no account unites administrator, security officer and auditor."""

from datetime import date, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.kernel.audit import queries as audit
from hunhe.kernel.identity import actions, models, queries
from hunhe.kernel.identity.days import today
from hunhe.kernel.identity.rules import APART, meet
from hunhe.kernel.identity.tests.conftest import PASSWORD, SYSTEM
from hunhe.stone.errors import Conflict, Denied, Invalid

CRITICAL = ("administrator", "security_officer", "auditor")
DUTIES = st.lists(st.sampled_from(["business", "administrator", "security", "auditor"]))


@given(DUTIES)
def test_duties_meet_exactly_when_two_critical_ones_differ(duties) -> None:
    assert bool(meet(duties)) == (len(set(duties) & APART) > 1)


@pytest.mark.parametrize(("first", "second"), permutations(CRITICAL, 2))
def test_any_two_critical_posts_are_refused(official, first: str, second: str) -> None:
    account = official("zhao", "data_bureau", first, "reviewer")
    with pytest.raises(Conflict) as refusal:
        actions.appoint(who=SYSTEM, account_id=account.id, post=f"data_bureau.{second}")
    assert refusal.value.code == "identity.duties_apart"
    assert models.Appointment.objects.filter(account_id=account.id).count() == 2


@pytest.mark.parametrize(("first", "second"), permutations(CRITICAL, 2))
def test_a_future_appointment_counts_and_an_ended_one_does_not(official, first: str, second: str) -> None:
    account = official("zhao", "data_bureau")
    later = today() + timedelta(days=30)
    coming = actions.appoint(who=SYSTEM, account_id=account.id, post=f"data_bureau.{first}", since=later)
    with pytest.raises(Conflict):
        actions.appoint(who=SYSTEM, account_id=account.id, post=f"data_bureau.{second}")
    actions.end_appointment(who=SYSTEM, appointment_id=coming.id, until=today() - timedelta(days=1))
    actions.appoint(who=SYSTEM, account_id=account.id, post=f"data_bureau.{second}")


@pytest.mark.parametrize(("first", "second"), permutations(CRITICAL, 2))
def test_delegation_does_not_unite_duties_either(official, first: str, second: str) -> None:
    holder, deputy = official("zhao", "data_bureau", first), official("qian", "data_bureau", second)
    who = queries.who_for_account(who=SYSTEM, account=models.Account.objects.get(id=holder.id))
    with pytest.raises(Conflict):
        actions.delegate(who=who, post=f"data_bureau.{first}", deputy_id=deputy.id, since=today(), until=today())


def test_a_changed_role_cannot_unite_duties(official) -> None:
    from hunhe.kernel.identity.duties import refuse_any_union

    official("zhao", "data_bureau", "administrator", "reviewer")
    models.Role.objects.filter(code="reviewer").update(duty="auditor")
    with pytest.raises(Conflict):
        refuse_any_union(today())


def test_the_same_appointment_twice_is_one(official) -> None:
    account = official("zhao", "data_bureau", "reviewer")
    actions.appoint(who=SYSTEM, account_id=account.id, post="data_bureau.reviewer")
    assert models.Appointment.objects.filter(account_id=account.id).count() == 1


def test_every_change_of_power_is_on_record(official) -> None:
    account = official("zhao", "data_bureau", "reviewer")
    held = models.Appointment.objects.get(account_id=account.id)
    actions.end_appointment(who=SYSTEM, appointment_id=held.id, until=today())
    actions.set_active(who=SYSTEM, account_id=account.id, active=False)
    acts = [entry.act for entry in audit.entries_of(who=SYSTEM, object=account.id).items]
    assert sorted(acts) == [
        "identity.account.created",
        "identity.account.switched",
        "identity.post.given",
        "identity.post.taken",
    ]


def test_levels_only_rise_and_bind_one_person(applied_city: None) -> None:
    first, second = (
        actions.create_account(who=SYSTEM, username=name, password=PASSWORD, kind="citizen") for name in ("li", "wu")
    )
    assert actions.raise_level(who=SYSTEM, account_id=first.id, subject_id="sub_1", level=3).level == 3
    assert actions.raise_level(who=SYSTEM, account_id=first.id, subject_id="sub_1", level=2).level == 3
    for account, subject, level, refusal in (
        (first, "sub_2", 2, Conflict),
        (second, "sub_1", 2, Conflict),
        (second, "sub_2", 4, Invalid),
        (second, "sub_2", 1, Invalid),
    ):
        with pytest.raises(refusal):
            actions.raise_level(who=SYSTEM, account_id=account.id, subject_id=subject, level=level)
    assert models.RealNameLink.objects.count() == 1


def test_nobody_appoints_themselves_nor_into_another_department(official) -> None:
    account = official("zhao", "data_bureau", "administrator")
    who = queries.who_for_account(who=SYSTEM, account=models.Account.objects.get(id=account.id))
    with pytest.raises(Denied):
        actions.appoint(who=who, account_id=account.id, post="data_bureau.reviewer")
    with pytest.raises(Invalid):
        actions.appoint(who=SYSTEM, account_id=account.id, post="civil_affairs.steward")


def test_a_deputy_acts_between_two_days_and_while_the_holder_holds(official, monkeypatch) -> None:
    holder, deputy = official("zhao", "data_bureau", "reviewer"), official("qian", "data_bureau")
    who = queries.who_for_account(who=SYSTEM, account=models.Account.objects.get(id=holder.id))
    first, last = today(), today() + timedelta(days=5)
    actions.delegate(who=who, post="data_bureau.reviewer", deputy_id=deputy.id, since=first, until=last)

    def posts_on(day: date) -> tuple[str, ...]:
        monkeypatch.setattr(queries, "today", lambda: day)
        return queries.who_for_account(who=SYSTEM, account=models.Account.objects.get(id=deputy.id)).posts

    assert posts_on(first) == posts_on(last) == ("data_bureau.reviewer",)
    assert posts_on(last + timedelta(days=1)) == posts_on(first - timedelta(days=1)) == ()
    held = models.Appointment.objects.get(account_id=holder.id)
    actions.end_appointment(who=SYSTEM, appointment_id=held.id, until=first)
    assert posts_on(first + timedelta(days=1)) == ()
