"""What a reader has been told."""

from django.db.models import Exists, OuterRef, QuerySet

from hunhe.kernel.notify import models
from hunhe.kernel.notify.rules import audiences_of
from hunhe.kernel.notify.shapes import Notice
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.page import Page, bad_cursor, decode_cursor
from hunhe.stone.who import Who

PAGE = 30
MOST_COUNTED = 100


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def list_notices(*, who: Who, cursor: str | None = None) -> Page[Notice]:
    """The caller's notices, newest first."""
    rows = _mine(who).order_by("-id").annotate(was_read=Exists(_readings(who)))
    if cursor:
        (last,) = decode_cursor(cursor, 1)
        if not isinstance(last, int):
            raise bad_cursor()
        rows = rows.filter(id__lt=last)
    upto = _upto(who)
    return Page.of(
        [row.shape(read=row.was_read or row.id <= upto) for row in rows[: PAGE + 1]], PAGE, key=lambda notice: (notice.id,)
    )


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def unread_count(*, who: Who) -> int:
    """How many of the caller's notices are unread, counted up to a hundred."""
    rows = _mine(who).filter(id__gt=_upto(who)).filter(~Exists(_readings(who)))
    return rows[:MOST_COUNTED].count()


def _mine(who: Who) -> QuerySet[models.Notice]:
    return models.Notice.objects.filter(audience__in=audiences_of(who))


def _readings(who: Who) -> QuerySet[models.Reading]:
    return models.Reading.objects.filter(reader=who.id, notice=OuterRef("id"))


def _upto(who: Who) -> int:
    return models.Mark.objects.filter(reader=who.id).values_list("upto", flat=True).first() or 0
