"""Departments and posts from content: the kit's, Shenyang's, and retirement."""

from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from hunhe.kernel.city import actions as city
from hunhe.kernel.city.shapes import ContentFile
from hunhe.kernel.org import content, queries
from hunhe.stone.errors import NotFound
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
CITY = Path(settings.HUNHE_CITY)
OWN = {"data_bureau": 6, "urban_management": 5}  # posts beside those that every department has
KIT = {"data_bureau", "public_security", "human_resources", "market_regulation", "health_insurance", "civil_affairs"}


def files(departments: str, posts: str) -> tuple[ContentFile, ...]:
    return tuple(
        ContentFile.parsed(f"kernel/org/{name}.toml", "test", text)
        for name, text in (("departments", departments), ("posts", posts))
    )


@pytest.mark.parametrize(("folder", "count"), [(CITY.parent / "kit", 8), (CITY, 62)])
def test_departments_have_their_posts(db: None, folder: Path, count: int, django_assert_num_queries) -> None:
    city.apply_city(who=SYSTEM, folder=folder)
    departments = queries.list_departments(who=SYSTEM)
    assert len(departments) == count
    assert {one.code for one in departments} >= KIT
    assert len({one.name for one in departments}) == count
    for department in departments:
        with django_assert_num_queries(1):
            posts = queries.list_posts(who=SYSTEM, department=department.code)
        roles = [post.role for post in posts if post.code.count(".") == 1]
        assert roles[:4] == ["steward", "approver", "applicant", "clerk"]
        assert (len(roles) > 8) == (department.code in OWN)
        assert department.code not in OWN or len(roles) == 4 + OWN[department.code]
        assert all(f"{post.code}.".startswith(f"{department.code}.{post.role}.") for post in posts)


def test_every_role_of_a_post_exists(db: None) -> None:
    city.apply_city(who=SYSTEM, folder=CITY)
    roles = set(apps.get_model("identity", "Role").objects.values_list("code", flat=True))
    assert {post.role for post in queries.list_posts(who=SYSTEM, department="data_bureau")} <= roles


SEATS = """[a."clerk.north"]
name = "North"
areas = ["2101", "2102"]
"""


def test_a_seat_is_a_post_of_its_role_for_its_areas(db: None) -> None:
    seats = ContentFile.parsed("kernel/org/seats.toml", "test", SEATS)
    content.apply(SYSTEM, (*files('[a]\nname = "A"\n', '[each]\nclerk = "Clerk"\n'), seats))
    found = queries.post_by_code(who=SYSTEM, code="a.clerk.north")
    assert (found.role, found.areas) == ("clerk", ("2101", "2102"))
    assert [post.code for post in queries.posts_of_roles(who=SYSTEM, roles=["clerk"])] == ["a.clerk", "a.clerk.north"]
    assert [found.covers(codes) for codes in (("210103",), ("2203", "220301"), ())] == [True, False, False]
    assert queries.post_by_code(who=SYSTEM, code="a.clerk").covers(())


@pytest.mark.parametrize(
    "wrong", [SEATS.replace("[a.", "[b."), SEATS.replace("clerk.north", "clerk"), SEATS.replace('"2101"', '"x"')]
)
def test_seats_that_fit_nothing_are_doubted(wrong: str) -> None:
    seats = ContentFile.parsed("kernel/org/seats.toml", "test", wrong)
    (doubt,) = content.check((*files('[a]\nname = "A"\n', '[each]\nclerk = "Clerk"\n'), seats))
    assert doubt.path == "kernel/org/seats.toml"


def test_what_is_gone_is_retired_and_may_come_back(db: None) -> None:
    both = files('[a]\nname = "A"\n[b]\nname = "B"\n', '[each]\nclerk = "Clerk"\n[b]\nsteward = "S"\n')
    content.apply(SYSTEM, both)
    content.apply(SYSTEM, files('[a]\nname = "A2"\n', '[each]\nclerk = "Clerk"\n'))
    assert [one.name for one in queries.list_departments(who=SYSTEM)] == ["A2"]
    assert not queries.department_by_code(who=SYSTEM, code="b").in_use
    assert queries.list_posts(who=SYSTEM, department="b") == ()
    with pytest.raises(NotFound):
        queries.post_by_code(who=SYSTEM, code="b.clerk")
    content.apply(SYSTEM, both)
    assert queries.post_by_code(who=SYSTEM, code="b.steward").name == "S"


def test_an_unknown_department_is_not_found(db: None) -> None:
    with pytest.raises(NotFound):
        queries.department_by_code(who=SYSTEM, code="nowhere")
