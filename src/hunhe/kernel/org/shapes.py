"""Departments and posts as other rooms see them."""

from collections.abc import Sequence
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
    """One post. code: `<department>.<role>`, or `<department>.<role>.<seat>` where it belongs to one team or place.

    role: code of the role it carries (identity). areas: beginnings of division codes; none: wherever the department is.
    """

    code: str
    department: str
    role: str
    name: str
    in_use: bool = True
    areas: tuple[str, ...] = ()

    def covers(self, divisions: Sequence[str]) -> bool:
        """Whether a place that lies in these divisions is this post's."""
        return not self.areas or any(code.startswith(self.areas) for code in divisions)
