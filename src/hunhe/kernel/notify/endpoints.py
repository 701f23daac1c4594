"""`/api/v1/notify/`."""

from dataclasses import asdict
from datetime import datetime

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router, Schema, Status

from hunhe.kernel.notify import actions, queries
from hunhe.kernel.notify.shapes import Notice
from hunhe.ui.callers import caller

router = Router()


class NoticeOut(Schema):
    id: int
    title: str
    body: str
    link: str
    at: datetime
    read: bool

    @classmethod
    def of(cls, notice: Notice) -> "NoticeOut":
        said = asdict(notice)
        return cls(**said | {part: gettext(said[part]) % notice.params if said[part] else "" for part in ("title", "body")})


class NoticesOut(Schema):
    items: list[NoticeOut]
    next: str | None


class UnreadOut(Schema):
    unread: int


@router.get("/notices", response=NoticesOut)
def notices(request: HttpRequest, cursor: str | None = None) -> NoticesOut:
    """Notices for the caller, newest first."""
    page = queries.list_notices(who=caller(request), cursor=cursor)
    return NoticesOut(items=[NoticeOut.of(notice) for notice in page.items], next=page.next)


@router.get("/unread", response=UnreadOut)
def unread(request: HttpRequest) -> UnreadOut:
    """How many are unread; a hundred stands for a hundred or more."""
    return UnreadOut(unread=queries.unread_count(who=caller(request)))


@router.post("/notices/read", response={204: None})
def read_all(request: HttpRequest) -> Status[None]:
    """Mark everything read that stands now."""
    actions.mark_read(who=caller(request))
    return Status(204, None)


@router.post("/notices/{int:notice_id}/read", response={204: None})
def read(request: HttpRequest, notice_id: int) -> Status[None]:
    """Mark one read."""
    actions.read_notice(who=caller(request), notice_id=notice_id)
    return Status(204, None)
