"""Desk pages: who works here in which post (for administrators), and who stands in for oneself (for every official)."""

import secrets
from datetime import timedelta

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from hunhe.kernel.identity import actions, queries
from hunhe.kernel.identity.days import today
from hunhe.kernel.identity.forms import NewOfficial, NewPost, StandInForm
from hunhe.kernel.identity.shapes import Cover, Person
from hunhe.kernel.org import queries as org
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who
from hunhe.ui import words
from hunhe.ui.callers import caller
from hunhe.ui.choices import Choices

MANAGE = "identity.may_manage_accounts"


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Officials of the city or of one department; a new one is made here and its first password shown this once."""
    who = caller(request)
    department = request.GET.get("department", "")
    text = request.GET.get("q", "").strip().replace("\x00", "")[:60]
    form = (
        NewOfficial(request.POST or None, choices={"post": _posts(who, department)})
        if department and who.holds(MANAGE)
        else None
    )
    made = _made(who, department, form) if form is not None and request.method == "POST" else None
    names = {one.code: one.short_name for one in org.list_departments(who=who)}
    page = queries.list_people(who=who, department=department, text=text, cursor=request.GET.get("cursor"))
    shown = {
        "page": page,
        "rows": [(person, names.get(person.account.department or "", "")) for person in page.items],
        "departments": names.items(),
        "department": department,
        "department_name": names.get(department, ""),
        "text": text,
        "form": form if made is None or form is None else NewOfficial(choices={"post": _posts(who, department)}),
        "made": made,
    }
    return render(request, "identity/people.html", shown)


@require_GET
def person(request: HttpRequest, account_id: str) -> HttpResponse:
    who = caller(request)
    return _person_page(request, queries.person_by_id(who=who, account_id=account_id))


@require_POST
def appoint(request: HttpRequest, account_id: str) -> HttpResponse:
    who = caller(request)
    found = queries.person_by_id(who=who, account_id=account_id)
    form = NewPost(request.POST, choices={"post": _posts(who, found.account.department or "")})
    if not form.is_valid():
        return _person_page(request, found, form=form)
    given = form.cleaned_data
    actions.appoint(who=who, account_id=account_id, post=given["post"], since=given["since"], until=given["until"])
    messages.success(request, gettext("The post is given."))
    return redirect("identity:person", account_id)


@require_POST
def end_appointment(request: HttpRequest, account_id: str, appointment_id: str) -> HttpResponse:
    """The post ends with yesterday: what it allowed is over with this press."""
    actions.end_appointment(who=caller(request), appointment_id=appointment_id, until=today() - timedelta(days=1))
    messages.success(request, gettext("The post has ended."))
    return redirect("identity:person", account_id)


@require_POST
def reset(request: HttpRequest, account_id: str) -> HttpResponse:
    """A new password, shown this once; the second factor is set up again at the next sign-in."""
    who, password = caller(request), secrets.token_urlsafe(12)
    actions.reset_access(who=who, account_id=account_id, password=password)
    return _person_page(request, queries.person_by_id(who=who, account_id=account_id), password=password)


@require_POST
def switch(request: HttpRequest, account_id: str) -> HttpResponse:
    """Shut somebody out, or let them in again."""
    active = request.POST.get("active") == "1"
    actions.set_active(who=caller(request), account_id=account_id, active=active)
    messages.success(
        request, gettext("This person can sign in again.") if active else gettext("This person is signed out and shut out.")
    )
    return redirect("identity:person", account_id)


@require_http_methods(["GET", "POST"])
def stand_ins(request: HttpRequest) -> HttpResponse:
    """Own posts, who acts in them meanwhile, and for whom one acts oneself."""
    who = caller(request)
    cover = queries.cover_of(who=who)
    form = StandInForm(request.POST or None, choices=_choices(cover))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.delegate(who=who, post=given["post"], deputy_id=given["deputy"], since=given["since"], until=given["until"])
        messages.success(request, gettext("Your colleague stands in for you."))
        return redirect("identity:stand_ins")
    return render(request, "identity/stand_ins.html", {"cover": cover, "form": form, "today": today()})


@require_POST
def end_stand_in(request: HttpRequest, delegation_id: str) -> HttpResponse:
    actions.end_delegation(who=caller(request), delegation_id=delegation_id)
    messages.success(request, gettext("The stand-in has ended."))
    return redirect("identity:stand_ins")


def _made(who: Who, department: str, form: NewOfficial) -> dict[str, str] | None:
    """The account just made, with its password; None, with the form's errors set, when it could not be."""
    if not form.is_valid():
        return None
    given, password = form.cleaned_data, secrets.token_urlsafe(12)
    try:
        with transaction.atomic():
            account = actions.create_account(
                who=who,
                username=given["username"],
                password=password,
                kind="official",
                department=department,
                name=given["name"],
            )
            actions.appoint(who=who, account_id=account.id, post=given["post"])
    except HunheError as refusal:
        form.add_error(None, words.say(refusal.message, refusal.params))
        return None
    return {"id": account.id, "name": given["name"], "username": given["username"], "password": password}


def _person_page(request: HttpRequest, found: Person, *, form: NewPost | None = None, password: str = "") -> HttpResponse:
    who = caller(request)
    may_manage = who.holds(MANAGE) and found.account.id != who.id
    shown = {
        "person": found,
        "department": org.department_by_code(who=who, code=found.account.department or ""),
        "form": form or NewPost(choices={"post": _posts(who, found.account.department or "")}),
        "password": password,
        "may_manage": may_manage,
    }
    return render(request, "identity/person.html", shown)


def _posts(who: Who, department: str) -> Choices:
    return [(post.code, post.name) for post in org.list_posts(who=who, department=department) if post.in_use]


def _choices(cover: Cover) -> dict[str, Choices]:
    return {
        "post": [(held.appointment.post, held.post_name) for held in cover.posts],
        "deputy": [(one.id, one.name or one.username) for one in cover.colleagues],
    }
