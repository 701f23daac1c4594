"""Which consents stand, and what was ever allowed."""

from collections.abc import Mapping
from datetime import datetime

from django.db.models import Count, Q

from hunhe.kernel.consent import erasing, holdings, models
from hunhe.kernel.consent.exporting import export_shape
from hunhe.kernel.consent.rows import consent_shapes, current_kind, kind_shape
from hunhe.kernel.consent.shapes import Consent, ConsentCounts, Erased, Export, Holding, Kind, RightsCounts
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page, decode_cursor
from hunhe.stone.who import Who

PAGE = 20


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_kinds(*, who: Who) -> tuple[Kind, ...]:
    """Every kind that can be given now, in its newest text; a city has a few dozen."""
    return tuple(kind_shape(row) for row in models.Kind.objects.filter(active=True).order_by("code"))


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def kind_by_id(*, who: Who, kind: str) -> Kind:
    """NotFound."""
    return kind_shape(current_kind(kind))


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def active_consent(*, who: Who, subject_id: str, kind: str, recipient: str = "") -> Consent | None:
    """The consent that stands at this moment, to the kind's newest text; None otherwise. Read from the row each time."""
    rows = models.Consent.objects.select_related("kind").filter(
        subject_id=subject_id, code=kind, recipient=recipient, state="given", kind__active=True
    )
    row = rows.filter(Q(until=None) | Q(until__gt=clock.now())).first()
    return consent_shapes([row])[0] if row else None


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def list_consents(*, who: Who, subject_id: str, cursor: str | None = None) -> Page[Consent]:
    """What a person ever allowed, newest first, ended ones included."""
    rows = models.Consent.objects.select_related("kind").filter(subject_id=subject_id).order_by("-id")
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of(consent_shapes(list(rows[: PAGE + 1])), PAGE, key=lambda consent: (consent.id,))


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def consent_by_id(*, who: Who, subject_id: str, consent_id: str) -> Consent:
    """One of a person's consents. NotFound."""
    row = models.Consent.objects.select_related("kind").filter(subject_id=subject_id, id=consent_id).first()
    if row is None:
        raise NotFound("consent.unknown", msgid("There is no such consent of yours."))
    return consent_shapes([row])[0]


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def counts_between(*, who: Who, start: datetime, end: datetime) -> ConsentCounts:
    """Givings and withdrawals from `start` (included) to `end`, and what stands now. No subject."""
    now = clock.now()
    given = models.Consent.objects.filter(given_at__gte=start, given_at__lt=end).count()
    withdrawn = models.Ending.objects.filter(state="withdrawn", at__gte=start, at__lt=end).count()
    stands = Q(state="given", kind__active=True) & (Q(until=None) | Q(until__gt=now))
    standing = models.Consent.objects.aggregate(n=Count("id", filter=stands))["n"]
    return ConsentCounts(given=given, withdrawn=withdrawn, standing=standing)


@door(may=Gate.SIGNED_IN, scope=Scope.OWN)
def list_exports(*, who: Who, subject_id: str) -> tuple[Export, ...]:
    """The newest copies a person asked for, at most ten."""
    return tuple(export_shape(row) for row in models.Export.objects.filter(subject_id=subject_id).order_by("-id")[:10])


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def holdings_of(*, who: Who, subject_id: str) -> tuple[Holding, ...]:
    """Which rooms hold how much about a person, and what keeps it. Counts only; whoever shows them records the look."""
    return holdings.holdings_of(subject_id)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def holding_titles(*, who: Who) -> Mapping[str, str]:
    """Titles (msgids) of everything that rooms registered, by room."""
    return {one.room: one.title for one in holdings.registered()}


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def erased_in(*, who: Who, case_id: str) -> tuple[Erased, ...]:
    """What an erasure did, room by room; empty before it was carried out."""
    return erasing.erased_shapes(case_id)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def rights_between(*, who: Who, start: datetime, end: datetime) -> RightsCounts:
    """Copies made and erasures carried out from `start` (included) to `end`. No subject."""
    exports = models.Export.objects.filter(ready_at__gte=start, ready_at__lt=end).count()
    erased = models.Erasure.objects.filter(at__gte=start, at__lt=end, outcome="erased")
    return RightsCounts(exports=exports, erasures=erased.values("case_id").distinct().count())
