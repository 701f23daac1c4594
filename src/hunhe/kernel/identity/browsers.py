"""Browsers that are signed in: which, since when, last seen; and signing them out from afar."""

import re
from datetime import datetime

from django.contrib.sessions.models import Session as Stored
from django.http import HttpRequest

from hunhe.kernel.identity import models, shapes
from hunhe.stone import clock, ids

_PLACES = (("iPad", "iPad"), ("iPhone", "iPhone"), ("HarmonyOS", "HarmonyOS"), ("Android", "Android"))
_SYSTEMS = (("Windows", "Windows"), ("Macintosh", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux"))
_BROWSERS = (("MicroMessenger", "WeChat"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))


def device_of(agent: str) -> str:
    """“iPhone Safari”: enough to know one's own devices again, too little to tell people apart."""
    place = next((name for mark, name in (*_PLACES, *_SYSTEMS) if mark in agent), "")
    browser = next((name for mark, name in _BROWSERS if re.search(rf"\b{mark}", agent)), "")
    return " ".join(part for part in (place, browser) if part)


def note(request: HttpRequest, account_id: str) -> None:
    """A browser has signed in."""
    if not request.session.session_key:
        request.session.create()
    now = clock.true_now()
    models.Session.objects.update_or_create(
        key=request.session.session_key,
        defaults={
            "id": ids.new("ses"),
            "account_id": account_id,
            "device": device_of(request.headers.get("User-Agent", "")),
            "begun_at": now,
            "seen_at": now,
        },
    )


def seen(request: HttpRequest, now: datetime) -> None:
    if request.session.session_key:
        models.Session.objects.filter(key=request.session.session_key).update(seen_at=now)


def of_account(account_id: str, current: str) -> tuple[shapes.Session, ...]:
    """Those whose session still lives; the others are forgotten."""
    rows = list(models.Session.objects.filter(account_id=account_id).order_by("-seen_at"))
    alive = set(
        Stored.objects.filter(session_key__in=[row.key for row in rows], expire_date__gt=clock.true_now()).values_list(
            "session_key", flat=True
        )
    )
    gone = [row.id for row in rows if row.key not in alive]
    if gone:
        models.Session.objects.filter(id__in=gone).delete()
    return tuple(
        shapes.Session(row.id, row.device, row.begun_at, row.seen_at, row.key == current) for row in rows if row.key in alive
    )


def end(account_id: str, keep: str, only: str = "") -> int:
    """Sign out the account's browsers: `only` this one, or all but the session `keep`."""
    rows = models.Session.objects.filter(account_id=account_id).exclude(key=keep)
    keys = list((rows.filter(id=only) if only else rows).values_list("key", flat=True))
    Stored.objects.filter(session_key__in=keys).delete()
    models.Session.objects.filter(key__in=keys).delete()
    return len(keys)
