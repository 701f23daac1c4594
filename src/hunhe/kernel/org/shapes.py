"""Departments and posts as other rooms see them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Department:
    """One department of the city. code: word of English, stable. in_use: false once it is gone from the city's content."""

    code: str
    name: str
    short_name: str
    in_use: bool = True


@dataclass(frozen=True, slots=True)
class Post:
    """One post. code: `<department>.<role>`. role: code of the role it carries (identity)."""

    code: str
    department: str
    role: str
    name: str
    in_use: bool = True
