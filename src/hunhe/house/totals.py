"""What a city holds, in numbers: the same before and after a day in which nothing new arrived, but for what records the day."""

from hunhe.hub.bases import queries as bases
from hunhe.hub.collect import queries as collect
from hunhe.hub.exchange import queries as exchange
from hunhe.hub.lake import queries as lake
from hunhe.kernel.audit import queries as audit
from hunhe.kernel.identity import queries as identity
from hunhe.stone.who import Who


def city_totals(who: Who) -> dict[str, int]:
    """All counts since the city began; `active_versions` are tables with a version in force, `versions` all that were made."""
    log, called, held = audit.log_size(who=who), exchange.totals(who=who), lake.holdings(who=who)
    return {
        "subjects": sum(base.subjects for base in bases.list_bases(who=who)),
        "batches": collect.count_batches(who=who),
        "grants": called.grants,
        "active_versions": held.tables,
        "versions": held.versions,
        "sessions": identity.count_sessions(who=who),
        "calls": called.calls,
        "entries": log.sealed + log.waiting,
    }
