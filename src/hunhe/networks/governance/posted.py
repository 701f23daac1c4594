"""What pages post: a report with its photos, a step on a version."""

import math
from collections.abc import Mapping

from django.http import HttpRequest

from hunhe.networks.governance import actions
from hunhe.networks.governance.shapes import Report
from hunhe.stone.errors import Invalid, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller

MOST_PHOTOS = 4


def point(said: Mapping[str, str]) -> tuple[float, float]:
    """Longitude and latitude of the form. Invalid when there is none yet."""
    try:
        lon, lat = float(said.get("lon", "")), float(said.get("lat", ""))
    except ValueError as error:
        raise Invalid("governance.place.none", msgid("Show on the map where it is.")) from error
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise Invalid("governance.place.none", msgid("Show on the map where it is."))
    return lon, lat


def version(request: HttpRequest) -> int:
    text = request.POST.get("rev", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("governance.form.rev", msgid("This page is damaged. Open the problem again."))
    return int(text)


def key(request: HttpRequest) -> str:
    return request.POST.get("key", "")[:120]


def photos(request: HttpRequest, who: Who, place: tuple[float, float] | None) -> list[str]:
    """Keep the photos of a form; their ids."""
    device = place or (None, None)
    files = request.FILES.getlist("photos")[:MOST_PHOTOS]
    return [
        actions.keep_photo(who=who, name=file.name or "photo", stream=file, lon=device[0], lat=device[1]).id for file in files
    ]


def report(request: HttpRequest) -> Report:
    """Carry out a posted report; a form sent twice is one report."""
    who = caller(request)
    lon, lat = point(request.POST)
    kept = request.POST.getlist("kept") or photos(request, who, None)
    return actions.report_problem(
        who=who,
        kind=request.POST.get("kind", "")[:16],
        lon=lon,
        lat=lat,
        words=request.POST.get("words", ""),
        place=request.POST.get("place", ""),
        photo_ids=kept,
        component=request.POST.get("component", "")[:40],
        join=request.POST.get("join", "")[:40],
        separate=request.POST.get("shown") == "1" and not request.POST.get("join"),
        anonymous=request.POST.get("anonymous") == "1",
        key=key(request),
    )
