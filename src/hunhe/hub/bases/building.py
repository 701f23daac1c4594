"""One build: read input versions, clean, match, name, merge, audit, publish. Killed and run again, it finishes what is missing."""

import json
from collections import Counter
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from hunhe.hub.bases import content, golden, lineage, match, models, sql, subjects
from hunhe.hub.bases.content import Base, base
from hunhe.hub.bases.shapes import BuildState, MergeState
from hunhe.hub.collect import queries as collect
from hunhe.hub.collect import shapes as collect_shapes
from hunhe.hub.lake import actions as lake
from hunhe.hub.lake import queries as lake_queries
from hunhe.hub.lake.shapes import Lease, Origin
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.city.shapes import Level
from hunhe.kernel.events import actions as events
from hunhe.kernel.events.shapes import Job
from hunhe.kernel.places import queries as places
from hunhe.stone import clock, ids
from hunhe.stone.crypto import profile
from hunhe.stone.who import Who

if TYPE_CHECKING:
    import duckdb

    Engine = duckdb.DuckDBPyConnection

WHO = Who.system("bases.build")
KIND = "bases.build"
ROWS_A_STEP = 50_000
LINKS_A_PAGE = 40  # on average: a look-up gives a hundred rows at most, and pages are filled by chance
MEMORY = "2GB"
DISTRICT_AND_BELOW: tuple[Level, ...] = ("district", "street", "community")
_TYPES = {
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DECIMAL(18,2)",
    "date": "DATE",
    "datetime": "TIMESTAMPTZ",
    "boolean": "BOOLEAN",
}


def request(name: str) -> models.Build:
    """In the caller's transaction: the build that waits for its turn, made when there is none."""
    with transaction.atomic():
        waiting = models.Build.objects.select_for_update().filter(base=name, state=BuildState.WAITING).first()
        if waiting is None:
            last = models.Build.objects.filter(base=name).aggregate(last=Max("seq"))["last"] or 0
            waiting = models.Build.objects.create(
                id=ids.new("bld"), base=name, seq=last + 1, state=BuildState.WAITING, requested_at=clock.now()
            )
            events.enqueue_job(who=WHO, kind=KIND, key=waiting.id, payload={"build": waiting.id})
        return waiting


def run(job: Job) -> None:
    """Bring the job's build to its end. The same inputs as the newest finished build: nothing is built."""
    row = models.Build.objects.filter(id=job.payload["build"]).first()
    if row is None or row.state not in (BuildState.WAITING, BuildState.BUILDING):
        return
    found = base(row.base)
    if row.state == BuildState.WAITING and not _begin(row, found, job):
        return
    lease = lake.begin(who=WHO, table=_table(row.base))
    try:
        with _open(row, found) as engine:
            aliases = _work(engine, row, found)
            failures = _audit(engine, found)
            if failures:
                _fail(row, failures, job)
                return
            _publish(engine, row, found, lease)
            _finish(row, aliases, job)
    finally:
        lake.release(who=WHO, lease=lease)


def give_up(build: str, error: Exception) -> None:
    """The last attempt failed: the build ends, what was published before stays."""
    row = models.Build.objects.get(id=build)
    _fail(row, {type(error).__name__: 1}, None)


def pages(rows: int) -> int:
    """In how many pages so many source rows are listed."""
    return rows // LINKS_A_PAGE + 1


def newest(name: str, *states: BuildState) -> models.Build | None:
    return models.Build.objects.filter(base=name, state__in=states).order_by("-seq").first()


def _begin(row: models.Build, found: Base, job: Job) -> bool:
    inputs = {dataset: _version(dataset) for dataset in found.datasets}
    decided = list(_approved(row.base).values_list("id", flat=True))
    crypto = profile(settings.HUNHE_CRYPTO)
    digest = crypto.digest(json.dumps([inputs, decided, found.text], sort_keys=True).encode()).hex()
    last = newest(row.base, BuildState.DONE)
    with transaction.atomic():
        if last is not None and last.digest == digest:
            row.delete()
            events.finish_job(who=WHO, job=job)
            return False
        row.state, row.inputs, row.digest, row.started_at = BuildState.BUILDING, inputs, digest, clock.now()
        row.save()
    return True


