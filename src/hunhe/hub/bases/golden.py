"""Survivorship: of all values of a field one wins, by the authority of its source, then by age; the others stay with their row.

SQL text over tables `records`, `clusters` and `subjects`. Nearly all subjects have at most one row in each source: one full
join lays these side by side (`plain`), and what won and what lost is read off each row. The few others (`tangled`) are grouped.
Each source row keeps what it won (`won`), said too (`agreed`) and lost with (`lost_<field>`).
"""

from collections.abc import Callable, Mapping

from hunhe.hub.bases.content import FieldRule, Model, Source

PLACE = 57  # bits of a row's order below the place of its source
ROW = ("key", "batch", "line", "as_of", "how", "evidence")
AGE_BITS = 23  # low bits of a row's age: tell rows of the same second apart, by key


def records_sql(model: Model, clean: str) -> str:
    """Cleaned rows with a number, their dataset and their age. A smaller `age` is newer."""
    datasets = " ".join(f"WHEN '{source.input}' THEN '{source.dataset}'" for source in model.sources)
    mention = " OR ".join(f"input = '{source.input}'" for source in model.sources if source.mention) or "false"
    newest = "CAST(8589934592 - greatest(0, coalesce(epoch(as_of), 0)) AS BIGINT)"
    return (
        f"SELECT row_number() OVER () AS rid, CASE input {datasets} END AS dataset, "
        f"{mention} AS mention, ({newest} << {AGE_BITS}) + CAST(hash(input, key) % {1 << AGE_BITS} AS BIGINT) AS age, * FROM ({clean})"
    )


def linked_sql() -> str:
    """Records with the subject they belong to."""
    return "SELECT t.*, s.subject_id, s.new, c.how, c.evidence FROM records t JOIN clusters c USING (rid) JOIN subjects s USING (cluster)"


def twice_sql() -> str:
    """Subjects of whom one source has more than one row."""
    return "SELECT DISTINCT subject_id FROM linked GROUP BY subject_id, input HAVING count(*) > 1"


def plain_sql(model: Model) -> str:
    """One row a subject with at most one row a source: every source's row side by side, and the winning values."""
    columns = ", ".join(
        f"{source.input}.{name} AS {source.input}_{name}"
        for source in model.sources
        for name in (*ROW, *_fields_of(model, source))
    )
    winners = ", ".join(
        f"coalesce({', '.join(f'{source}.{f.name}' for source in f.authority)}) AS {f.name}" for f in model.fields
    )
    new = ", ".join(f"{source.input}.new" for source in model.sources)
    first, *others = [
        f"(SELECT * FROM linked WHERE input = '{source.input}' AND subject_id NOT IN (SELECT subject_id FROM twice)) {source.input}"
        for source in model.sources
    ]
    joins = " ".join(f"FULL JOIN {source} USING (subject_id)" for source in others)
    return f"SELECT subject_id, coalesce({new}) AS new, {columns}, {winners} FROM {first} {joins}"


def tangled_sql(model: Model) -> str:
    """One row for each other subject: per field the value that wins, and `r_<field>`, the number of the row it stands in."""
    columns = ", ".join(
        f"arg_min({f.name}, {_order(f)}) AS {f.name}, arg_min(rid, {_order(f)}) FILTER ({f.name} IS NOT NULL) AS r_{f.name}"
        for f in model.fields
    )
    return f"SELECT subject_id, bool_or(new) AS new, {columns} FROM linked WHERE subject_id IN (SELECT subject_id FROM twice) GROUP BY subject_id"


def winners_sql(model: Model) -> str:
    names = ", ".join(f.name for f in model.fields)
    return f"SELECT subject_id, new, {names} FROM plain UNION ALL SELECT subject_id, new, {names} FROM tangled"


def golden_sql(model: Model) -> str:
    """What is published: the subject and its winning values."""
    return f"SELECT subject_id, {', '.join(_shown(f) for f in model.fields)} FROM winners"


