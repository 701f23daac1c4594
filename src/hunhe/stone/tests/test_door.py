"""The door denies by default and checks scope from its arguments."""

import pytest

from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Denied, Invalid, Unauthenticated
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

OFFICIAL = Who(id="a", kind="official", department="hr", may=frozenset({"room.may_look"}))
CITIZEN = Who(id="c", kind="citizen", subject_id="sub_1")


@door(may="room.may_look", scope=Scope.CITY)
def look(*, who: Who) -> str:
    return who.id


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def own(*, who: Who, subject_id: str) -> str:
    return subject_id


@door(may="room.may_look", scope=Scope.DEPARTMENT)
def department_list(*, who: Who, department: str | None = None) -> str | None:
    return department


def test_permission_opens_and_its_absence_closes() -> None:
    assert look(who=OFFICIAL) == "a"
    assert look(who=Who.system("job")) == "system:job"
    with pytest.raises(Denied):
        look(who=CITIZEN)
    with pytest.raises(Unauthenticated):
        look(who=Who.anonymous())


def test_own_scope_compares_the_subject() -> None:
    assert own(who=CITIZEN, subject_id="sub_1") == "sub_1"
    with pytest.raises(Denied):
        own(who=CITIZEN, subject_id="sub_2")


def test_department_scope_stops_at_the_wall() -> None:
    assert department_list(who=OFFICIAL, department="hr") == "hr"
    with pytest.raises(Denied):
        department_list(who=OFFICIAL, department="police")


def test_pages_cut_and_resume() -> None:
    page = Page.of([1, 2, 3], 2, key=lambda n: (n,))
    assert page.items == (1, 2)
    assert page.next is not None
    assert decode_cursor(page.next, 1) == (2,)
    assert Page.of([1, 2], 2, key=lambda n: (n,)).next is None
    with pytest.raises(Invalid):
        decode_cursor("%%%", 1)
