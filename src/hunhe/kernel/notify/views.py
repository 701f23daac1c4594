"""The page behind the bell."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from hunhe.kernel.notify import actions, queries
from hunhe.kernel.notify.shapes import Notice
from hunhe.ui.callers import caller


@dataclass(frozen=True, slots=True)
class Line:
    """A notice in the reader's language."""

    id: int
    title: str
    body: str
    link: str
    at: datetime
    read: bool

    @classmethod
    def of(cls, notice: Notice) -> "Line":
        title, body = gettext(notice.title), gettext(notice.body) if notice.body else ""
        return cls(notice.id, title % notice.params, body % notice.params if body else "", notice.link, notice.at, notice.read)


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """What the reader was told, in the skin they work in."""
    who = caller(request)
    page = queries.list_notices(who=who, cursor=request.GET.get("cursor"))
    skin = "citizen" if who.kind == "citizen" else "desk"
    return render(request, f"notify/{skin}.html", {"page": page.map(Line.of)})


@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    actions.mark_read(who=caller(request))
    return redirect("notify:notices")


@require_POST
def open_notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark it read and go where it leads."""
    notice = actions.read_notice(who=caller(request), notice_id=notice_id)
    return HttpResponseRedirect(notice.link) if notice.link else redirect("notify:notices")
