"""Reads `departments.toml` and `posts.toml`.

departments.toml: a table per department, its code the key. posts.toml: a table per department with `role = "name"`; the
table `each` holds the posts that every department has.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from hunhe.kernel.city.shapes import ContentFile, Doubt
from hunhe.kernel.org.models import Department, Post
from hunhe.stone.who import Who

EACH = "each"
CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


class DepartmentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of departments.toml."""

    name: str
    short_name: str = ""


@dataclass(frozen=True, slots=True)
class _Content:
    departments: dict[str, DepartmentEntry]
    posts: dict[str, dict[str, str]]

    def post_rows(self) -> Iterator[tuple[str, str, str]]:
        """Department, role and name of every post, in order."""
        for department in self.departments:
            for role, name in (self.posts.get(EACH, {}) | self.posts.get(department, {})).items():
                yield department, role, name


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Codes are codes, names are there, posts belong to departments that exist."""
    content = _read(files)
    by_path = {file.path.rsplit("/", 1)[-1]: file for file in files}
    for code, entry in content.departments.items():
        if not CODE.fullmatch(code) or code == EACH:
            yield by_path["departments.toml"].doubt(code, "A code is lower-case letters, digits and _")
        if not 0 < len(entry.name) <= 120 or len(entry.short_name) > 60:
            yield by_path["departments.toml"].doubt(f"{code}.name", "A name has 1 to 120 characters, a short one up to 60")
    for department, posts in content.posts.items():
        if department != EACH and department not in content.departments:
            yield by_path["posts.toml"].doubt(department, "There is no such department")
        for role, name in posts.items():
            if not CODE.fullmatch(role) or not 0 < len(name) <= 120:
                yield by_path["posts.toml"].doubt(f"{department}.{role}", "A post is a role's code and a name")


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Departments and posts as the files say; those that are gone stay, out of use, because cases name them."""
    content = _read(files)
    departments = [
        Department(code=code, name=entry.name, short_name=entry.short_name or entry.name, place=place)
        for place, (code, entry) in enumerate(content.departments.items())
    ]
    posts = [
        Post(code=f"{department}.{role}", department_id=department, role=role, name=name, place=place)
        for place, (department, role, name) in enumerate(content.post_rows())
    ]
    Department.objects.bulk_create(
        departments,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "short_name", "place", "in_use"],
    )
    Post.objects.bulk_create(
        posts, update_conflicts=True, unique_fields=["code"], update_fields=["name", "role", "place", "in_use"]
    )
    Department.objects.exclude(code__in=[row.code for row in departments]).filter(in_use=True).update(in_use=False)
    Post.objects.exclude(code__in=[row.code for row in posts]).filter(in_use=True).update(in_use=False)


def _read(files: tuple[ContentFile, ...]) -> _Content:
    departments: dict[str, DepartmentEntry] = {}
    posts: dict[str, dict[str, str]] = {}
    for file in files:
        if file.path.endswith("/departments.toml"):
            departments = file.read_as(dict[str, DepartmentEntry])
        elif file.path.endswith("/posts.toml"):
            posts = file.read_as(dict[str, dict[str, str]])
    return _Content(departments, posts)
