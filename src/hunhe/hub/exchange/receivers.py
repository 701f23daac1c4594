"""Desk pages: receivers of changes, how far each has come, and what to do when one fails."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hunhe.hub.exchange import actions, queries, telling
from hunhe.hub.exchange.forms import ReceiverForm
from hunhe.stone.door import CROSS_DEPARTMENTS
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.ui import words
from hunhe.ui.callers import caller

VERBS = {
    "pause": actions.pause_subscription,
    "resume": actions.resume_subscription,
    "set-aside": actions.set_changes_aside,
}


def receivers(request: HttpRequest) -> HttpResponse:
    """Every receiver that the caller's department has, or gives changes to."""
    page = queries.list_subscriptions(who=caller(request), cursor=request.GET.get("cursor"))
    return render(request, "exchange/receivers.html", {"page": page, "names": telling.department_names()})


def receiver(request: HttpRequest, subscription_id: str) -> HttpResponse:
    """One receiver: how far it has come, its days, what was put aside."""
    who = caller(request)
    found = queries.subscription_by_id(who=who, subscription_id=subscription_id)
    shown = {
        "receiver": found,
        "days": queries.handovers_of(who=who, subscription_id=subscription_id),
        "aside": queries.put_aside_of(who=who, subscription_id=subscription_id),
        "names": telling.department_names(),
        "steers": who.holds("exchange.may_apply") and (found.department == who.department or CROSS_DEPARTMENTS in who.may),
    }
    return render(request, "exchange/receiver.html", shown)


def add(request: HttpRequest, grant_id: str) -> HttpResponse:
    """Name a receiver for the changes of a grant; its secret is shown on the page that answers."""
    who = caller(request)
    grant = queries.grant_by_id(who=who, grant_id=grant_id)
    form = ReceiverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            new = actions.subscribe(who=who, grant_id=grant_id, way="webhook", **form.cleaned_data)
        except Invalid as error:
            form.add_error(None, words.say(error.message, error.params))
        else:
            return render(request, "exchange/receiver_added.html", {"new": new})
    shown = {"form": form, "grant": grant, "names": telling.department_names()}
    return render(request, "exchange/receiver_add.html", shown, status=422 if form.errors else 200)


@require_POST
def change(request: HttpRequest, subscription_id: str, verb: str) -> HttpResponse:
    """Pause, try again, put aside, or send once more from a number on."""
    who = caller(request)
    if verb == "replay":
        after = request.POST.get("after", "")
        if not after.isascii() or not after.isdecimal():
            raise Invalid("exchange.subscription.after", msgid("Give the number of the last change you are sure of, or 0."))
        actions.replay_subscription(who=who, subscription_id=subscription_id, after=int(after[:18]))
    elif verb in VERBS:
        VERBS[verb](who=who, subscription_id=subscription_id)
    else:
        raise NotFound("exchange.move.unknown", msgid("There is no such step."))
    messages.success(request, gettext("Done. It counts from the next batch."))
    return redirect("exchange:receiver", subscription_id=subscription_id)
