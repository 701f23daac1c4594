"""Turns refusals that leave a view into a page, or a problem for the API."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from hunhe.stone.errors import HunheError
from hunhe.ui.problems import problem


class RefusalMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, HunheError):
            return None
        if request.path.startswith("/api/"):
            return problem(error)
        return render(request, "ui/refusal.html", {"error": error}, status=error.status)
