"""The reader's own settings, and the page of components."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.stone.errors import msgid
from hunhe.ui.context import ELDER_COOKIE, MOTION_COOKIE, Link
from hunhe.ui.pages import link
from hunhe.ui.returning import way_back
from hunhe.ui.specimens import specimens

YEAR = 365 * 24 * 3600
_WAYS = (
    ("notify:notices", msgid("Notices to you"), "bell"),
    ("identity:account", msgid("Password and devices signed in"), "lock"),
    ("mydata:hub", msgid("What the city knows about you"), "user"),
)


@require_POST
def layout(request: HttpRequest) -> HttpResponse:
    """Switch between the elder layout and the usual one; kept in a cookie."""
    return _keep(request, ELDER_COOKIE, "elder" if request.POST.get("layout") == "elder" else "")


@require_POST
def motion(request: HttpRequest) -> HttpResponse:
    """Stop everything that moves, or let it move as the device says; kept in a cookie."""
    return _keep(request, MOTION_COOKIE, "still" if request.POST.get("motion") == "still" else "")


@require_GET
def settings(request: HttpRequest) -> HttpResponse:
    """Language, layout and motion of this device, and where everything else is set."""
    ways = [way for way in (_way(*one) for one in _WAYS) if way.url]
    return render(request, "ui/settings.html", {"ways": ways})


def _way(url_name: str, label: str, icon: str) -> Link:
    return Link(link(url_name), gettext(label), icon, current=False)


def _keep(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    """Set or drop a cookie of the reader's and go back to where they were."""
    response = HttpResponseRedirect(way_back(request))
    if value:
        response.set_cookie(cookie, value, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(cookie, samesite="Lax")
    return response


def components(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/components.html", specimens(request))
