"""Pages: warnings on the desk, one warning, one site; for citizens, the air near them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from hunhe.hub.telemetry import queries
from hunhe.hub.telemetry.charts import Span, draw_chart, span_around
from hunhe.hub.telemetry.shapes import Reading, Rule, Warning
from hunhe.hub.telemetry.showing import Air, Names, facts_of, newest, river_of, site_zone, told_rule
from hunhe.kernel.flow import queries as flow
from hunhe.kernel.flow.shapes import CaseFile
from hunhe.stone import clock
from hunhe.stone.errors import HunheError
from hunhe.stone.who import Who
from hunhe.ui.callers import caller

SITE_HOURS = {"24": 24, "72": 72}
AIR_HOURS = 24
SHOWN_READINGS = 24
VIEWS = ("open", "all", "offline", "replay")
_ORDER = ("over", "offline", "never", "normal")


def warnings(request: HttpRequest) -> HttpResponse:
    """The map of live sites with what is open beside it."""
    who = caller(request)
    names = Names(who)
    side = _side(request, who, names)
    watches = queries.list_watches(who=who, live=side["view"] != "replay")
    placed, loose = names.pins(watches)
    counts = {state: sum(watch.state == state for watch in watches) for state in ("normal", "over", "offline", "never")}
    shown = side | {
        "sketch": names.sketch,
        "pins": placed,
        "watches": sorted([*placed, *loose], key=lambda pin: (_ORDER.index(pin.watch.state), pin.watch.site.name)),
        "unit": next((rule.unit for rule in names.rules.values()), ""),
        "counts": counts,
        "levels": names.levels.values(),
        "rules": [(rule, told_rule(rule)) for rule in names.rules.values()],
        "as_of": newest(watches),
        "simulated": any(watch.site.simulated for watch in watches),
    }
    return render(request, "telemetry/warnings.html", shown)


def warning(request: HttpRequest, warning_id: str) -> HttpResponse:
    """One warning: how high, how long, who issued it, what became of its order."""
    who = caller(request)
    found = queries.warning_by_id(who=who, warning_id=warning_id)
    names = Names(who)
    shown = names.show(found)
    file = _order(who, found)
    closed = file is not None and not file.case.is_open
    context = _side(request, who, names) | {
        "shown": shown,
        "warning": found,
        "facts": facts_of(shown, names.districts.get(found.site.division[:6], "")),
        "file": file,
        "trail": [(event, "" if event.by.startswith("system:") else event.by_name) for event in reversed(file.events)]
        if file
        else [],
        "steps": river_of(found, file.case.stage if file else "", closed) if found.kind == "over" and found.live else [],
        "chart": _chart(who, found.site.id, shown.rule, span_around(found, clock.now())) if shown.rule else None,
    }
    return render(request, "telemetry/warning.html", context)


def site(request: HttpRequest, site_id: str) -> HttpResponse:
    """One site: three days of readings with threshold and warnings, and how it stands now."""
    who = caller(request)
    found = queries.site_by_id(who=who, site_id=site_id)
    names = Names(who)
    watches = queries.watches_of(who=who, site_id=site_id)
    now, zone = clock.now(), site_zone(found)
    hours = request.GET.get("hours", "24" if found.mode == "live" else "72")
    length = timedelta(hours=SITE_HOURS.get(hours, 24))
    charts = []
    for watch in watches:
        rule = names.rules.get(watch.rule)
        if rule is not None:
            end = now if found.mode == "live" else (watch.last_at or now) + timedelta(hours=1)
            span = Span(end - length, end, zone, now if found.mode == "live" else None)
            rows = queries.readings_of(who=who, site_id=site_id, metric=rule.metric, start=span.start, end=span.end)
            chart = _drawn(who, site_id, rule, span, rows)
            charts.append({"watch": watch, "rule": rule, "chart": chart, "rows": list(reversed(rows))[:SHOWN_READINGS]})
    page = queries.list_warnings(who=who, site_id=site_id, cursor=request.GET.get("cursor"))
    context = {
        "site": found,
        "district": names.districts.get(found.division[:6], ""),
        "charts": charts,
        "lengths": [
            {"code": code, "hours": count, "on": timedelta(hours=count) == length} for code, count in SITE_HOURS.items()
        ],
        "page": page,
        "shown": [names.show(item) for item in page.items],
        "pin": next(iter([*names.pins(watches)[0], *names.pins(watches)[1]]), None),
    }
    return render(request, "telemetry/site.html", context)


def air(request: HttpRequest) -> HttpResponse:
    """How the air is near you, in plain words."""
    who = caller(request)
    names = Names(who)
    every = [known for known in map(names.air, queries.list_watches(who=who)) if known is not None]
    here = sorted({item.watch.site.division[:6] for item in every if item.watch.site.division})
    chosen = request.GET.get("district", "")
    near = [item for item in every if not chosen or item.watch.site.division[:6] == chosen]
    shown = sorted(near, key=lambda item: (_ORDER.index(item.watch.state), -(item.watch.last_value or 0)))[
        : queries.MOST_CHARTS
    ]
    recent = queries.recent_readings(who=who, site_ids=[item.watch.site.id for item in shown], hours=AIR_HOURS)
    context = {
        "near": [{"air": item, "chart": _air_chart(item, recent)} for item in shown],
        "headline": _headline(near),
        "districts": [{"code": code, "name": names.districts.get(code, code), "on": code == chosen} for code in here],
        "chosen": chosen,
        "levels": names.levels.values(),
        "simulated": any(item.watch.site.simulated for item in near),
        "rules": [(rule, told_rule(rule)) for rule in names.rules.values()],
    }
    return render(request, "telemetry/air.html", context)


def _side(request: HttpRequest, who: Who, names: Names) -> dict[str, Any]:
    """The list on the left: what is open, everything, silence, or series of the past."""
    view = next((known for known in VIEWS if known == request.GET.get("view")), "open")
    page = queries.list_warnings(
        who=who,
        kind="offline" if view == "offline" else "over",
        live=view != "replay",
        only_open=view == "open",
        cursor=request.GET.get("cursor"),
    )
    labels = {
        "open": gettext("Going on"),
        "all": gettext("All"),
        "offline": gettext("Offline"),
        "replay": gettext("Replays"),
    }
    return {
        "page": page,
        "rows": [names.show(item) for item in page.items],
        "view": view,
        "views": [{"code": code, "label": labels[code]} for code in VIEWS],
    }


def _order(who: Who, found: Warning) -> CaseFile | None:
    """The order of a warning, for those who may see it."""
    if not found.case_id:
        return None
    try:
        return flow.case_file(who=who, case_id=found.case_id)
    except HunheError:
        return None


def _chart(who: Who, site_id: str, rule: Rule, span: Span) -> dict[str, Any]:
    rows = queries.readings_of(who=who, site_id=site_id, metric=rule.metric, start=span.start, end=span.end)
    return _drawn(who, site_id, rule, span, rows)


def _drawn(who: Who, site_id: str, rule: Rule, span: Span, rows: Any) -> dict[str, Any]:
    found = queries.warnings_between(who=who, site_id=site_id, start=span.start, end=span.end)
    return draw_chart(rows, [item for item in found if item.rule == rule.code], rule, span)


def _air_chart(item: Air, recent: Mapping[tuple[str, str], Sequence[Reading]]) -> dict[str, Any]:
    now = clock.now()
    span = Span(now - timedelta(hours=AIR_HOURS), now, site_zone(item.watch.site), now)
    return draw_chart(recent.get((item.watch.site.id, item.rule.metric), ()), [], item.rule, span)


def _headline(near: list[Air]) -> str:
    """The answer first. What nobody measured is not called good."""
    if not near:
        return gettext("No site measures the air here yet.")
    warned = [item for item in near if item.watch.state == "over"]
    if warned:
        worst = max(warned, key=lambda item: item.watch.last_value or 0)
        return gettext("The air is bad at %(site)s; a warning stands.") % {"site": worst.watch.site.name}
    known = [item for item in near if item.grade is not None]
    if not known:
        return gettext("Nobody knows right now: the sites are silent.")
    worst = max(known, key=lambda item: item.watch.last_value or 0)
    return gettext("No warning stands. The worst place: %(site)s, %(grade)s.") % {
        "site": worst.watch.site.name,
        "grade": worst.grade.name if worst.grade else "",
    }
