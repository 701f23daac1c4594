"""The citizen's pages: the code, real name, real person, devices."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hunhe.hub.bases import actions as bases
from hunhe.hub.bases import queries as bases_queries
from hunhe.stone.errors import Denied, HunheError, msgid
from hunhe.stone.who import Who
from hunhe.ui import words
from hunhe.ui.callers import signed_in
from hunhe.ui.returning import way_back
from hunhe.wallet.code import actions, forms, queries
from hunhe.wallet.code.liveness import REAL_PERSON
from hunhe.wallet.code.rules import window
from hunhe.wallet.code.shapes import LivenessState, Scan
from hunhe.wallet.functions import queries as functions

REAL_NAME = 2


@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The code itself. Nothing on it changes with time, so that the kept page is as good as a fresh one."""
    who = citizen(request)
    if who.subject_id is None:
        return render(request, "code/before.html")
    found = functions.list_functions(who=who)
    shown = {
        "name": _name(who),
        "real_person": who.level >= REAL_PERSON,
        "functions": [function for function in found if function.on],
        "off": [function for function in found if not function.on],
        "rotate": window.ROTATE,
        "last": _last(who),
    }
    return render(request, "code/show.html", shown)


@require_http_methods(["GET", "POST"])
def real_name(request: HttpRequest) -> HttpResponse:
    """Level 2: name and number against the population base; then back to where it was asked for."""
    who, there = citizen(request), way_back(request, reverse("code:show"))
    if who.level >= REAL_NAME:
        return redirect(there)
    form = forms.RealName(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            bases.confirm_real_name(who=who, name=form.cleaned_data["name"], id_number=form.cleaned_data["id_number"])
        except HunheError as error:
            form.add_error(None, words.say(error.message, error.params))
        else:
            messages.success(request, gettext("Your real name is confirmed. Your code is ready."))
            return redirect(there)
    return render(request, "code/real_name.html", {"form": form, "there": there}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def real_person(request: HttpRequest) -> HttpResponse:
    """Level 3: the police look at the face; this page waits for their answer."""
    who = citizen(request)
    if who.subject_id is None:
        return redirect("code:real_name")
    if request.method == "POST":
        actions.ask_liveness(who=who)
        return redirect("code:real_person")
    found = queries.newest_liveness(who=who)
    done = who.level >= REAL_PERSON
    waits = found is not None and found.state is LivenessState.ASKED and not done
    shown = {"asked": found, "done": done, "waits": waits}
    return render(request, "code/parts/liveness.html" if "part" in request.GET else "code/real_person.html", shown)


@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """The caller's devices: what they are called, when they were last here, and the end of a lost one."""
    who = citizen(request)
    if who.subject_id is None:
        return redirect("code:real_name")
    found = queries.list_devices(who=who)
    shown = {"active": [one for one in found if one.state == "active"], "gone": [one for one in found if one.state != "active"]}
    return render(request, "code/devices.html", shown)


@require_POST
def change_device(request: HttpRequest, device_id: str, verb: str) -> HttpResponse:
    who = citizen(request)
    if verb == "name":
        actions.rename_device(who=who, device_id=device_id, name=request.POST.get("name", ""))
    elif verb == "revoke":
        device = actions.revoke_device(who=who, device_id=device_id)
        messages.success(request, gettext("%(name)s is removed. Its codes no longer pass.") % {"name": device.name})
    return redirect("code:devices")


def citizen(request: HttpRequest) -> Who:
    who = signed_in(request)
    if who.kind != "citizen":
        raise Denied("door.citizens_only", msgid("This page is for citizens."))
    return who


def _name(who: Who) -> str:
    """Whose code this is. The look is recorded, as any other at a golden record; without the base the code goes on."""
    try:
        golden = bases_queries.own_subject(who=who, subject_id=who.subject_id or "")
    except HunheError:
        return who.name
    return next((field.value for field in golden.fields if field.name == "name"), who.name)


def _last(who: Who) -> dict[str, object] | None:
    scan = queries.last_scan(who=who)
    if scan is None:
        return None
    return {"scan": scan, "told": _told(who, scan)}


def _told(who: Who, scan: Scan) -> str:
    known = {function.id: function for function in functions.list_functions(who=who)}
    return known[scan.function].tells if scan.function in known else ""
