"""The holder's pages: licences as cards, one licence, use copies, the credential with chosen fields."""

from datetime import timedelta
from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from hunhe.stone import ids
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who
from hunhe.ui import words
from hunhe.ui.callers import caller, signed_in
from hunhe.wallet.licence import actions, queries
from hunhe.wallet.licence.addresses import verify_link
from hunhe.wallet.licence.forms import CopyForm
from hunhe.wallet.licence.reading import today
from hunhe.wallet.licence.signs import sign_of

MONTH = timedelta(days=30)


def mine(request: HttpRequest) -> HttpResponse:
    """Every licence the caller holds."""
    who = signed_in(request)
    if who.subject_id is None:
        return render(request, "licence/mine.html", {"page": None})
    page = queries.licences_of(who=who, subject_id=who.subject_id, cursor=request.GET.get("cursor"))
    return render(request, "licence/mine.html", {"page": page, "cards": [(one, sign_of(one.state)) for one in page.items]})


def licence(request: HttpRequest, licence_id: str) -> HttpResponse:
    """One licence: its face, its code, its papers, who checked it, what became of it."""
    who = signed_in(request)
    found = queries.licence_by_id(who=who, licence_id=licence_id)
    copies = queries.copies_of(who=who, licence_id=licence_id)
    uses = queries.uses_of_licence(who=who, licence_id=licence_id, cursor=request.GET.get("cursor"))
    shown: dict[str, Any] = {
        "licence": found,
        "sign": sign_of(found.state),
        "drawn": drawn(verify_link(found.code)),
        "copies": copies,
        "waiting": not found.is_sealed or any(not copy.file_id for copy in copies),
        "uses": uses,
        "history": tuple(reversed(queries.history(who=who, licence_id=licence_id))),
    }
    return render(request, "licence/licence.html", shown)


def new_copy(request: HttpRequest, licence_id: str) -> HttpResponse:
    """For whom, what for, until when."""
    who = signed_in(request)
    found = queries.licence_by_id(who=who, licence_id=licence_id)
    form = CopyForm(request.POST or None, initial={"valid_until": today() + MONTH, "key": ids.new("key")})
    if request.method == "POST" and form.is_valid() and _ordered(who, licence_id, form):
        messages.success(request, gettext("Your use copy is being made. You can download it in a few seconds."))
        return redirect("licence:licence", licence_id=licence_id)
    return render(request, "licence/new_copy.html", {"licence": found, "form": form}, status=422 if form.errors else 200)


@require_POST
def revoke_copy(request: HttpRequest, copy_id: str) -> HttpResponse:
    """Take a use copy back."""
    copy = actions.revoke_copy(who=caller(request), copy_id=copy_id)
    messages.success(request, gettext("Taken back. Whoever checks that copy is told so from now on."))
    return redirect("licence:licence", licence_id=copy.licence_id)


def credential(request: HttpRequest, licence_id: str) -> HttpResponse:
    """The credential with only the fields that the holder ticks."""
    who = signed_in(request)
    found = queries.licence_by_id(who=who, licence_id=licence_id)
    names = tuple(request.GET.getlist("show"))
    fields = [field for field in found.fields if "credential" in field.surfaces]
    text = queries.credential_of(who=who, licence_id=licence_id, names=names) if "made" in request.GET else ""
    shown = {"licence": found, "fields": fields, "names": names, "text": text, "made": "made" in request.GET}
    return render(request, "licence/credential.html", shown)


def drawn(link: str) -> SafeString:
    """A QR as an inline drawing; its link is made here, not typed by anybody."""
    return mark_safe(segno.make_qr(link, error="m").svg_inline(border=0, dark="#0A262E", omitsize=True))  # noqa: S308  # drawn here, no word of anybody in it


def _ordered(who: Who, licence_id: str, form: CopyForm) -> bool:
    """Whether it was ordered; if not, the form now says why."""
    try:
        actions.order_copy(who=who, licence_id=licence_id, **form.cleaned_data)
    except HunheError as error:
        form.add_error(None, words.say(error.message, error.params))
        return False
    return True
