"""Reads `departments.toml`, `posts.toml` and `seats.toml`.

departments.toml: a table per department, its code the key. posts.toml: a table per department with `role = "name"`; the
table `each` holds the posts that every department has. seats.toml: posts that belong to one team or one place, a table
`<department>."<role>.<seat>"` each with `name` and, where it is a place's, `areas` (beginnings of division codes).
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
SEAT = re.compile(rf"{CODE.pattern}\.{CODE.pattern}")
LONGEST_CODE = 121
AREA = re.compile(r"[0-9]{1,16}")


class DepartmentEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of departments.toml."""

    name: str
    short_name: str = ""


class SeatEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of seats.toml."""

    name: str
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Content:
    departments: dict[str, DepartmentEntry]
    posts: dict[str, dict[str, str]]
    seats: dict[str, dict[str, SeatEntry]]

    def post_rows(self) -> Iterator[tuple[str, str, SeatEntry]]:
        """Department, role with its seat if any, and the rest of every post, in order."""
        for department in self.departments:
            for role, name in (self.posts.get(EACH, {}) | self.posts.get(department, {})).items():
                yield department, role, SeatEntry(name)
            for seat, entry in self.seats.get(department, {}).items():
                yield department, seat, entry


def check(files: tuple[ContentFile, ...]) -> Iterator[Doubt]:
    """Codes are codes, names are there, posts and seats belong to departments that exist."""
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
    for department, seats in content.seats.items():
        if department not in content.departments:
            yield by_path["seats.toml"].doubt(department, "There is no such department")
        for seat, found in seats.items():
            if not SEAT.fullmatch(seat) or len(f"{department}.{seat}") > LONGEST_CODE or not 0 < len(found.name) <= 120:
                yield by_path["seats.toml"].doubt(f"{department}.{seat}", "A seat is <role>.<seat>, short, and has a name")
            if not all(AREA.fullmatch(area) for area in found.areas):
                yield by_path["seats.toml"].doubt(f"{department}.{seat}.areas", "An area is the beginning of a division's code")


def apply(who: Who, files: tuple[ContentFile, ...]) -> None:
    """Departments and posts as the files say; those that are gone stay, out of use, because cases name them."""
    content = _read(files)
    departments = [
        Department(code=code, name=entry.name, short_name=entry.short_name or entry.name, place=place)
        for place, (code, entry) in enumerate(content.departments.items())
    ]
    posts = [
        Post(
            code=f"{department}.{seat}",
            department_id=department,
            role=seat.partition(".")[0],
            name=entry.name,
            areas=list(entry.areas),
            place=place,
        )
        for place, (department, seat, entry) in enumerate(content.post_rows())
    ]
    Department.objects.bulk_create(
        departments,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "short_name", "place", "in_use"],
    )
    Post.objects.bulk_create(
        posts, update_conflicts=True, unique_fields=["code"], update_fields=["name", "role", "areas", "place", "in_use"]
    )
    Department.objects.exclude(code__in=[row.code for row in departments]).filter(in_use=True).update(in_use=False)
    Post.objects.exclude(code__in=[row.code for row in posts]).filter(in_use=True).update(in_use=False)


def _read(files: tuple[ContentFile, ...]) -> _Content:
    departments: dict[str, DepartmentEntry] = {}
    posts: dict[str, dict[str, str]] = {}
    seats: dict[str, dict[str, SeatEntry]] = {}
    for file in files:
        if file.path.endswith("/departments.toml"):
            departments = file.read_as(dict[str, DepartmentEntry])
        elif file.path.endswith("/posts.toml"):
            posts = file.read_as(dict[str, dict[str, str]])
        elif file.path.endswith("/seats.toml"):
            seats = file.read_as(dict[str, dict[str, SeatEntry]])
    return _Content(departments, posts, seats)
