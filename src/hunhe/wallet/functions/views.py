"""The owner's page: what the code can be used for, and the switch of each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.kernel.org import queries as org
from hunhe.stone.door import CROSS_DEPARTMENTS
from hunhe.stone.errors import Denied, msgid
from hunhe.ui.callers import caller
from hunhe.wallet.functions import actions, queries


@require_GET
def functions(request: HttpRequest) -> HttpResponse:
    """All functions; those of the caller's department have a switch."""
    who = caller(request)
    if not who.holds("functions.may_switch"):
        raise Denied("door.no_permission", msgid("Your posts do not include this. Ask your department's administrator."))
    names = {department.code: department.name for department in org.list_departments(who=who)}
    found: list[dict[str, Any]] = [
        {
            "is": one,
            "owner": names.get(one.owner, one.owner),
            "own": one.owner == who.department or CROSS_DEPARTMENTS in who.may,
        }
        for one in queries.list_functions(who=who)
    ]
    shown = {"functions": found, "on": sum(one["is"].on for one in found), "own": sum(one["own"] for one in found)}
    return render(request, "functions/functions.html", shown)


@require_POST
def switch(request: HttpRequest, function: str) -> HttpResponse:
    on = request.POST.get("on") == "1"
    changed = actions.switch_function(who=caller(request), function=function, on=on, reason=request.POST.get("reason", ""))
    said = (
        gettext("%(name)s runs again. The next scan already passes.")
        if on
        else gettext("%(name)s is stopped. All others go on.")
    )
    messages.success(request, said % {"name": changed.name})
    return redirect("functions:functions")
