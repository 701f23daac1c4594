"""Judging sites when readings have come or silence has lasted: rules meet the tables, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from hunhe.hub.telemetry import models, orders
from hunhe.hub.telemetry.content import RuleEntry
from hunhe.hub.telemetry.rules.moments import instant_of, minute_of
from hunhe.hub.telemetry.rules.spells import Spell, Verdict, level_of, rejudge
from hunhe.kernel.events import actions as events
from hunhe.stone import clock, ids
from hunhe.stone.who import Who

SYSTEM = Who.system("telemetry")
SILENT_AT_ONCE = 200


_ROWS = "FROM telemetry_reading WHERE site_id = %s AND metric = %s AND at "
_CALM_BEFORE = f"SELECT at {_ROWS} < %s AND value <= %s ORDER BY at DESC LIMIT 1"
_CALM_AFTER = f"SELECT at {_ROWS} > %s AND value <= %s ORDER BY at LIMIT 1"
_BETWEEN = f"SELECT at, value {_ROWS} > %s AND at <= %s ORDER BY at"
_EARLIEST, _LATEST = -(2**31) + 1, 2**31 - 1
_SETTLE = "UPDATE telemetry_watch SET last_at = %s, last_value = %s WHERE site_id = %s AND rule = %s AND (last_at IS NULL OR last_at < %s)"


@dataclass(frozen=True, slots=True)
class Kept:
    """The kept readings of one site and metric, as the rules read them. Asked for every delivery: no ORM."""

    site_id: str
    metric: str

    def calm_before(self, at: int, threshold: float) -> int | None:
        return self._time(_CALM_BEFORE, at, threshold)

    def calm_after(self, at: int, threshold: float) -> int | None:
        return self._time(_CALM_AFTER, at, threshold)

    def between(self, after: int | None, until: int | None) -> Iterable[tuple[int, float]]:
        first, last = _EARLIEST if after is None else after, _LATEST if until is None else until
        with connection.cursor() as cursor:
            cursor.execute(_BETWEEN, [self.site_id, self.metric, first, last])
            while rows := cursor.fetchmany(5000):
                yield from rows

    def _time(self, query: str, at: int, threshold: float) -> int | None:
        with connection.cursor() as cursor:
            cursor.execute(query, [self.site_id, self.metric, at, threshold])
            row = cursor.fetchone()
        return None if row is None else int(row[0])


def judge_arrivals(source: models.Source, rules: Sequence[RuleEntry], spans: dict[tuple[str, str], tuple[int, int]]) -> None:
    """Judge what has just been kept. spans: (site, metric) → first and last time that is new."""
    now = clock.now()
    for (site_id, metric), (first, last) in sorted(spans.items()):
        for rule in rules:
            if rule.metric == metric:
                judge_site(source, site_id, rule, first, last, now)


def judge_site(source: models.Source, site_id: str, rule: RuleEntry, first: int, last: int, now: datetime) -> None:
    """Bring the warnings of one site under one rule up to what its readings say."""
    shown = minute_of(now, source.offset) if source.mode == "live" else None
    verdict = rejudge(Kept(site_id, rule.metric), rule.terms, first, last, shown)
    _write(source, site_id, rule, verdict, now)
    _settle_watch(site_id, rule, verdict, now)


def judge_whole(rule: RuleEntry) -> None:
    """Judge everything anew, for a rule whose terms have changed. Watches of sites that measure its metric are made where wanting."""
    now = clock.now()
    for site in models.Site.objects.select_related("source").order_by("id"):
        if rule.metric in site.source.metrics:
            watch_site(site.id, [rule], now)
            span = _span(site.id, rule.metric)
            if span is not None:
                judge_site(site.source, site.id, rule, *span, now)


def watch_site(site_id: str, rules: Iterable[RuleEntry], now: datetime) -> None:
    """Let rules watch a site, which has never reported until it does."""
    models.Watch.objects.bulk_create(
        [models.Watch(site_id=site_id, rule=rule.id, state="never", changed_at=now) for rule in rules], ignore_conflicts=True
    )


def find_silence(rules: Sequence[RuleEntry]) -> int:
    """Open “offline” at live sites that have said nothing for longer than a rule's gap. Returns how many were found."""
    now, found = clock.now(), 0
    for rule in rules:
        for offset in models.Source.objects.filter(mode="live").values_list("offset", flat=True).distinct():
            limit = minute_of(now, offset) - rule.terms.gap
            silent = models.Watch.objects.filter(
                rule=rule.id,
                state__in=("normal", "over"),
                last_at__lt=limit,
                site__source__mode="live",
                site__source__offset=offset,
            )
            for site_id, source in silent.values_list("site_id", "site__source_id")[:SILENT_AT_ONCE]:
                _judge_silence(source, site_id, rule, now)
                found += 1
    return found


def _judge_silence(source_id: int, site_id: str, rule: RuleEntry, now: datetime) -> None:
    with transaction.atomic():
        source = models.Source.objects.select_for_update().get(pk=source_id)  # readings may be coming at this moment
        last = models.Watch.objects.filter(site_id=site_id, rule=rule.id).values_list("last_at", flat=True).first()
        if last is not None:
            judge_site(source, site_id, rule, last, last, now)


