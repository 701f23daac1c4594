"""Who is who in a build: rows with the same valid number are one; the others join by evidence, or stay alone.

Works on table `records` (column `rid` numbers rows) and leaves `clusters(rid, cluster, how, evidence)`.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pypinyin import Style, lazy_pinyin

from hunhe.hub.bases.content import Base, Compare, Match, Model

if TYPE_CHECKING:
    import duckdb

    Engine = duckdb.DuckDBPyConnection

_LIKENESS = {
    "equal": "l.{f} = r.{f}",
    "same_sound": "l.{f}_sound = r.{f}_sound",
    "share_character": "len(list_intersect(string_split(l.{f}, ''), string_split(r.{f}, ''))) > 0",
    "near": "damerau_levenshtein(CAST(l.{f} AS VARCHAR), CAST(r.{f} AS VARCHAR)) <= 1",
    "contains": "contains(l.{f}, r.{f}) OR contains(r.{f}, l.{f})",
}
Row = tuple[str, str]


def make_clusters(
    engine: "Engine", base: Base, joins: Sequence[Sequence[Row]], parts: Sequence[tuple[str, Sequence[Row]]]
) -> None:
    """joins: groups of source rows (dataset, key) that were decided to be one; parts: (decision, rows) set apart."""
    _by_number(engine, base.model)
    if base.match is not None:
        _by_evidence(engine, base.match)
    for rows in joins:
        _join(engine, rows)
    for decision, rows in parts:
        _set_apart(engine, base.model.anchor, decision, rows)


def _by_number(engine: "Engine", model: Model) -> None:
    """A row whose name shares no character with the name its number has at the best source is disputed and stands alone."""
    name, anchor = model.name_field, model.anchor
    disputed = "false"
    if name:
        rank = _rank(model, name)
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE named AS SELECT {anchor} AS anchor, arg_min({name}, {rank}) AS name FROM records "
            f"WHERE {anchor} IS NOT NULL AND {name} IS NOT NULL GROUP BY {anchor} HAVING min({name}) <> max({name})"
        )
        disputed = f"n.name IS NOT NULL AND len(list_intersect(string_split(n.name, ''), string_split(t.{name}, ''))) = 0"
    joined = f"LEFT JOIN named n ON n.anchor = t.{anchor}" if name else ""
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE clusters AS SELECT t.rid, CASE WHEN t.{anchor} IS NULL OR {disputed} THEN {_alone('t')} "
        f"ELSE t.{anchor} END AS cluster, CASE WHEN {disputed} THEN 'disputed' WHEN t.{anchor} IS NULL THEN 'alone' ELSE 'number' END AS how, "
        f"CAST(NULL AS DOUBLE) AS evidence FROM records t {joined}"
    )
    # A disputed number is not a fact about the person: the row keeps its place without it.
    engine.execute(f"UPDATE records SET {anchor} = NULL WHERE rid IN (SELECT rid FROM clusters WHERE how = 'disputed')")


def _alone(row: str) -> str:
    return f"'row:' || {row}.dataset || ':' || {row}.key"


def _rank(model: Model, field: str) -> str:
    """The place of a row's input in a field's order of authority; ties go to the newer row, then by key."""
    authority = next(rule.authority for rule in model.fields if rule.name == field)
    cases = " ".join(f"WHEN '{source}' THEN {place}" for place, source in enumerate(authority))
    return f"((CASE input {cases} ELSE {len(authority)} END)::BIGINT << 57) + age"


def _by_evidence(engine: "Engine", match: Match) -> None:
    """Rows that stand alone look for their person among all rows."""
    named = {compare.field for compare in match.compare if any(level.kind == "same_sound" for level in compare.levels)}
    named |= {field[1:] for row in match.candidates for field in row if field.startswith("~")}
    if engine.execute("SELECT count(*) FROM clusters WHERE how = 'alone'").fetchall() == [(0,)]:
        return
    for field in sorted(named):
        _add_sound(engine, field, match)
    keys = [_key(row) for row in match.candidates]
    sides = [f"SELECT l.rid AS l, r.rid AS r FROM lonely l JOIN nearby r ON {on} AND l.rid <> r.rid" for on in keys]
    engine.execute(f"CREATE OR REPLACE TEMP TABLE offers AS {' UNION '.join(sides)}")
    score = " + ".join([f"{match.prior}", *(_score(compare) for compare in match.compare)])
    engine.execute(
        f"CREATE OR REPLACE TEMP TABLE scored AS SELECT l.rid AS rid, c.cluster, max({score}) AS evidence FROM offers o "
        "JOIN lonely l ON l.rid = o.l JOIN nearby r ON r.rid = o.r JOIN clusters c ON c.rid = o.r GROUP BY l.rid, c.cluster"
    )
    _settle(engine, match)


def _add_sound(engine: "Engine", field: str, match: Match) -> None:
    """Tables `lonely` and `nearby` with how names sound, worked out once per distinct name near a lonely row."""
    plain = [tuple(name.lstrip("~") for name in row if name != f"~{field}") for row in match.candidates]
    others = sorted({name for row in plain for name in row})
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE alone AS SELECT t.* FROM records t JOIN clusters USING (rid) WHERE how = 'alone'"
    )
    near = " OR ".join(f"{name} IN (SELECT {name} FROM alone WHERE {name} IS NOT NULL)" for name in others)
    engine.execute(f"CREATE OR REPLACE TEMP TABLE close AS SELECT * FROM records WHERE {near}")
    names = [row[0] for row in engine.execute(f"SELECT DISTINCT {field} FROM close WHERE {field} IS NOT NULL").fetchall()]
    engine.execute("CREATE OR REPLACE TEMP TABLE sounds (written VARCHAR, sound VARCHAR)")
    if names:
        spoken = ["".join(lazy_pinyin(name, style=Style.NORMAL)) for name in names]
        engine.execute("INSERT INTO sounds SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])", [names, spoken])
    for made, source in (("lonely", "alone"), ("nearby", "close")):
        engine.execute(
            f"CREATE OR REPLACE TEMP TABLE {made} AS SELECT t.*, s.sound AS {field}_sound FROM {source} t LEFT JOIN sounds s ON s.written = t.{field}"
        )


def _key(fields: Sequence[str]) -> str:
    return " AND ".join(f"l.{f[1:]}_sound = r.{f[1:]}_sound" if f.startswith("~") else f"l.{f} = r.{f}" for f in fields)


def _score(compare: Compare) -> str:
    field = compare.field
    cases = " ".join(f"WHEN {_LIKENESS[level.kind].format(f=field)} THEN {level.weight}" for level in compare.levels)
    return f"CASE WHEN l.{field} IS NULL OR r.{field} IS NULL THEN 0 {cases} ELSE {compare.otherwise} END"


def _settle(engine: "Engine", match: Match) -> None:
    """The best offer is taken when it is strong and clearly ahead; lonely rows that take one another form a group."""
    offers: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for rid, cluster, evidence in engine.execute("SELECT rid, cluster, evidence FROM scored").fetchall():
        offers[rid].append((float(evidence), str(cluster)))
    own = dict(engine.execute("SELECT rid, cluster FROM clusters WHERE how = 'alone'").fetchall())
    goes: dict[str, tuple[str, float]] = {}
    for rid, found in offers.items():
        # One person's rows may stand alone twice: only offers of people known by number compete for the lead.
        found.sort(key=lambda offer: (-offer[0], offer[1]))
        best, cluster = found[0]
        rival = next(
            (weight for weight, other in found[1:] if not (other.startswith("row:") and cluster.startswith("row:"))), None
        )
        if best >= match.threshold and (rival is None or best - rival >= match.lead):
            goes[own[rid]] = (cluster, best)
    target = {start: _follow(start, goes) for start in goes}
    rows = [(start, end, goes[start][1]) for start, end in target.items() if end != start or _is_end(start, target)]
    engine.execute("CREATE OR REPLACE TEMP TABLE moves (cluster VARCHAR, goes VARCHAR, evidence DOUBLE)")
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        engine.execute("INSERT INTO moves SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[]), unnest(?::DOUBLE[])", columns)
    engine.execute(
        "UPDATE clusters SET cluster = m.goes, how = 'match', evidence = m.evidence FROM moves m WHERE clusters.cluster = m.cluster AND how = 'alone'"
    )


def _follow(start: str, goes: dict[str, tuple[str, float]]) -> str:
    """Where a chain of lonely rows ends: at a person known by number, or at the first name of a ring."""
    path = [start]
    while path[-1] in goes:
        following = goes[path[-1]][0]
        if following in path:
            return min(path[path.index(following) :])
        path.append(following)
    return path[-1]


def _is_end(start: str, target: dict[str, str]) -> bool:
    return any(end == start for other, end in target.items() if other != start)


def _set_apart(engine: "Engine", anchor: str, decision: str, rows: Sequence[Row]) -> None:
    """Rows that were decided to be somebody else; a number that others go on holding is not theirs."""
    _load(engine, rows)
    engine.execute(
        "UPDATE clusters SET cluster = ?, how = 'apart', evidence = NULL "
        "WHERE rid IN (SELECT rid FROM records t JOIN decided d ON d.dataset = t.dataset AND d.key = t.key)",
        [f"apart:{decision}"],
    )
    apart = "SELECT rid FROM clusters WHERE cluster = ?"
    engine.execute(
        f"UPDATE records SET {anchor} = NULL WHERE rid IN ({apart}) AND {anchor} IN "
        f"(SELECT {anchor} FROM records WHERE {anchor} IS NOT NULL AND rid NOT IN ({apart}))",
        [f"apart:{decision}"] * 2,
    )


def _join(engine: "Engine", rows: Sequence[Row]) -> None:
    _load(engine, rows)
    engine.execute(
        "CREATE OR REPLACE TEMP TABLE together AS SELECT DISTINCT c.cluster FROM clusters c JOIN records t USING (rid) "
        "JOIN decided d ON d.dataset = t.dataset AND d.key = t.key"
    )
    engine.execute(
        "UPDATE clusters SET cluster = (SELECT min(cluster) FROM together) WHERE cluster IN (SELECT cluster FROM together)"
    )


def _load(engine: "Engine", rows: Sequence[Row]) -> None:
    engine.execute("CREATE OR REPLACE TEMP TABLE decided (dataset VARCHAR, key VARCHAR)")
    if rows:
        datasets, keys = [row[0] for row in rows], [row[1] for row in rows]
        engine.execute("INSERT INTO decided SELECT unnest(?::VARCHAR[]), unnest(?::VARCHAR[])", [datasets, keys])
