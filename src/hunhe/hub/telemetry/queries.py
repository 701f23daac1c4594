"""Sources, sites, readings, warnings; how the air is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q, QuerySet, Sum
from django.utils import timezone

from hunhe.hub.telemetry import models
from hunhe.hub.telemetry.content import rules_in_force
from hunhe.hub.telemetry.rows import level_shape, rule_shape, site_shape, source_shape, warning_shape, watch_shape
from hunhe.hub.telemetry.rules.moments import instant_of, minute_of, write_moment
from hunhe.hub.telemetry.shapes import Counts, Level, Reading, Rule, Site, Source, Warning, WarningKind, Watch
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.page import Page, bad_cursor, decode_cursor
from hunhe.stone.who import Who

PAGE = 100
MOST_READINGS = 5_000
MOST_SITES = 500
MOST_CHARTS = 50


@door(may="telemetry.may_see_warnings", scope=Scope.CITY)
def list_sources(*, who: Who) -> tuple[Source, ...]:
    """All sources, live ones first, at most 500."""
    return tuple(source_shape(row) for row in models.Source.objects.order_by("mode", "-id")[:MOST_SITES])


@door(may="telemetry.may_see_warnings", scope=Scope.CITY)
def list_sites(*, who: Who, source: str | None = None, cursor: str | None = None) -> Page[Site]:
    """Sites by id, of one source or of all."""
    rows = models.Site.objects.select_related("source").order_by("id")
    if source is not None:
        rows = rows.filter(source__code=source)
    if cursor:
        rows = rows.filter(id__gt=str(decode_cursor(cursor, 1)[0]))
    return Page.of([site_shape(row) for row in rows[: PAGE + 1]], PAGE, key=lambda site: (site.id,))


@door(may="telemetry.may_see_warnings", scope=Scope.CITY)
def site_by_id(*, who: Who, site_id: str) -> Site:
    """NotFound."""
    row = models.Site.objects.select_related("source").filter(id=site_id).first()
    if row is None:
        raise NotFound("telemetry.site.unknown", msgid("There is no such site."))
    return site_shape(row)


@door(may="telemetry.may_see_warnings", scope=Scope.CITY)
def list_warnings(
    *,
    who: Who,
    source: str | None = None,
    site_id: str | None = None,
    kind: WarningKind | None = None,
    live: bool | None = None,
    only_open: bool = False,
    cursor: str | None = None,
) -> Page[Warning]:
    """Warnings, those that began last first; withdrawn ones are left out. One query at any length."""
    rows = models.Warning.objects.select_related("site__source").exclude(state="withdrawn").order_by("-start", "-id")
    if source is not None:
        rows = rows.filter(site__source__code=source)
    if site_id is not None:
        rows = rows.filter(site_id=site_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    if live is not None:
        rows = rows.filter(live=live)
    if only_open:
        rows = rows.filter(state="open")
    if cursor:
        start, last = decode_cursor(cursor, 2)
        if not isinstance(start, int) or abs(start) > 2**31 - 1:
            raise bad_cursor()
        rows = rows.filter(Q(start__lt=start) | Q(start=start, id__lt=str(last)))
    found = list(rows[: PAGE + 1])
    starts = {row.id: row.start for row in found}
    return Page.of([warning_shape(row) for row in found], PAGE, key=lambda warning: (starts[warning.id], warning.id))


@door(may="telemetry.may_see_warnings", scope=Scope.CITY)
def warning_by_id(*, who: Who, warning_id: str) -> Warning:
    """One warning, also a withdrawn one. NotFound."""
    row = models.Warning.objects.select_related("site__source").filter(id=warning_id).first()
    if row is None:
        raise NotFound("telemetry.warning.unknown", msgid("There is no such warning."))
    return warning_shape(row)


@door(may="telemetry.may_see_warnings", scope=Scope.CITY)
def readings_of(*, who: Who, site_id: str, metric: str, start: datetime, end: datetime) -> tuple[Reading, ...]:
    """Readings of a site between two instants, both included, in order; the first five thousand."""
    return _readings(site_id, metric, start, end)


@door(may="telemetry.may_see_warnings", scope=Scope.CITY)
def warnings_between(*, who: Who, site_id: str, start: datetime, end: datetime) -> tuple[Warning, ...]:
    """Warnings of a site that touch a span of time, in order; the first two hundred."""
    site = models.Site.objects.select_related("source").filter(id=site_id).first()
    if site is None:
        return ()
    first, last = minute_of(start, site.source.offset), minute_of(end, site.source.offset)
    rows = models.Warning.objects.select_related("site__source").filter(site_id=site_id, start__lte=last)
    rows = rows.filter(Q(end=None) | Q(end__gte=first)).exclude(state="withdrawn").order_by("start", "kind")
    return tuple(warning_shape(row) for row in rows[:200])


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_watches(*, who: Who, live: bool = True) -> tuple[Watch, ...]:
    """How every site stands now under every rule; how the air is, is no secret. Three queries, at most 500 sites."""
    mode = "live" if live else "replay"
    rows = models.Watch.objects.select_related("site__source").filter(site__source__mode=mode).order_by("site_id", "rule")
    return _with_levels(rows[:MOST_SITES])


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def watches_of(*, who: Who, site_id: str) -> tuple[Watch, ...]:
    """How one site stands under each rule."""
    rows = models.Watch.objects.select_related("site__source").filter(site_id=site_id).order_by("rule")
    return _with_levels(rows[:MOST_SITES])


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def recent_readings(*, who: Who, site_ids: Sequence[str], hours: int = 24) -> Mapping[tuple[str, str], tuple[Reading, ...]]:
    """What live sites reported in the last hours (at most 72), by site and metric, in order. Two queries for up to 50 sites."""
    sites = models.Site.objects.select_related("source").filter(id__in=list(site_ids)[:MOST_CHARTS], source__mode="live")
    offsets = {site.id: site.source.offset for site in sites}
    if not offsets:
        return {}
    since = clock.now() - timedelta(hours=min(hours, 72))
    rows = models.Reading.objects.filter(site_id__in=offsets, at__gte=minute_of(since, min(offsets.values())))
    found: defaultdict[tuple[str, str], list[Reading]] = defaultdict(list)
    for site_id, metric, at, value in rows.order_by("site_id", "metric", "at").values_list("site_id", "metric", "at", "value"):
        instant = instant_of(at, offsets[site_id])
        if instant >= since:
            found[site_id, metric].append(Reading(instant, write_moment(at), value))
    return {key: tuple(readings) for key, readings in found.items()}


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_rules(*, who: Who) -> tuple[Rule, ...]:
    """The rules in force, by id."""
    return tuple(rule_shape(rule) for rule in rules_in_force())


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def list_levels(*, who: Who) -> tuple[Level, ...]:
    """The levels of warnings, red first, with who issues them."""
    return tuple(level_shape(row) for row in models.Level.objects.order_by("number"))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def counts(*, who: Who) -> Counts:
    """The day's readings, live sites by state, open live warnings by level."""
    midnight = timezone.localtime(clock.now()).replace(hour=0, minute=0, second=0, microsecond=0)
    taken = models.Batch.objects.filter(received_at__gte=midnight).aggregate(rows=Sum("accepted"))
    states = dict(
        models.Watch.objects.filter(site__source__mode="live").values_list("state").annotate(n=Count("site", distinct=True))
    )
    levels = dict(
        models.Warning.objects.filter(live=True, kind="over", state="open").values_list("level").annotate(n=Count("id"))
    )
    dark = states.get("offline", 0) + states.get("never", 0)
    every = sum(states.values())
    order = models.Level.objects.order_by("number").values_list("code", flat=True)
    return Counts(
        readings_today=taken["rows"] or 0,
        sites=every,
        online=every - dark,
        offline=dark,
        by_level=tuple((code, levels.get(code, 0)) for code in order),
        as_of=models.Batch.objects.aggregate(at=Max("received_at"))["at"],
    )


def _with_levels(rows: QuerySet[models.Watch]) -> tuple[Watch, ...]:
    found = list(rows)
    opened = models.Warning.objects.filter(state="open", site_id__in={row.site_id for row in found})
    levels = {(row.site_id, row.rule): (row.id, row.level) for row in opened}
    return tuple(watch_shape(row, levels) for row in found)


def _readings(site_id: str, metric: str, start: datetime, end: datetime) -> tuple[Reading, ...]:
    site = models.Site.objects.select_related("source").filter(id=site_id).first()
    if site is None:
        return ()
    offset = site.source.offset
    rows = models.Reading.objects.filter(
        site_id=site_id, metric=metric, at__gte=minute_of(start, offset), at__lte=minute_of(end, offset)
    )
    return tuple(
        Reading(instant_of(at, offset), write_moment(at), value)
        for at, value in rows.order_by("at").values_list("at", "value")[:MOST_READINGS]
    )
