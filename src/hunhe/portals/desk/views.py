"""Landing and search."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hunhe.portals.desk import queries
from hunhe.ui.callers import caller

LONGEST_TEXT = 80


def landing(request: HttpRequest) -> HttpResponse:
    """What waits for this post."""
    return render(request, "desk/landing.html", {"landing": queries.landing(who=caller(request))})


def search(request: HttpRequest) -> HttpResponse:
    text = _asked(request)
    return render(request, "desk/search.html", {"text": text, "hits": queries.search(who=caller(request), text=text)})


def _asked(request: HttpRequest) -> str:
    """What was typed into the search box, without what no keyboard types."""
    return "".join(character for character in request.GET.get("q", "") if character.isprintable()).strip()[:LONGEST_TEXT]