def _version(dataset: str) -> int | None:
    active = lake_queries.active(who=WHO, table=dataset)
    return active.version if active else None


def _approved(name: str) -> "QuerySet[models.Merge]":
    return models.Merge.objects.filter(base=name, state=MergeState.APPROVED).order_by("id")


def _work(engine: "Engine", row: models.Build, found: Base) -> list[tuple[str, str]]:
    """Everything up to the tables `linked`, `winners` and the views that are published; returns new aliases."""
    model = found.model
    last = newest(row.base, BuildState.DONE)
    before = (
        lake_queries.scan_sql(who=WHO, table=f"{_table(row.base)}.links", version=last.tables[f"{_table(row.base)}.links"])
        if last
        else None
    )
    engine.execute(f"CREATE TEMP TABLE records AS {golden.records_sql(model, lineage.clean(found, row.inputs).text)}")
    merges = list(_approved(row.base))
    joins = [[(dataset, key) for dataset, key in merge.rows] for merge in merges if merge.kind == "join"]
    parts = [(merge.id, [(dataset, key) for dataset, key in merge.rows]) for merge in merges if merge.kind == "part"]
    match.make_clusters(engine, found, joins, parts)
    old = models.Alias.objects.filter(base=row.base).values_list("alias", "subject_id").iterator()
    aliases = subjects.name_subjects(engine, subjects.namer(model.prefix), before, old)
    engine.execute(f"CREATE TEMP TABLE linked AS {golden.linked_sql()}")
    engine.execute("DROP TABLE records")
    engine.execute("CREATE TEMP VIEW records AS SELECT * FROM linked")
    engine.execute(f"CREATE TEMP TABLE twice AS {golden.twice_sql()}")
    engine.execute(f"CREATE TEMP TABLE plain AS {golden.plain_sql(model)}")
    engine.execute(f"CREATE TEMP TABLE tangled AS {golden.tangled_sql(model)}")
    engine.execute(f"CREATE TEMP VIEW winners AS {golden.winners_sql(model)}")
    engine.execute(f"CREATE TEMP VIEW golden AS {golden.golden_sql(model)}")
    (rows,) = _row(engine, "SELECT count(*) FROM linked")
    engine.execute(f"CREATE TEMP VIEW links AS {golden.links_sql(model, pages(rows))}")
    return aliases


def _open(row: models.Build, found: Base) -> "Engine":
    """An engine that has the lists under the model's names for them, in the versions that the build reads."""
    views = {}
    for source in found.model.sources:
        version = row.inputs[source.dataset]
        views[source.input] = (
            _nothing(source.dataset)
            if version is None
            else lake_queries.scan_sql(who=WHO, table=source.dataset, version=version)
        )
    return lake_queries.connect_fenced(who=WHO, views=views, words=sql.words(), memory=MEMORY)


def _nothing(dataset: str) -> str:
    """A list that has not come yet: typed, and empty."""
    contract = collect.dataset_by_id(who=WHO, dataset=dataset)
    columns = {field.name: _TYPES.get(field.type, "VARCHAR") for field in contract.fields}
    columns |= dict.fromkeys(collect_shapes.OWN_COLUMNS, "VARCHAR") | {"_line": "BIGINT"}
    return f"(SELECT {', '.join(f'CAST(NULL AS {kind}) AS {name}' for name, kind in columns.items())} WHERE false)"


def _audit(engine: "Engine", found: Base) -> dict[str, int]:
    """Audits that found rows, and how many."""
    failures = {}
    for audit_ in found.audits:
        text = lake_queries.checked_select(who=WHO, sql=audit_.sql, names=content.AUDITED, words=sql.NAMES)
        (found_rows,) = _row(engine, f"SELECT count(*) FROM ({text})")
        if found_rows:
            failures[audit_.name] = found_rows
    return failures


