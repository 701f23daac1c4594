"""Pages of the catalogue, and the two forms in which other catalogues harvest it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from hunhe.hub.catalogue import ckan, queries
from hunhe.hub.catalogue.shapes import Resource, ResourceState
from hunhe.kernel.org import queries as org
from hunhe.stone.errors import Invalid, msgid
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
MOST_ROWS = 1000


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
    text = queries.export_dcat(who=caller(request), base=request.build_absolute_uri("/").rstrip("/"))
    return HttpResponse(text, content_type="text/turtle; charset=utf-8")


@require_GET
def package_search(request: HttpRequest) -> HttpResponse:
    """CKAN's action API, as far as harvesters use it: `q`, `rows` up to 1000, `start`."""
    start, rows = _number(request, "start", 0), min(_number(request, "rows", 10), MOST_ROWS)
    count, found = queries.published_slice(who=caller(request), text=request.GET.get("q", "")[:200], start=start, rows=rows)
    result = {"count": count, "results": [ckan.write_package(resource) for resource in found]}
    return JsonResponse({"success": True, "result": result})


@require_GET
def package_show(request: HttpRequest) -> HttpResponse:
    """One entry as a CKAN package; `id` is its code."""
    found = queries.resource_by_code(who=Who.anonymous(), code=request.GET.get("id", ""))
    return JsonResponse({"success": True, "result": ckan.write_package(found)})


def _number(request: HttpRequest, name: str, default: int) -> int:
    text = request.GET.get(name, str(default))
    if not text.isascii() or not text.isdigit() or len(text) > 7:
        raise Invalid("catalogue.page.number", msgid("%(name)s must be a number."), name=name)
    return int(text)


def _provider(found: Resource, departments: dict[str, str]) -> str:
    return found.provider or departments.get(found.department, found.department)


def _departments(who: Who) -> dict[str, str]:
    return {department.code: department.short_name or department.name for department in org.list_departments(who=who)}