def _span(site_id: str, metric: str) -> tuple[int, int] | None:
    rows = models.Reading.objects.filter(site_id=site_id, metric=metric).order_by("at").values_list("at", flat=True)
    first, last = rows.first(), rows.last()
    return None if first is None or last is None else (first, last)


def _write(source: models.Source, site_id: str, rule: RuleEntry, verdict: Verdict, now: datetime) -> None:
    """Rows follow the verdict: those that still hold keep their id, by start or by overlap; those that do not are withdrawn."""
    rows = models.Warning.objects.filter(site_id=site_id, rule=rule.id).exclude(state="withdrawn")
    if verdict.after is not None:
        rows = rows.filter(start__gte=verdict.after)
    if verdict.until is not None:
        rows = rows.filter(start__lt=verdict.until)
    known = list(rows.order_by("start"))
    pairs, new = _match(known, verdict.spells)
    held = {row.id for row, _ in pairs}
    for row in known:
        if row.id not in held:
            _withdraw(row, now)
    for row, spell in sorted(pairs, key=lambda pair: pair[1].end is None):
        _follow(source, row, spell, rule, now)
    if new:
        _open(source, site_id, rule, sorted(new, key=lambda spell: spell.end is None), now)


def _match(known: Sequence[models.Warning], spells: Sequence[Spell]) -> tuple[list[tuple[models.Warning, Spell]], list[Spell]]:
    by_start = {(row.kind, row.start): row for row in known}
    pairs = [(by_start.pop((spell.kind, spell.start)), spell) for spell in spells if (spell.kind, spell.start) in by_start]
    exact = {(spell.kind, spell.start) for _, spell in pairs}
    left = list(by_start.values())
    new = []
    for spell in spells:
        if (spell.kind, spell.start) in exact:
            continue
        row = next((row for row in left if row.kind == spell.kind and _overlap(row, spell)), None)
        if row is None:
            new.append(spell)
        else:
            left.remove(row)
            pairs.append((row, spell))
    return pairs, new


def _overlap(row: models.Warning, spell: Spell) -> bool:
    return (row.end is None or spell.start <= row.end) and (spell.end is None or row.start <= spell.end)


def _follow(source: models.Source, row: models.Warning, spell: Spell, rule: RuleEntry, now: datetime) -> None:
    state, level = _state(spell), _level(rule, spell)
    before = (row.start, row.end, row.peak, row.state, row.level)
    if before == (spell.start, spell.end, spell.peak, state, level):
        return
    was = row.state
    row.start, row.end, row.peak, row.state, row.level, row.changed_at = spell.start, spell.end, spell.peak, state, level, now
    row.save(update_fields=["start", "end", "peak", "state", "level", "changed_at"])
    if was != state:
        _publish("closed" if state == "closed" else "opened", row)
    if not row.case_id:
        _order_if_current(source, row, rule, now)


def _open(source: models.Source, site_id: str, rule: RuleEntry, spells: Sequence[Spell], now: datetime) -> None:
    rows = [
        models.Warning(
            id=ids.new("warn"),
            site_id=site_id,
            rule=rule.id,
            kind=spell.kind,
            state=_state(spell),
            start=spell.start,
            end=spell.end,
            peak=spell.peak,
            level=_level(rule, spell),
            live=source.mode == "live",
            found_at=now,
            changed_at=now,
        )
        for spell in spells
    ]
    models.Warning.objects.bulk_create(rows)
    for row in rows:
        _publish("opened", row)
        if row.state == "closed":
            _publish("closed", row)
        _order_if_current(source, row, rule, now)


def _withdraw(row: models.Warning, now: datetime) -> None:
    row.state, row.changed_at = "withdrawn", now
    row.save(update_fields=["state", "changed_at"])
    _publish("withdrawn", row)


def _order_if_current(source: models.Source, row: models.Warning, rule: RuleEntry, now: datetime) -> None:
    """Only what is current by the city's clock becomes an order: a series of the past never does."""
    if not row.live or row.kind != "over" or not rule.procedure:
        return
    if now - instant_of(row.start, source.offset) <= timedelta(hours=rule.order_within_hours):
        orders.ask_for(row.id)


def _publish(what: str, row: models.Warning) -> None:
    """Warnings of the past tell nobody."""
    if row.live:
        payload = {"warning": row.id, "site": row.site_id, "rule": row.rule, "kind": row.kind, "level": row.level}
        events.publish(who=SYSTEM, name=f"telemetry.warning.{what}", aggregate=row.id, payload=payload)


def _state(spell: Spell) -> str:
    return "open" if spell.end is None else "closed"


def _level(rule: RuleEntry, spell: Spell) -> str:
    return "" if spell.peak is None else level_of(spell.peak, rule.ladder())


def _settle_watch(site_id: str, rule: RuleEntry, verdict: Verdict, now: datetime) -> None:
    """The watch shows the newest reading and what is open. A verdict that ends before the newest reading changes neither."""
    if verdict.until is not None:
        return
    open_kind = next((spell.kind for spell in verdict.spells if spell.end is None), "normal")
    if verdict.last is not None:
        at, value = verdict.last
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, [at, value, site_id, rule.id, at])
    models.Watch.objects.filter(site_id=site_id, rule=rule.id).exclude(state=open_kind).update(state=open_kind, changed_at=now)
