"""Services on offer, grants, calls; what a person may know about the use of their data."""

from datetime import timedelta

from django.db.models import Count, Q

from hunhe.hub.exchange import models, subscribing
from hunhe.hub.exchange.granting import grant_shapes, no_such_grant, today
from hunhe.hub.exchange.services import all_services, find_service
from hunhe.hub.exchange.shapes import (
    Call,
    Grant,
    GrantRequest,
    HandoverDay,
    PutAside,
    Service,
    Signer,
    Subscription,
    Totals,
    Trace,
    Use,
    UseDays,
    UseGroup,
)  # fmt: skip
from hunhe.hub.exchange.telling import call_shape, untold, use_shapes
from hunhe.hub.exchange.tracing import trace_call
from hunhe.hub.exchange.weighing import weigh_request
from hunhe.stone.door import CROSS_DEPARTMENTS, Gate, Scope, door
from hunhe.stone.errors import Denied, NotFound, msgid
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

PAGE = 20
DAYS = 30
_GROUPS = {
    "all": Q(),
    "mine": Q(outcome="given", origin="subject"),
    "statutory": Q(outcome="given") & ~Q(origin="subject"),
    "refused": Q(outcome="refused"),
}


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def list_services(*, who: Who, cursor: str | None = None) -> Page[Service]:
    """Services of published resources, one catalogue page at a time."""
    services, after = all_services(cursor)
    return Page(tuple(services), after)


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def service_by_code(*, who: Who, code: str) -> Service:
    """NotFound when there is none, or its resource is not published."""
    found = find_service(code)
    if found is None:
        raise NotFound("exchange.service.unknown", msgid("There is no such service, or its resource is not published."))
    return found


@door(may="exchange.may_see_grants", scope=Scope.DEPARTMENT)
def list_grants(*, who: Who, department: str, cursor: str | None = None) -> Page[Grant]:
    """Grants that a department holds or has given, newest first."""
    rows = models.Grant.objects.filter(Q(department=department) | Q(provider=department)).order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of(grant_shapes(rows[: PAGE + 1]), PAGE, key=lambda grant: (grant.id,))


@door(may="exchange.may_see_grants", scope=Scope.CITY)
def grant_by_id(*, who: Who, grant_id: str) -> Grant:
    """A grant of the caller's department, either side; NotFound for those of others."""
    row = models.Grant.objects.filter(id=grant_id).first()
    sees_all = who.is_system or CROSS_DEPARTMENTS in who.may
    if row is None or not (sees_all or who.department in (row.department, row.provider)):
        raise no_such_grant()
    return grant_shapes([row])[0]


@door(may="exchange.may_see_grants", scope=Scope.CITY)
def request_by_case(*, who: Who, case_id: str) -> GrantRequest:
    """A grant request on its way, with what was looked up for whoever decides. Flow says who may see the case."""
    return weigh_request(who, case_id)


@door(may="exchange.may_see_calls", scope=Scope.DEPARTMENT)
def calls_of(*, who: Who, department: str, cursor: str | None = None) -> Page[Call]:
    """Calls of a department's clients, refused ones included, newest first."""
    rows = models.Call.objects.filter(department=department, channel="exchange").order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of([call_shape(row) for row in rows[: PAGE + 1]], PAGE, key=lambda call: (call.id,))


@door(may=Gate.SIGNED_IN, scope=Scope.DEPARTMENT)
def list_signers(*, who: Who, department: str) -> tuple[Signer, ...]:
    """The keys with which a department's systems vouch for cases, newest first, at most 50."""
    rows = models.Signer.objects.filter(department=department, revoked_at=None).order_by("-id")[:50]
    return tuple(Signer(row.id, row.department, row.name, row.fingerprint, row.added_at) for row in rows)


