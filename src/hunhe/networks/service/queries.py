"""Items, guides, drafts, applications, ratings: for those who may see them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow import queries as cases
from hunhe.networks.service import catalogue, content, counting, drafting, guiding, lines, models, ratings, rules, sending
from hunhe.networks.service.shapes import (
    Application,
    ApplicationGist,
    Channel,
    Draft,
    Guide,
    ItemCard,
    ItemCounts,
    OnlineRates,
    Rating,
    RatingCounts,
    Scale,
    ScaleReason,
)
from hunhe.stone.door import CROSS_DEPARTMENTS, Gate, Scope, door
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

PAGE = 50
LONGEST_TEXT = 80
SEE_RATINGS = "service.may_see_ratings"


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_items(*, who: Who, text: str = "") -> tuple[ItemCard, ...]:
    """Items in force, all or those whose name or key words hold the text; a city has some thousands at most, one page shows a hundred."""
    rows = models.ServiceItem.objects.filter(active=True).order_by("department", "code")
    for word in text.replace("\x00", "")[:LONGEST_TEXT].split():
        rows = rows.filter(words__icontains=word)
    return tuple(catalogue.card(row) for row in rows[:100])


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def online_rates(*, who: Who) -> OnlineRates:
    """How many items can be applied for online, and how many need no visit; computed from what they demand."""
    return rules.online_rates(content.item_of(row) for row in catalogue.all_active())


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def guide(*, who: Who, item: str, answers: Mapping[str, str] | None = None) -> Guide:
    """The guide of an item, judged for the caller where the city knows who they are (that look is recorded). NotFound."""
    return guiding.guide(who, item, answers or {})


@door(may=Gate.CITIZEN, scope=Scope.CITY)
def draft_by_id(*, who: Who, draft_id: str) -> Draft:
    """A draft of the caller's own. NotFound."""
    return lines.draft_shape(drafting.own(draft_id, drafting.real_name(who)))


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def open_drafts(*, who: Who, subject_id: str) -> tuple[Draft, ...]:
    """The caller's drafts not yet sent, newest first; at most one an item."""
    rows = models.Draft.objects.select_related("item").filter(subject_id=subject_id, state="open").order_by("-saved_at")
    return tuple(lines.draft_shape(row) for row in rows[:PAGE])


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def application_by_case(*, who: Who, case_id: str) -> Application:
    """What was applied for, for everybody who may see the case; an official's look is recorded. NotFound."""
    cases.case_by_id(who=who, case_id=case_id)
    found = sending.application(case_id)
    if who.subject_id != found.subject_id and not who.is_system:
        with transaction.atomic():
            audit.record(who=who, act="service.application.seen", object=case_id, subject_id=found.subject_id)
    return found


@door(may="flow.may_move_cases", scope=Scope.CITY)
def application_gists(*, who: Who, case_ids: Sequence[str]) -> dict[str, ApplicationGist]:
    """Names and ways in of applications of the caller's department, by case, for a list; one query."""
    rows = models.Application.objects.select_related("item").filter(case_id__in=list(case_ids))
    if not who.is_system and not who.holds(CROSS_DEPARTMENTS):
        rows = rows.filter(department=who.department or "")
    return {
        row.case_id: ApplicationGist(
            case_id=row.case_id,
            item=row.item_code,
            name=content.item_of(row.item).short_name,
            applicant=row.applicant,
            channel=Channel(row.channel),
            lapsed=row.lapsed,
        )
        for row in rows
    }


@door(may=Gate.OFFICIAL, scope=Scope.PUBLIC)
def procedures(*, who: Who) -> tuple[str, ...]:
    """Procedures that items run on."""
    return catalogue.procedures()


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def rating_scale(*, who: Who) -> Scale:
    """Levels and standard reasons of ratings."""
    found = content.scale()
    reasons = tuple(ScaleReason(code=reason.code, name=reason.name) for reason in found.reasons)
    return Scale(levels=found.levels, reasons=reasons, callback_from=found.callback_from)


@door(may=SEE_RATINGS, scope=Scope.DEPARTMENT)
def list_ratings(
    *, who: Who, department: str | None = None, stars: int | None = None, cursor: str | None = None
) -> Page[Rating]:
    """Ratings of a department's cases, newest first; of all departments for those who may cross them."""
    rows = models.Rating.objects.select_related("application__item").order_by("-at", "-application_id")
    if department is None and not who.is_system and not who.holds(CROSS_DEPARTMENTS):
        department = who.department or ""
    if department is not None:
        rows = rows.filter(department=department)
    if stars is not None:
        rows = rows.filter(stars=stars)
    if cursor:
        at, last = decode_cursor(cursor, 2)
        rows = rows.filter(Q(at__lt=counting.moment_of(at)) | Q(at=counting.moment_of(at), application_id__lt=str(last)))
    page = Page.of(list(rows[: PAGE + 1]), PAGE, lambda row: (row.at.isoformat(), row.application_id))
    return page.map(lines.rating_shape)


@door(may=SEE_RATINGS, scope=Scope.DEPARTMENT)
def rating_counts(*, who: Who, start: datetime, end: datetime, department: str | None = None) -> RatingCounts:
    """Ratings by stars between two moments, and callbacks that wait now."""
    if department is None and not who.is_system and not who.holds(CROSS_DEPARTMENTS):
        department = who.department or ""
    return ratings.counts(department, start, end)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def counts_between(*, who: Who, start: datetime, end: datetime) -> tuple[ItemCounts, ...]:
    """Applications, closings, corrections, overdue ones and ratings between two moments, by item."""
    return counting.by_item(start, end)
