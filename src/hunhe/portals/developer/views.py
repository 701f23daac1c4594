"""The developer portal: services, one service with a call to try, keys, reference."""

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import resolve
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hunhe.hub.exchange import queries as exchange
from hunhe.hub.exchange.shapes import REFUSALS, Service
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity import queries as accounts
from hunhe.kernel.org import queries as org
from hunhe.portals.developer.reference import read_chapters
from hunhe.stone.errors import Invalid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller

CREATE = "identity.may_create_clients"


def services(request: HttpRequest) -> HttpResponse:
    """Everything that can be called; strangers are shown how to begin."""
    who = caller(request)
    page = exchange.list_services(who=who, cursor=request.GET.get("cursor")) if who.kind != "anonymous" else None
    return render(request, "developer/services.html", {"page": page})


def service(request: HttpRequest, code: str) -> HttpResponse:
    """One service: its columns, what a call looks like, and a form that makes one."""
    who = caller(request)
    found = exchange.service_by_code(who=who, code=code)
    shown = {
        "service": found,
        "provider": _names(who).get(found.department, found.department),
        "key": found.keys[0],
        "attributes": [column for column in found.columns if column.name not in found.keys],
        "example": _example(found),
        "refusals": REFUSALS,
    }
    return render(request, "developer/service.html", shown)


def keys(request: HttpRequest) -> HttpResponse:
    """The keys of the caller's department; a new one is shown once."""
    who = caller(request)
    if who.department is None:
        return render(request, "developer/keys.html", {"page": None})
    made = None
    wrong = ""
    if request.method == "POST":
        try:
            made = identity.create_client(who=who, name=request.POST.get("name", ""), department=who.department)
        except Invalid as error:
            wrong = gettext(error.message)
    page = accounts.list_clients(who=who, department=who.department, cursor=request.GET.get("cursor"))
    shown = {"page": page, "made": made, "wrong": wrong, "creates": who.holds(CREATE)}
    return render(request, "developer/keys.html", shown, status=422 if wrong else 200)


@require_POST
def revoke(request: HttpRequest, client_id: str) -> HttpResponse:
    """End a key for good."""
    identity.revoke_client(who=caller(request), client_id=client_id)
    messages.success(request, gettext("Revoked. Calls with this key fail within seconds."))
    return redirect("developer:keys")


def reference(request: HttpRequest) -> HttpResponse:
    """The API's own description as a page."""
    described = resolve("/api/openapi.json").func(request)
    chapters = read_chapters(json.loads(described.content))
    return render(request, "developer/reference.html", {"chapters": chapters, "refusals": REFUSALS})


def _example(found: Service) -> str:
    key = {found.keys[0]: "…"}
    if found.kind == "verify":
        key |= {column.name: "…" for column in found.columns if column.name not in found.keys and column.kind == "name"}
    return json.dumps({"key": key, "purpose": "…", "case": "…"}, ensure_ascii=False, indent=2)


def _names(who: Who) -> dict[str, str]:
    return {department.code: department.name for department in org.list_departments(who=who)}
