"""What stands around every page and only upper rooms know: who is signed in, unread notices, the city's name.

Rooms above register a function at start; without one the frame leaves that part out.
"""

from collections.abc import Callable
from dataclasses import dataclass

from hunhe.stone.who import Who


@dataclass(frozen=True, slots=True)
class Bell:
    """Unread notices: how many, and the page that lists them."""

    url_name: str
    unread: Callable[[Who], int]


@dataclass(slots=True)
class Frame:
    city: Callable[[], str] | None = None
    bell: Bell | None = None
    person: Callable[[Who], str] | None = None
    search: dict[str, str] | None = None


frame = Frame()


def show_city(name: Callable[[], str]) -> None:
    frame.city = name


def show_bell(url_name: str, unread: Callable[[Who], int]) -> None:
    frame.bell = Bell(url_name, unread)


def show_person(describe: Callable[[Who], str]) -> None:
    """`describe` names department and post of an official, for the top bar."""
    frame.person = describe


def show_search(skin: str, url_name: str) -> None:
    frame.search = {**(frame.search or {}), skin: url_name}
