"""The register of pages: rooms add theirs at start, skins draw navigation from it."""

from dataclasses import dataclass
from typing import Literal

from django.urls import NoReverseMatch, reverse

from hunhe.stone.who import Who

Skin = Literal["citizen", "desk", "cockpit", "developer"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One entry of a skin's navigation. `label` is a msgid, `icon` a Tabler icon name, `may` the permission that shows it.

    about: one sentence (msgid) that says what the page is for. closing: stands last in a phone's bar, whatever else there is.
    """

    skin: Skin
    url_name: str
    label: str
    icon: str
    may: str | None = None
    order: int = 50
    closing: bool = False
    about: str = ""


_pages: list[Page] = []


def register(page: Page) -> None:
    if page not in _pages:
        _pages.append(page)


def registered() -> tuple[Page, ...]:
    return tuple(_pages)


def pages_for(skin: Skin, who: Who) -> tuple[Page, ...]:
    """The pages of a skin that this caller may open, in order."""
    shown = [page for page in _pages if page.skin == skin and (page.may is None or who.holds(page.may))]
    return tuple(sorted(shown, key=lambda page: (page.order, page.url_name)))


def link(url_name: str, *args: str) -> str:
    """The address of a room's page, or nothing where the room has none: portals link to what is there."""
    try:
        return reverse(url_name, args=args)
    except NoReverseMatch:
        return ""