def _publish(engine: "Engine", row: models.Build, found: Base, lease: Lease) -> None:
    """The base's own table comes last: what others read by moves only when all is in place."""
    name = _table(row.base)
    row.subjects, row.new_subjects = _row(engine, "SELECT count(*), count(*) FILTER (new) FROM winners")
    row.rows = _counted(engine, "SELECT dataset, count(*) FROM linked GROUP BY ALL")
    row.links = _counted(engine, "SELECT how, count(*) FROM linked WHERE NOT mention GROUP BY ALL")
    row.states = _counted(engine, "SELECT status, count(*) FROM golden GROUP BY ALL")
    row.divisions = _by_district(engine, found)
    keys = {f"{name}.links": ("page", "subject_id"), name: found.model.serve.keys}
    inputs = {dataset: version for dataset, version in row.inputs.items() if version is not None}
    edges = lineage.edges(found, row.inputs)
    for table, source in ((f"{name}.links", "links"), (name, "golden")):
        origin = Origin(row.id, row.digest, inputs, edges[table])
        row.tables[table] = _commit(engine, table, source, row.seq, lease if table == name else None, origin)
        lake.publish_serving(who=WHO, table=table, version=row.tables[table], keys=keys[table])


def _commit(engine: "Engine", table: str, source: str, seq: int, held: Lease | None, origin: Origin) -> int:
    lease = held or lake.begin(who=WHO, table=table)
    try:
        reader = engine.sql(f"SELECT * FROM {source}").to_arrow_reader(ROWS_A_STEP)
        return lake.commit(who=WHO, lease=lease, rows=reader, seq=seq, mode="overwrite", origin=origin).version
    finally:
        if held is None:
            lake.release(who=WHO, lease=lease)


def _row(engine: "Engine", text: str) -> tuple[int, ...]:
    found: tuple[int, ...] = engine.execute(text).fetchall()[0]
    return found


def _by_district(engine: "Engine", found: Base) -> dict[str, int]:
    """Subjects per district of the city's own tree, where the base has a division code; empty text: none of its districts."""
    if not any(field.name == "division_code" for field in found.model.fields):
        return {}
    district_of = _districts()
    counts: Counter[str] = Counter()
    for code, people in _counted(engine, "SELECT CAST(division_code AS VARCHAR), count(*) FROM golden GROUP BY ALL").items():
        counts[district_of.get(code, "")] += people
    return dict(sorted(counts.items()))


def _districts() -> dict[str, str]:
    """District by the code of each division in it, and of itself."""
    found: dict[str, str] = {}
    for level in DISTRICT_AND_BELOW:
        cursor: str | None = None
        while True:
            page = places.list_divisions(who=WHO, level=level, cursor=cursor)
            for division in page.items:
                district = next((code for code in division.path if code in found), None)
                found[division.code] = division.code if level == "district" else found[district] if district else ""
            cursor = page.next
            if cursor is None:
                break
    return found


def _counted(engine: "Engine", text: str) -> dict[str, int]:
    return {str(name): int(count) for name, count in engine.execute(f"{text} ORDER BY 1").fetchall()}


def _finish(row: models.Build, aliases: list[tuple[str, str]], job: Job) -> None:
    row.state, row.finished_at = BuildState.DONE, clock.now()
    with transaction.atomic():
        for alias, subject in aliases:
            models.Alias.objects.filter(base=row.base, subject_id=alias).update(subject_id=subject)
            models.Alias.objects.update_or_create(
                alias=alias, defaults={"base": row.base, "subject_id": subject, "build": row.id, "at": clock.now()}
            )
        row.save()
        _tell(row, "bases.build.done")
        events.finish_job(who=WHO, job=job)


def _fail(row: models.Build, failures: dict[str, int], job: Job | None) -> None:
    row.state, row.failures, row.finished_at = BuildState.FAILED, failures, clock.now()
    with transaction.atomic():
        row.save()
        _tell(row, "bases.build.failed")
        if job is not None:
            events.finish_job(who=WHO, job=job)


def _tell(row: models.Build, act: str) -> None:
    facts = {
        "build": row.id,
        "base": row.base,
        "inputs": row.inputs,
        "tables": row.tables,
        "subjects": row.subjects,
        "links": row.links,
        "failures": row.failures,
    }
    audit.record(who=WHO, act=act, object=f"build:{row.id}", detail=facts)
    events.publish(who=WHO, name=act, aggregate=row.base, payload=facts)


def _table(name: str) -> str:
    return f"base.{name}"
