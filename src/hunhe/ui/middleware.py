"""How elders are addressed; and refusals that leave a view, turned into a page, a fragment for htmx, or a problem for the API."""

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.translation import gettext

from hunhe.stone.errors import HunheError, NotFound, Unauthenticated, msgid
from hunhe.ui.context import ELDER_COOKIE, skin_of
from hunhe.ui.polite import politely
from hunhe.ui.problems import problem


class NotThisWay(HunheError):
    """The address exists, the method does not."""

    status = 405


_NOWHERE: dict[int, HunheError] = {
    404: NotFound("request.path", msgid("Nothing is at this address. /api/openapi.json lists what is.")),
    405: NotThisWay("request.method", msgid("This address does not take this method. /api/openapi.json lists what it takes.")),
}


def _is_page(response: HttpResponse) -> bool:
    """Django's own answers are pages; what a view answers in another form is left as it is."""
    return response.headers.get("Content-Type", "").startswith("text/html")


class PoliteMiddleware:
    """Citizens' pages in the elder layout say 您. Stands behind Django's LocaleMiddleware, which chooses the language."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if skin_of(request.path) != "citizen" or request.COOKIES.get(ELDER_COOKIE) != "elder":
            return self.get_response(request)
        with politely():
            return self.get_response(request)


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/api/") and response.status_code in _NOWHERE and _is_page(response):
            return problem(_NOWHERE[response.status_code])
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, HunheError):
            return None
        if request.path.startswith("/api/"):
            return problem(error)
        in_part = bool(getattr(request, "htmx", False))
        if isinstance(error, Unauthenticated) and request.method == "GET" and not in_part:
            return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': request.get_full_path()})}")
        sentence = gettext(error.message)
        shown = {
            "error": error,
            "sentence": sentence % error.params if error.params else sentence,
            "status": error.status,
            "back": _page_of_the_form(request),
        }
        return render(request, "ui/parts/refusal.html" if in_part else "ui/refusal.html", shown, status=error.status)


def _page_of_the_form(request: HttpRequest) -> str:
    """The page of this city from which a form was sent, so that whoever was refused can look at it again."""
    came_from = urlsplit(request.headers.get("Referer", ""))
    if request.method != "POST" or came_from.netloc != request.get_host() or came_from.path.startswith("//"):
        return ""
    return came_from._replace(scheme="", netloc="", fragment="").geturl()
