"""Survivorship: of all values of a field one wins, by the authority of its source, then by age; the others stay as losers.

Everything is SQL text over tables `records`, `clusters` and `subjects`; one pass groups, one pass explains.
"""

from hunhe.hub.bases.content import FieldRule, Model

PLACE = 57  # bits of a row's order below the place of its source: 34 for its age in seconds, 23 to tell rows of one age apart


def records_sql(model: Model, clean: str) -> str:
    """Cleaned rows with their dataset, grade and age. A smaller `age` is newer."""
    inputs = "CASE input " + " ".join(f"WHEN '{source.input}' THEN '{source.dataset}'" for source in model.sources) + " END"
    mention = " OR ".join(f"input = '{source.input}'" for source in model.sources if source.mention) or "false"
    return (
        f"SELECT row_number() OVER () AS rid, {inputs} AS dataset, {mention} AS mention, ((CAST(8589934592 - greatest(0, "
        "coalesce(epoch(as_of), 0)) AS BIGINT)) << 23) + CAST(hash(input, key) % 8388608 AS BIGINT) AS age, * "
        f"FROM ({clean})"
    )


def linked_sql() -> str:
    """Records with the subject they belong to."""
    return "SELECT t.*, s.subject_id, s.new, c.how, c.evidence FROM records t JOIN clusters c USING (rid) JOIN subjects s USING (cluster)"


def winners_sql(model: Model) -> str:
    """One row a subject: per field the value that wins, `r_` the row it stands in and `o_` that row's order, `n_` how many."""
    parts = ", ".join(
        f"arg_min({f.name}, {_order(f)}) AS {f.name}, arg_min(rid, {_order(f)}) FILTER ({f.name} IS NOT NULL) AS r_{f.name}, "
        f"min({_order(f)}) FILTER ({f.name} IS NOT NULL) AS o_{f.name}, min({f.name}) = max({f.name}) AS same_{f.name}, "
        f"count({f.name}) AS n_{f.name}"
        for f in model.fields
    )
    return f"SELECT subject_id, bool_or(new) AS new, count(*) FILTER (NOT mention) AS sources, {parts} FROM linked GROUP BY subject_id"


def golden_sql(model: Model) -> str:
    """What is published: the subject and its winning values."""
    return f"SELECT subject_id, {', '.join(_shown(f) for f in model.fields)}, sources FROM winners"


def fields_sql(model: Model) -> str:
    """Every winning value and every value that differs from it, with the row it stands in and why."""
    listed = ", ".join(
        f"{{'field': '{f.name}', 'value': CAST(t.{f.name} AS VARCHAR), 'won': t.rid = w.r_{f.name}, 'differs': t.{f.name} <> w.{f.name}, "
        f"'reason': CASE WHEN t.rid <> w.r_{f.name} THEN CASE WHEN ({_order(f, 't')}) >> {PLACE} > w.o_{f.name} >> {PLACE} THEN 'authority' ELSE 'newer' END "
        f"WHEN w.n_{f.name} = 1 THEN 'only' WHEN w.same_{f.name} THEN 'agreed' ELSE 'authority' END}}"
        for f in model.fields
    )
    grades = "CASE t.input " + " ".join(f"WHEN '{s.input}' THEN '{s.grade}'" for s in model.sources) + " END"
    return (
        "SELECT subject_id, x.field AS field, x.value AS value, dataset, key, batch, line, as_of, grade, x.won AS won, x.reason AS reason FROM ("
        f"SELECT w.subject_id, t.dataset, t.key, t.batch, t.line, strftime(t.as_of, '%Y-%m-%dT%H:%M:%S') AS as_of, {grades} AS grade, unnest([{listed}]) AS x "
        "FROM linked t JOIN winners w USING (subject_id)) WHERE x.value IS NOT NULL AND (x.won OR x.differs)"
    )


def links_sql(a_page: int) -> str:
    """Source rows and their subjects in order, numbered in pages of `a_page` for listing."""
    return (
        f"SELECT dataset, key, subject_id, how, evidence, (row_number() OVER (ORDER BY dataset, key) - 1) // {a_page} AS page "
        "FROM linked WHERE NOT mention"
    )


def _order(field: FieldRule, row: str = "") -> str:
    prefix = f"{row}." if row else ""
    cases = " ".join(f"WHEN '{source}' THEN {place}" for place, source in enumerate(field.authority))
    return f"((CASE {prefix}input {cases} ELSE {len(field.authority)} END)::BIGINT << {PLACE}) + {prefix}age"


def _shown(field: FieldRule) -> str:
    return f"coalesce({field.name}, '{field.otherwise}') AS {field.name}" if field.otherwise else field.name
