"""The reader's own settings, and the page of components."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from hunhe.ui.context import ELDER_COOKIE
from hunhe.ui.specimens import specimens

YEAR = 365 * 24 * 3600


@require_POST
def layout(request: HttpRequest) -> HttpResponse:
    """Switch between the elder layout and the usual one; kept in a cookie."""
    there = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(there, {request.get_host()}, request.is_secure()):
        there = "/"
    response = HttpResponseRedirect(there)
    if request.POST.get("layout") == "elder":
        response.set_cookie(ELDER_COOKIE, "elder", max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure())
    else:
        response.delete_cookie(ELDER_COOKIE, samesite="Lax")
    return response


def components(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/components.html", specimens(request))
