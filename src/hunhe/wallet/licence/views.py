"""The public page that says whether a licence holds, and what is published for checking without it."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from hunhe.stone.who import Who
from hunhe.ui.callers import caller
from hunhe.wallet.licence import queries
from hunhe.wallet.licence.endpoints import read_paper
from hunhe.wallet.licence.forms import CheckForm
from hunhe.wallet.licence.limiting import admit
from hunhe.wallet.licence.shapes import Verification
from hunhe.wallet.licence.signs import sign_of


@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Where the QR of a paper leads."""
    admit(request, caller(request))
    return _told(request, queries.verify(who=caller(request), code=code))


def verify_form(request: HttpRequest) -> HttpResponse:
    """Checking by hand: a code typed in, a credential pasted, a paper uploaded."""
    form = CheckForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        admit(request, caller(request))
        return _told(request, _checked(caller(request), form))
    return render(request, "licence/verify_form.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The root certificate of papers."""
    pem = queries.issuer_keys(who=caller(request)).authority
    return HttpResponse(
        pem, content_type="application/x-pem-file", headers={"Content-Disposition": 'attachment; filename="authority.pem"'}
    )


@require_safe
def issuer(request: HttpRequest) -> HttpResponse:
    """Issuer metadata of SD-JWT credentials."""
    published = queries.issuer_keys(who=caller(request))
    return JsonResponse({"issuer": published.issuer, "jwks": {"keys": list(published.credential_keys)}})


def _checked(who: Who, form: CheckForm) -> Verification:
    said = form.cleaned_data
    if said.get("paper"):
        return queries.verify_document(who=who, content=read_paper(said["paper"]))
    text = said["text"].strip()
    if "~" in text:
        return queries.verify_credential(who=who, text=text)
    return queries.verify(who=who, code=text.rstrip("/").rsplit("/", 1)[-1])


def _told(request: HttpRequest, told: Verification) -> HttpResponse:
    shown = {"told": told, "sign": sign_of(told.answer)}
    response = render(request, "licence/verify.html", shown)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
