"""Front page, and search over what one can apply for and published data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext

from hunhe.hub.catalogue import queries as catalogue
from hunhe.kernel.org import queries as org
from hunhe.networks.service import queries as service
from hunhe.portals.citizen import queries
from hunhe.ui.callers import caller
from hunhe.ui.context import ELDER_COOKIE

LONGEST_TEXT = 80


def home(request: HttpRequest) -> HttpResponse:
    """What waits for this person; larger and fewer in the elder layout."""
    front = queries.front(who=caller(request))
    elder = request.COOKIES.get(ELDER_COOKIE) == "elder"
    hour = timezone.localtime(front.now).hour
    shown = {"front": front, "greeting": _greeting(hour)}
    return render(request, "citizen/elder.html" if elder else "citizen/home.html", shown)


def search(request: HttpRequest) -> HttpResponse:
    """Matters and published data sets by name or key word; all of them without a word."""
    text = _asked(request)
    who, cursor = caller(request), request.GET.get("cursor")
    page = catalogue.search(who=who, text=text, cursor=cursor) if text else catalogue.list_resources(who=who, cursor=cursor)
    names = {one.code: one.short_name or one.name for one in org.list_departments(who=who)}
    shown = [(resource, resource.provider or names.get(resource.department, resource.department)) for resource in page.items]
    matters = () if cursor else service.list_items(who=who, text=text)
    return render(request, "citizen/search.html", {"page": page, "shown": shown, "text": text, "matters": matters})


def _greeting(hour: int) -> str:
    if hour < 5 or hour >= 18:
        return gettext("Good evening")
    return gettext("Good morning") if hour < 12 else gettext("Good afternoon")


def _asked(request: HttpRequest) -> str:
    """What was typed into the search box, without what no keyboard types."""
    return "".join(character for character in request.GET.get("q", "") if character.isprintable()).strip()[:LONGEST_TEXT]
