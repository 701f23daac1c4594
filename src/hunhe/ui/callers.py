"""Who is asking: noted on each request before any room sees it, read by every view and endpoint."""

from typing import cast

from django.http import HttpRequest

from hunhe.stone.errors import Unauthenticated, msgid
from hunhe.stone.who import Who


class Request(HttpRequest):
    """A request whose caller is known."""

    who: Who


def identify(request: HttpRequest, who: Who) -> None:
    """Note who asks; only the middleware that found it out and tests call this."""
    cast("Request", request).who = who


def caller(request: HttpRequest) -> Who:
    """Who asks, anonymous included."""
    return cast("Request", request).who


def signed_in(request: HttpRequest) -> Who:
    """Who asks. Unauthenticated for whoever has not signed in."""
    who = caller(request)
    if who.kind == "anonymous":
        raise Unauthenticated("door.sign_in", msgid("Please sign in first."))
    return who
