"""What `hunhe verify` checks of telemetry: batches and readings agree, and the warnings are those the readings give."""

from collections.abc import Iterator
from itertools import islice

from django.db import connection

from hunhe.hub.telemetry import content, models
from hunhe.hub.telemetry.judging import Kept
from hunhe.hub.telemetry.rules.spells import Spell, judge
from hunhe.kernel.audit.shapes import CheckResult

_NAMED = 5
_MISCOUNTED = (
    "SELECT b.code FROM telemetry_batch b LEFT JOIN (SELECT batch_id, count(*) AS n FROM telemetry_reading GROUP BY batch_id) r"
    " ON r.batch_id = b.id WHERE b.accepted <> coalesce(r.n, 0) ORDER BY b.id LIMIT 5"
)


def check_warnings() -> tuple[CheckResult, ...]:
    """Two checks, each naming the first few that fail."""
    with connection.cursor() as cursor:
        cursor.execute(_MISCOUNTED)
        miscounted = [str(code) for (code,) in cursor.fetchall()]
    differing = list(islice(_differing(), _NAMED))
    return (
        _result("telemetry.batches.whole", "batches that hold other than their accepted readings", miscounted),
        _result("telemetry.warnings.true", "sites whose warnings are not those their readings give", differing),
    )


def _differing() -> Iterator[str]:
    """Sites where the kept warnings differ from those judged anew. An open silence depends on the hour and is taken as kept."""
    for rule in content.rules_in_force():
        sites = models.Watch.objects.filter(rule=rule.id).order_by("site_id").values_list("site_id", flat=True)
        for site_id in sites.iterator(chunk_size=500):
            kept = models.Warning.objects.filter(site_id=site_id, rule=rule.id).exclude(state="withdrawn")
            rows = sorted((row.start, row.kind, row.end, row.peak) for row in kept.filter(state="closed"))
            opened = [Spell(row.kind, row.start, None, row.peak) for row in kept.filter(state="open")]  # type: ignore[arg-type]  # the column holds only kinds of spells
            silent = any(spell.kind == "offline" for spell in opened)
            judged = judge(Kept(site_id, rule.metric).between(None, None), rule.terms)
            if silent:  # an open warning ends where the silence began
                judged = [
                    Spell(spell.kind, spell.start, opened[0].start, spell.peak) if spell.end is None else spell
                    for spell in judged
                ]
            true = sorted((spell.start, spell.kind, spell.end, spell.peak) for spell in judged if spell.end is not None)
            still = [spell for spell in judged if spell.end is None]
            if rows != true or (not silent and opened != still):
                yield f"{site_id} under {rule.id}"


def _result(name: str, what: str, found: list[str]) -> CheckResult:
    return CheckResult(name, ok=not found, detail=f"{what}: {', '.join(found) or 'none'}")
