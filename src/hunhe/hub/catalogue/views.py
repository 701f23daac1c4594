"""Pages of the catalogue, and the two forms in which other catalogues harvest it."""

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from hunhe.hub.catalogue import ckan_actions, queries
from hunhe.hub.catalogue.shapes import Resource, ResourceState
from hunhe.kernel.org import queries as org
from hunhe.stone.errors import HunheError, Invalid, NotFound, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller
from hunhe.ui.pages import link
from hunhe.ui.shapes import StatusKind

KINDS: dict[ResourceState, StatusKind] = {
    ResourceState.DRAFT: "idle",
    ResourceState.REGISTERED: "you",
    ResourceState.PUBLISHED: "ok",
    ResourceState.CHANGING: "run",
    ResourceState.RETIRED: "pause",
}
TURTLE = "text/turtle; charset=utf-8"


@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """Search, and what it found."""
    who = caller(request)
    text, department = request.GET.get("q", "")[:200], request.GET.get("department") or None
    page = queries.search(who=who, text=text, department=department, cursor=request.GET.get("cursor"))
    departments = _departments(who)
    context = {
        "page": page,
        "rows": [(found, KINDS[found.state], _provider(found, departments)) for found in page.items],
        "text": text,
        "department": department,
        "departments": {code: departments[code] for code in queries.providers(who=who) if code in departments},
    }
    return render(request, "catalogue/entries.html", context)


@require_GET
def entry(request: HttpRequest, code: str) -> HttpResponse:
    """One entry with its data items and terms."""
    who = caller(request)
    found = queries.resource_by_code(who=who, code=code)
    context = {
        "entry": found,
        "kind": KINDS[found.state],
        "provider": _provider(found, _departments(who)),
        "ask": _form_to_ask(found, who),
    }
    return render(request, "catalogue/entry.html", context)


def _form_to_ask(found: Resource, who: Who) -> str:
    """Where this caller asks for the data of another department, if it can be asked for."""
    offered = found.state == ResourceState.PUBLISHED and found.sharing != "none" and bool(found.dataset and found.keys)
    if not offered or found.department == who.department or not who.holds("exchange.may_apply"):
        return ""
    return link("exchange:apply", f"{found.code}.lookup")


@require_GET
def dcat_catalogue(request: HttpRequest) -> HttpResponse:
    """All published entries as DCAT-AP in Turtle."""
    return HttpResponse(queries.export_dcat(who=caller(request), base=_base(request)), content_type=TURTLE)


@require_GET
def place(request: HttpRequest, code: str) -> HttpResponse:
    """What an entry's address gives: Turtle to whoever asks for it, the entry's page to people."""
    if request.get_preferred_type(["text/html", "text/turtle"]) == "text/turtle":
        text = queries.export_dcat(who=caller(request), base=_base(request), code=code)
        return HttpResponse(text, content_type=TURTLE)
    return redirect("catalogue:entry", code)


@csrf_exempt  # CKAN's clients post what they ask; nothing is changed
@require_http_methods(["GET", "POST"])
def action(request: HttpRequest, name: str) -> HttpResponse:
    """CKAN's action API, in its own form of answers and errors."""
    try:
        result = ckan_actions.perform(name, _asked(request), _base(request))
    except HunheError as error:
        kind = "Not Found Error" if isinstance(error, NotFound) else "Validation Error"
        told = {"__type": kind, "message": gettext(error.message) % error.params}
        return JsonResponse({"success": False, "error": told}, status=404 if isinstance(error, NotFound) else 409)
    return JsonResponse({"success": True, "result": result})


def _asked(request: HttpRequest) -> dict[str, Any]:
    """Parameters of a call: of the query, or of a posted JSON object or form."""
    if request.method == "GET":
        return {name: values if len(values) > 1 else values[0] for name, values in request.GET.lists()}
    if request.content_type == "application/x-www-form-urlencoded" and request.POST:
        return dict(request.POST.items())
    try:
        asked = json.loads(request.body or b"{}")
    except ValueError as error:
        raise Invalid("catalogue.ckan.body", msgid("The body is no JSON object.")) from error
    if not isinstance(asked, dict):
        raise Invalid("catalogue.ckan.body", msgid("The body is no JSON object."))
    return asked


def _base(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _provider(found: Resource, departments: dict[str, str]) -> str:
    return found.provider or departments.get(found.department, found.department)


def _departments(who: Who) -> dict[str, str]:
    return {department.code: department.short_name or department.name for department in org.list_departments(who=who)}