@door(may="exchange.may_see_grants", scope=Scope.CITY)
def list_subscriptions(*, who: Who, grant_id: str = "", cursor: str | None = None) -> Page[Subscription]:
    """Receivers of changes that the caller's department takes or gives, newest first; all for those who cross departments."""
    rows = subscribing.visible(who).order_by("-id")
    if grant_id:
        rows = rows.filter(grant_id=grant_id)
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of(subscribing.shapes(rows[: PAGE + 1]), PAGE, key=lambda one: (one.id,))


@door(may="exchange.may_see_grants", scope=Scope.CITY)
def subscription_by_id(*, who: Who, subscription_id: str) -> Subscription:
    """One receiver, seen from either side; NotFound for those of others."""
    return subscribing.shape(subscribing.seen(who, subscription_id))


@door(may="exchange.may_see_grants", scope=Scope.CITY)
def handovers_of(*, who: Who, subscription_id: str) -> tuple[HandoverDay, ...]:
    """The last thirty days on which something was handed over, newest first."""
    rows = subscribing.handovers(subscribing.seen(who, subscription_id))
    return tuple(HandoverDay(row.day, row.acknowledged, row.repeated, row.counted) for row in rows)


@door(may="exchange.may_see_grants", scope=Scope.CITY)
def put_aside_of(*, who: Who, subscription_id: str) -> tuple[PutAside, ...]:
    """What was put aside because the receiver would not take it, newest first, at most 50."""
    rows = models.SetAside.objects.filter(subscription=subscribing.seen(who, subscription_id)).order_by("-at")[:50]
    return tuple(PutAside(row.first, row.last, row.error, row.by, row.at) for row in rows)


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def uses_of(*, who: Who, subject_id: str, cursor: str | None = None, group: UseGroup = "all") -> Page[Use]:
    """Every use of a person's data, refused ones included, newest first. One that must not be told yet shows only that it was."""
    day = today()
    rows = models.Call.objects.filter(_GROUPS[group], subject_id=subject_id).order_by("-id")
    if group != "all":
        rows = rows.exclude(untold(day))
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of(use_shapes(rows[: PAGE + 1], day), PAGE, key=lambda use: (use.id,))


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def use_days(*, who: Who, subject_id: str) -> UseDays:
    """The last thirty days of uses, counted by day and group. One query."""
    last = today()
    first = last - timedelta(days=DAYS - 1)
    rows = models.Call.objects.filter(subject_id=subject_id, day__gte=first).values("day").order_by("day")
    counted = rows.annotate(
        given=Count("id", filter=Q(outcome="given")),
        refused=Count("id", filter=Q(outcome="refused")),
        mine=Count("id", filter=_GROUPS["mine"] & ~untold(last)),
        statutory=Count("id", filter=_GROUPS["statutory"] & ~untold(last)),
    )
    days = list(counted)
    return UseDays(
        first=first,
        last=last,
        days=tuple((row["day"], row["given"], row["refused"]) for row in days),
        given=sum(row["given"] for row in days),
        mine=sum(row["mine"] for row in days),
        statutory=sum(row["statutory"] for row in days),
        refused=sum(row["refused"] for row in days),
    )


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def totals(*, who: Who) -> Totals:
    """All grants and all calls of the city."""
    return Totals(models.Grant.objects.count(), models.Call.objects.count())


@door(may=Gate.SIGNED_IN, scope=Scope.PUBLIC)
def trace(*, who: Who, entry_id: str) -> Trace:
    """Receipt → call → golden field → source row → batch: for auditors and reviewers, and for the person it was about."""
    row = models.Call.objects.filter(entry_id=entry_id).first()
    if row is None:
        raise NotFound("exchange.trace.unknown", msgid("There is no call with this receipt."))
    told = row.hold_until is None or row.hold_until <= today()
    own = who.kind == "citizen" and row.subject_id is not None and row.subject_id == who.subject_id and told
    if not (own or who.holds("exchange.may_trace")):
        raise Denied("exchange.trace.not_yours", msgid("You can only trace the use of your own data."))
    return trace_call(row, who)
