"""What telemetry counts: readings of the day, live sites that report or are silent, warnings that stand open."""

from django.db.models import Count, Max, Sum

from hunhe.hub.telemetry import models
from hunhe.hub.telemetry.rules.moments import instant_of
from hunhe.kernel.indicators import actions as indicators
from hunhe.kernel.indicators.shapes import MOST_HAPPENINGS, Happening, Indicator, Line, Reading, Span
from hunhe.stone.errors import msgid
from hunhe.stone.who import Who
from hunhe.ui.pages import link

MAY = "telemetry.may_see_warnings"
READINGS = Indicator(
    id="telemetry.readings_today",
    name=msgid("Sensor readings"),
    caliber=msgid("Readings kept since 00:00, whenever they were measured; repeated and conflicting ones are not among them."),
    unit=msgid("readings"),
    numerator=msgid("readings kept today"),
    owner="ecology_environment",
    may=MAY,
    river=True,
)
ONLINE = Indicator(
    id="telemetry.sites_now",
    name=msgid("Sites online"),
    caliber=msgid("Live sites that reported within the gap of their rule, among all live sites; a silent site is offline."),
    unit="%",
    numerator=msgid("live sites that report"),
    denominator=msgid("all live sites"),
    period="now",
    kind="share",
    owner="ecology_environment",
    may=MAY,
)
WARNINGS = Indicator(
    id="telemetry.warnings_now",
    name=msgid("Open warnings"),
    caliber=msgid(
        "Warnings of live sites that have begun and not ended, by level; silence is counted among the sites, not here."
    ),
    unit=msgid("warnings"),
    numerator=msgid("warnings open now"),
    period="now",
    owner="ecology_environment",
    may=MAY,
)


def register() -> None:
    start = Who.system("start")
    indicators.register_indicator(who=start, indicator=READINGS, read=_readings)
    indicators.register_indicator(who=start, indicator=ONLINE, read=_sites)
    indicators.register_indicator(who=start, indicator=WARNINGS, read=_warnings)
    indicators.register_happenings(who=start, room="telemetry", read=_happenings)


def _readings(who: Who, span: Span) -> Reading:
    rows = models.Batch.objects.filter(received_at__gte=span.start, received_at__lt=span.end, accepted__gt=0)
    by_source = rows.values_list("source__name", "source__department").annotate(n=Sum("accepted"), at=Max("received_at"))
    lines = tuple(
        Line(label=name, department=department, value=count, at=at, url=link("telemetry:warnings"))
        for name, department, count, at in by_source.order_by("source__name")
    )
    slots = span.by_slot(rows.values_list("received_at", "accepted"))
    return Reading(lines=lines, as_of=span.now, slots=slots)


def _sites(who: Who, span: Span) -> Reading:
    rows = (
        models.Watch.objects.filter(site__source__mode="live").select_related("site__source").order_by("site_id", "rule")[:500]
    )
    lines = tuple(
        Line(
            label=row.site.name,
            department=row.site.source.department,
            value=int(row.state in ("normal", "over")),
            whole=1,
            at=None if row.last_at is None else instant_of(row.last_at, row.site.source.offset),
            url=link("telemetry:site", row.site_id),
            division=row.site.division,
            note=f"state.telemetry.watch.{row.state}",
        )
        for row in rows
    )
    return Reading(lines=lines, as_of=span.now)


def _warnings(who: Who, span: Span) -> Reading:
    opened = models.Warning.objects.filter(live=True, kind="over", state="open")
    found = {
        (level, division): (count, at)
        for level, division, count, at in opened.values_list("level", "site__division").annotate(
            n=Count("id"), at=Max("found_at")
        )
    }
    names = dict(models.Level.objects.values_list("code", "name"))
    lines = tuple(
        Line(
            label=names.get(level, level),
            department="ecology_environment",
            value=count,
            at=at,
            url=link("telemetry:warnings"),
            division=division,
        )
        for (level, division), (count, at) in sorted(found.items())
    )
    return Reading(lines=lines, as_of=span.now)


def _happenings(who: Who, span: Span) -> list[Happening]:
    """Warnings of live sites found today."""
    levels = {row.code: row for row in models.Level.objects.all()}
    rules = dict(models.Rule.objects.values_list("code", "body__name"))
    rows = models.Warning.objects.filter(live=True, found_at__gte=span.start, found_at__lt=span.end).exclude(state="withdrawn")
    found = []
    for row in rows.select_related("site").order_by("-found_at", "-id")[:MOST_HAPPENINGS]:
        level = levels.get(row.level)
        silent = row.kind == "offline"
        found.append(
            Happening(
                at=row.found_at,
                label=msgid("%(site)s is silent") if silent else msgid("%(site)s: %(rule)s"),
                note=msgid("offline")
                if silent
                else msgid("%(level)s, ended")
                if row.end is not None
                else (level.name if level else ""),
                kind="ok" if row.end is not None else "you" if silent else "late",
                url=link("telemetry:warning", row.id),
                level=level.number if level and row.end is None else 0,
                division=row.site.division,
                params={"site": row.site.name, "rule": rules.get(row.rule, row.rule), "level": level.name if level else ""},
            )
        )
    return found
