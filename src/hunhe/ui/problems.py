"""Refusals as RFC 9457 problem details."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext
from ninja import NinjaAPI
from ninja.errors import ValidationError

from hunhe.stone.errors import HunheError


def problem(error: HunheError) -> JsonResponse:
    """One refusal: stable code, sentence in the reader's language, parameters."""
    detail = gettext(error.message) % error.params if error.params else gettext(error.message)
    body = {"type": f"urn:hunhe:problem:{error.code}", "code": error.code, "status": error.status, "title": detail}
    return JsonResponse(body, status=error.status, content_type="application/problem+json")


def install_problem_handlers(api: NinjaAPI) -> None:
    """Make the API answer every refusal with a problem."""

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        return problem(error)

    def malformed(request: HttpRequest, error: Any) -> HttpResponse:
        body = {"type": "urn:hunhe:problem:request.invalid", "code": "request.invalid", "status": 422}
        body |= {"title": gettext("Some fields are missing or not of the right kind."), "errors": error.errors}
        return JsonResponse(body, status=422, content_type="application/problem+json")

    api.add_exception_handler(HunheError, refused)
    api.add_exception_handler(ValidationError, malformed)
