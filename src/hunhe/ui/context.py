"""What every template may use: `who`, `elder`, `sample`, `navigation`, `frame`. Everything costly is lazy."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext

from hunhe.stone.who import Who
from hunhe.ui.frame import frame
from hunhe.ui.pages import Page, Skin, pages_for

ELDER_COOKIE = "hunhe_layout"
MOTION_COOKIE = "hunhe_motion"
DOCK = 5


@dataclass(frozen=True, slots=True)
class Link:
    """One drawn entry of the navigation."""

    url: str
    label: str
    icon: str
    current: bool
    closing: bool = False
    about: str = ""


class Surroundings:
    """The frame around a page, computed only as far as the template asks."""

    def __init__(self, request: HttpRequest, who: Who) -> None:
        self._path = request.path
        self._who = who

    @cached_property
    def city(self) -> str:
        return frame.city() if frame.city else ""

    @cached_property
    def person(self) -> str:
        return frame.person(self._who) if frame.person and self._who.kind == "official" else ""

    @cached_property
    def unread(self) -> int:
        return frame.bell.unread(self._who) if frame.bell and self._who.kind != "anonymous" else 0

    @cached_property
    def bell_url(self) -> str:
        return reverse(frame.bell.url_name) if frame.bell and self._who.kind != "anonymous" else ""

    def search_url(self, skin: Skin) -> str:
        name = (frame.search or {}).get(skin)
        return reverse(name) if name else ""

    @property
    def desk_search(self) -> str:
        return self.search_url("desk")

    def links(self, skin: Skin) -> list[Link]:
        pages = [(page, reverse(page.url_name)) for page in pages_for(skin, self._who)]
        current = max((url for _, url in pages if self._path.startswith(url)), key=len, default=None)
        return [self._link(page, url, current) for page, url in pages]

    @staticmethod
    def _link(page: Page, url: str, current: str | None) -> Link:
        return Link(
            url, gettext(page.label), page.icon, url == current, page.closing, gettext(page.about) if page.about else ""
        )

    @cached_property
    def citizen(self) -> list[Link]:
        return self.links("citizen")

    @property
    def dock(self) -> list[Link]:
        """The bar of a phone: five at most, with the one that closes it at its end."""
        closing = [one for one in self.citizen if one.closing][:1]
        return [one for one in self.citizen if not one.closing][: DOCK - len(closing)] + closing

    @cached_property
    def desk(self) -> list[Link]:
        return self.links("desk")

    @cached_property
    def cockpit(self) -> list[Link]:
        return self.links("cockpit")

    @cached_property
    def developer(self) -> list[Link]:
        return self.links("developer")


def skin_of(path: str) -> Skin:
    """The skin a path belongs to, for refusals."""
    for skin in ("desk", "cockpit", "developer"):
        if path.startswith(f"/{skin}/"):
            return skin
    return "citizen"


def page(request: HttpRequest) -> dict[str, object]:
    who: Who = getattr(request, "who", None) or Who.anonymous()
    skin = skin_of(request.path)
    return {
        "who": who,
        "elder": request.COOKIES.get(ELDER_COOKIE) == "elder",
        "still": request.COOKIES.get(MOTION_COOKIE) == "still",
        "sample": settings.HUNHE_DEMO,
        "around": Surroundings(request, who),
        "skin_base": f"ui/{skin}.html",
        "languages": settings.LANGUAGES,
    }
