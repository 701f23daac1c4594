"""Departments and posts by code and in the city's order."""

from collections.abc import Collection

from hunhe.kernel.org import models
from hunhe.kernel.org.shapes import Department, Post
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def department_by_code(*, who: Who, code: str) -> Department:
    """A department, also one no longer in use. NotFound."""
    row = models.Department.objects.filter(code=code).first()
    if row is None:
        raise NotFound("org.department.unknown", msgid("There is no department %(code)s."), code=code)
    return row.shape()


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_departments(*, who: Who) -> tuple[Department, ...]:
    """The departments in use, in the city's order; a city has some dozens."""
    return tuple(row.shape() for row in models.Department.objects.filter(in_use=True).order_by("place"))


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def list_posts(*, who: Who, department: str) -> tuple[Post, ...]:
    """The posts in use of one department, in the city's order; empty for an unknown one."""
    rows = models.Post.objects.filter(department_id=department, in_use=True).order_by("place")
    return tuple(row.shape() for row in rows)


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def posts_of_roles(*, who: Who, roles: Collection[str]) -> tuple[Post, ...]:
    """The posts in use that carry one of these roles, of every department, in the city's order. One query."""
    rows = models.Post.objects.filter(role__in=roles, in_use=True).order_by("place")
    return tuple(row.shape() for row in rows)


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def post_by_code(*, who: Who, code: str) -> Post:
    """A post in use. NotFound."""
    row = models.Post.objects.filter(code=code, in_use=True).first()
    if row is None:
        raise NotFound("org.post.unknown", msgid("There is no post %(code)s."), code=code)
    return row.shape()
