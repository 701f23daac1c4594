"""Saying something once, and marking it read."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from hunhe.kernel.notify import models
from hunhe.kernel.notify.rules import audience, audiences_of, is_local
from hunhe.kernel.notify.shapes import Notice
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Invalid, NotFound, msgid
from hunhe.stone.who import Who

LONGEST_BODY = 2000


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def send(
    *,
    who: Who,
    title: str,
    key: str,
    body: str = "",
    link: str = "",
    params: Mapping[str, Any] | None = None,
    to_account: str | None = None,
    to_subject: str | None = None,
    to_post: str | None = None,
    to_department: str | None = None,
    to_permission: str | None = None,
) -> int:
    """Tell an account, a subject, whoever is in a post, or those of a department who hold a permission. The same key again is the same notice.

    title, body: msgids, filled from `params` in the reader's language. link: a path of this city. Returns the notice's id.
    """
    target = audience(to_account, to_subject, to_post, to_department, to_permission)
    if not is_local(link) or not title or len(title) > 200 or len(body) > LONGEST_BODY or not 0 < len(key) <= 200:
        raise Invalid("notify.notice", msgid("A notice needs a short title, a key, and a link inside this city."))
    try:
        with transaction.atomic():
            row = models.Notice.objects.create(
                key=key, audience=target, title=title, body=body, link=link, params=dict(params or {}), at=clock.now()
            )
    except IntegrityError:
        return models.Notice.objects.values_list("id", flat=True).get(key=key)
    return row.id


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def mark_read(*, who: Who) -> None:
    """Mark everything read that stands now. Twice is once."""
    newest = models.Notice.objects.filter(audience__in=audiences_of(who)).aggregate(newest=Max("id"))["newest"]
    if newest is not None:
        models.Mark.objects.update_or_create(reader=who.id, defaults={"upto": newest})
        models.Reading.objects.filter(reader=who.id, notice_id__lte=newest).delete()


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def read_notice(*, who: Who, notice_id: int) -> Notice:
    """Mark one of the caller's notices read and return it. Twice is once; NotFound for a notice of somebody else."""
    row = models.Notice.objects.filter(audience__in=audiences_of(who), id=notice_id).first() if notice_id < 2**63 else None
    if row is None:
        raise NotFound("notify.notice.unknown", msgid("There is no such notice."))
    models.Reading.objects.get_or_create(reader=who.id, notice=row)
    return row.shape(read=True)
