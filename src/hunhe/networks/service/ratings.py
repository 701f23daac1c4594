"""Ratings: five levels with standard reasons, one a case; a bad one opens a callback that needs a result."""

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Count, Q

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow import actions as flow
from hunhe.kernel.flow import queries as cases
from hunhe.kernel.flow.shapes import Case
from hunhe.kernel.notify import actions as notify
from hunhe.networks.service import content, lines, models, rules
from hunhe.networks.service.item import RatingScale
from hunhe.networks.service.sending import application_row
from hunhe.networks.service.shapes import Channel, Rating, RatingCounts
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, msgid
from hunhe.stone.who import Who

LONGEST_COMMENT = 500


def rate(who: Who, case_id: str, stars: int, reasons: Sequence[str], comment: str) -> Rating:
    """One rating a case, by the person it was about, once it is done. The same again changes nothing."""
    case = cases.case_by_id(who=who, case_id=case_id)
    row = application_row(case_id)
    if who.subject_id is None or row.subject_id != who.subject_id:
        raise Denied("service.rating.not_yours", msgid("Only the person it was about can rate it."))
    return _keep(who, case, row, stars, reasons, comment)


def rate_at_counter(who: Who, case_id: str, stars: int, reasons: Sequence[str], comment: str) -> Rating:
    """A rating by somebody without a phone, on the screen that a clerk handed over: for what was taken in at that counter. The
    clerk's name stays beside it and the person is told of it, so that nobody rates in another's place unseen.
    """
    case, row = counter_case(who, case_id)
    made = _keep(who, case, row, stars, reasons, comment, handed=True)
    notify.send(
        who=Who.system("service"),
        to_subject=row.subject_id,
        title=msgid("Rated at the counter: %(title)s"),
        body=msgid("%(stars)s of 5 stars, on the screen of %(clerk)s. If it was not you, call 12345."),
        params={"title": case.title, "stars": made.stars, "clerk": made.handed_by},
        link=f"/service/cases/{case.id}/",
        key=f"service:rated:{case.id}",
    )
    return made


def counter_case(who: Who, case_id: str) -> tuple[Case, models.Application]:
    """A case that was taken in at the counter of the caller's department. Denied for any other."""
    case, row = cases.case_by_id(who=who, case_id=case_id), application_row(case_id)
    if row.channel != Channel.COUNTER or row.department != who.department:
        raise Denied("service.rating.counter", msgid("Only what was taken in at your counter is rated here."))
    return case, row


def _keep(
    who: Who,
    case: Case,
    row: models.Application,
    stars: int,
    reasons: Sequence[str],
    comment: str,
    *,
    handed: bool = False,
) -> Rating:
    if case.is_open or case.outcome == "withdrawn":
        raise Conflict("service.rating.not_done", msgid("You can rate this once it is done."))
    scale = content.scale()
    chosen = rules.fitting_reasons(stars, reasons, {reason.code: reason.name for reason in scale.reasons})
    said = " ".join(comment.split())[:LONGEST_COMMENT]
    try:
        with transaction.atomic():
            made = models.Rating.objects.create(
                application=row,
                department=row.department,
                stars=stars,
                reasons=list(chosen),
                comment=said,
                at=clock.now(),
                handed_by=who.id if handed else "",
                handed_name=who.name if handed else "",
            )
            detail = {"stars": stars, "reasons": list(chosen), "handed_over": handed}
            audit.record(who=who, act="service.rating.given", object=case.id, subject_id=row.subject_id, detail=detail)
            if stars <= scale.callback_from:
                made.callback = _open_callback(who, row, made, scale)
                made.save(update_fields=["callback"])
    except IntegrityError:
        made = models.Rating.objects.get(application=row)
        if (made.stars, made.reasons, made.comment) != (stars, list(chosen), said):
            raise Conflict("service.rating.given", msgid("You have rated this already; a rating cannot be changed.")) from None
    return lines.rating_shape(models.Rating.objects.select_related("application__item").get(application=row))


def _open_callback(who: Who, row: models.Application, rating: models.Rating, scale: RatingScale) -> str:
    names = {reason.code: reason.name for reason in scale.reasons}
    system = Who.system("service", on_behalf_of=who.id)
    card = cases.procedure_by_id(who=system, procedure=scale.procedure)
    facts = {
        "rated_case": row.number,
        "stars": rating.stars,
        "reasons": [names[code] for code in rating.reasons] or [scale.levels[rating.stars - 1]],
    }
    case = flow.open_case(
        who=system,
        procedure=scale.procedure,
        department=row.department,
        facts=facts | ({"comment": rating.comment} if rating.comment else {}),
        subject_id=row.subject_id,
        origin="statutory",
        title=f"{card.name} {row.number}",
        key=f"rating:{row.case_id}",
    )
    return case.id


def counts(department: str | None, start: datetime, end: datetime) -> RatingCounts:
    """Ratings between two moments, by stars, and callbacks that wait now."""
    rows = models.Rating.objects.filter(department=department) if department else models.Rating.objects.all()
    found = dict(rows.filter(at__gte=start, at__lt=end).values_list("stars").annotate(n=Count("application")))
    waiting = rows.filter(~Q(callback="") & Q(answered_at=None)).count()
    one, two, three, four, five = (int(found.get(stars, 0)) for stars in range(1, 6))
    return RatingCounts(by_stars=(one, two, three, four, five), waiting=waiting)