def links_sql(model: Model, pages: int) -> str:
    """Source rows, their subjects, and what became of their values; strewn over so many pages for listing, without a sort."""
    parts = [part for source in model.sources for part in (_plain_links(model, source), _tangled_links(model, source))]
    return f"SELECT *, CAST(hash(dataset, key) % {pages} AS BIGINT) AS page FROM ({' UNION ALL '.join(parts)})"


def _plain_links(model: Model, source: Source) -> str:
    """A row won where all sources above its own say nothing."""
    mine = source.input
    row = ", ".join(f"{mine}_{name} AS {name}" for name in ROW[:4])
    how = _how(source, f"{mine}_")
    won = {
        f.name: " AND ".join([f"{mine}_{f.name} IS NOT NULL", *(f"{above}_{f.name} IS NULL" for above in _above(f, mine))])
        for f in model.fields
        if mine in f.authority
    }
    values = _values(model, won, lambda name: f"{mine}_{name}", lambda name: name)
    return f"SELECT subject_id, '{mine}' AS input, '{source.dataset}' AS dataset, {row}, {how}, {values} FROM plain WHERE {mine}_key IS NOT NULL"


def _tangled_links(model: Model, source: Source) -> str:
    row = ", ".join(f"t.{name}" for name in ROW[:4])
    how = _how(source, "t.")
    won = {f.name: f"t.rid = w.r_{f.name}" for f in model.fields if source.input in f.authority}
    values = _values(model, won, lambda name: f"t.{name}", lambda name: f"w.{name}")
    return (
        f"SELECT subject_id, '{source.input}' AS input, '{source.dataset}' AS dataset, {row}, {how}, {values} "
        f"FROM linked t JOIN tangled w USING (subject_id) WHERE t.input = '{source.input}'"
    )


def _values(model: Model, won: Mapping[str, str], said: Callable[[str], str], wins: Callable[[str], str]) -> str:
    """Bits for the fields a row won and agreed with, and the values it lost with. `won`: field → when a row of this source wins it."""
    bits = {f.name: 1 << bit for bit, f in enumerate(model.fields)}
    winning = " + ".join(f"CASE WHEN {when} THEN {bits[name]} ELSE 0 END" for name, when in won.items())
    agreeing = " + ".join(
        f"CASE WHEN {said(name)} = {wins(name)} AND NOT ({when}) THEN {bits[name]} ELSE 0 END" for name, when in won.items()
    )
    lost = ", ".join(
        f"CASE WHEN {said(f.name)} <> {wins(f.name)} THEN CAST({said(f.name)} AS VARCHAR) END AS lost_{f.name}"
        if f.name in won
        else f"CAST(NULL AS VARCHAR) AS lost_{f.name}"
        for f in model.fields
    )
    return f"CAST({winning or 0} AS BIGINT) AS won, CAST({agreeing or 0} AS BIGINT) AS agreed, {lost}"


def _how(source: Source, row: str) -> str:
    return (
        "'mention' AS how, CAST(NULL AS DOUBLE) AS evidence"
        if source.mention
        else f"{row}how AS how, {row}evidence AS evidence"
    )


def _fields_of(model: Model, source: Source) -> tuple[str, ...]:
    return tuple(f.name for f in model.fields if source.input in f.authority)


def _above(field: FieldRule, source: str) -> tuple[str, ...]:
    return field.authority[: field.authority.index(source)]


def _order(field: FieldRule) -> str:
    cases = " ".join(f"WHEN '{source}' THEN {place}" for place, source in enumerate(field.authority))
    return f"((CASE input {cases} ELSE {len(field.authority)} END)::BIGINT << {PLACE}) + age"


def _shown(field: FieldRule) -> str:
    return f"coalesce({field.name}, '{field.otherwise}') AS {field.name}" if field.otherwise else field.name
