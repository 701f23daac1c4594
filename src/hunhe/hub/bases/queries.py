"""Looking at golden records. Whoever sees a person's data is written down."""

from collections.abc import Mapping

from django.db import transaction

from hunhe.hub.bases import building, content, models, own, records
from hunhe.hub.bases.shapes import BaseTable, Build, BuildState, Counts, Golden, GoldenField, Link, Merge, MergeState
from hunhe.hub.collect import queries as collect
from hunhe.hub.collect.shapes import Batch
from hunhe.hub.lake import queries as lake
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow.shapes import Case
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import HunheError, Invalid, NotFound, msgid
from hunhe.stone.page import Page, decode_cursor, encode_cursor
from hunhe.stone.who import Who

SEE = "bases.may_see_golden"
PAGE = 50
LINK = ("dataset", "key", "subject_id", "how", "evidence")


@door(may=Gate.PUBLIC, scope=Scope.PUBLIC)
def resolve_alias(*, who: Who, subject_id: str) -> str:
    """The id that stands for this subject now: itself, or what it was merged into."""
    return records.resolved(subject_id)


@door(may=Gate.OFFICIAL, scope=Scope.PUBLIC)
def list_bases(*, who: Who) -> tuple[Counts, ...]:
    """All bases of the city and what they hold."""
    return tuple(_counted(name, base.model.name) for name, base in sorted(content.bases().items()))


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def list_tables(*, who: Who) -> tuple[BaseTable, ...]:
    """The golden tables of the content at hand, for rooms that read them from the lake."""
    return tuple(
        BaseTable(
            table=f"base.{base.model.id}",
            name=base.model.name,
            owner=base.model.owner,
            titles={"subject_id": msgid("Subject"), **{field.name: field.title for field in base.model.fields}},
            personal=frozenset({"subject_id", *(field.name for field in base.model.fields if field.sensitive != "none")}),
        )
        for base in content.bases().values()
    )


@door(may=Gate.OFFICIAL, scope=Scope.PUBLIC)
def counts(*, who: Who, base: str) -> Counts:
    """How many subjects a base holds and from which rows; zero before its first build."""
    return _counted(base, content.base(base).model.name)


@door(may=SEE, scope=Scope.CITY)
def subject(*, who: Who, base: str, subject_id: str) -> Golden:
    """One golden record with sources and losers, under its own id or an alias. The look is recorded."""
    found = records.golden(base, subject_id)
    _looked(who, "bases.subject.seen", found.subject_id, {"base": base})
    return found


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def own_subject(*, who: Who, subject_id: str) -> Golden:
    """What the city holds about the caller."""
    found = records.golden("population", subject_id)
    _looked(who, "bases.subject.seen_by_owner", found.subject_id, {})
    return found


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def own_questions(*, who: Who, subject_id: str) -> Mapping[str, Case]:
    """The newest correction of each field that the caller has questioned, by the field's title."""
    return own.questions_of(subject_id)


@door(may=SEE, scope=Scope.CITY)
def subject_by_id_number(*, who: Who, base: str, number: str) -> str | None:
    """The subject who has this identity number or credit code; None when nobody has. The look is recorded."""
    anchor = content.base(base).model.anchor
    plain = "".join(number.split()).upper()
    rows = lake.lookup(who=records.WHO, table=f"base.{base}", key=anchor, value=plain, columns=("subject_id",)) if plain else ()
    found = str(rows[0]["subject_id"]) if rows else None
    if not who.is_system:
        _looked(who, "bases.subject.searched", found, {"base": base, "found": found is not None})
    return found


@door(may=SEE, scope=Scope.CITY)
def trace_field(*, who: Who, base: str, subject_id: str, field: str) -> tuple[GoldenField, tuple[Batch, ...]]:
    """A field with all its values, and the batches they came in, newest first."""
    found = subject(who=who, base=base, subject_id=subject_id)
    traced = next((one for one in found.fields if one.name == field), None)
    if traced is None:
        raise NotFound("bases.field.none", msgid("This record has no value for %(field)s."), field=field)
    sources = [source for source in (traced.source, *(loser.source for loser in traced.losers)) if source is not None]
    batches = [_batch(batch) for batch in dict.fromkeys(source.batch for source in sources)]
    known = [batch for batch in batches if batch is not None]
    return traced, tuple(sorted(known, key=lambda batch: batch.started_at, reverse=True))


@door(may=SEE, scope=Scope.CITY)
def list_links(*, who: Who, base: str, cursor: str | None = None, size: int = 100) -> Page[Link]:
    """Source rows and their subjects, each once, about `size` of them at a time (40 to 1,000). The look is recorded."""
    content.base(base)
    last = building.newest(base, BuildState.DONE)
    if last is None:
        return Page(())
    version, first = (str(last.seq), 0) if cursor is None else _place(cursor)
    if version != str(last.seq):
        raise Invalid("bases.links.stale", msgid("The base was built again meanwhile. Start again from the first page."))
    beyond = min(first + max(1, min(size, 1000) // building.LINKS_A_PAGE), building.pages(sum(last.rows.values())))
    found = [_links_page(base, number) for number in range(first, beyond)]
    _looked(who, "bases.links.listed", None, {"base": base, "page": first})
    items = tuple(records.link(row) for page in found for row in page if row["how"] != records.MENTION)
    return Page(items, encode_cursor((version, beyond)) if beyond < building.pages(sum(last.rows.values())) else None)


@door(may="bases.may_build", scope=Scope.CITY)
def list_builds(*, who: Who, base: str, cursor: str | None = None) -> Page[Build]:
    """Builds of a base, newest first."""
    rows = models.Build.objects.filter(base=base).order_by("-seq")
    if cursor:
        rows = rows.filter(seq__lt=decode_cursor(cursor, 1)[0])
    found = Page.of(list(rows[: PAGE + 1]), PAGE, lambda row: (row.seq,))
    return found.map(records.build)


@door(may=Gate.OFFICIAL, scope=Scope.PUBLIC)
def build_by_id(*, who: Who, build_id: str) -> Build:
    """One build with the input versions it read and the tables it wrote."""
    row = models.Build.objects.filter(id=build_id).first()
    if row is None:
        raise NotFound("bases.build.unknown", msgid("There is no such build."))
    return records.build(row)


@door(may="bases.may_merge", scope=Scope.CITY)
def list_merges(*, who: Who, base: str, state: MergeState | None = None, cursor: str | None = None) -> Page[Merge]:
    """Proposals to merge and to part, newest first."""
    rows = models.Merge.objects.filter(base=base).order_by("-id")
    if state is not None:
        rows = rows.filter(state=state)
    if cursor:
        rows = rows.filter(id__lt=decode_cursor(cursor, 1)[0])
    return Page.of(list(rows[: PAGE + 1]), PAGE, lambda row: (row.id,)).map(records.merge)


def _counted(base: str, name: str) -> Counts:
    done = building.newest(base, BuildState.DONE)
    shown = records.shown_build(base)
    return Counts(
        base=base,
        name=name,
        subjects=done.subjects if done else 0,
        rows=done.rows if done else {},
        links=done.links if done else {},
        states=done.states if done else {},
        divisions=done.divisions if done else {},
        built_at=done.finished_at if done else None,
        build=records.build(shown) if shown else None,
    )


def _place(cursor: str) -> tuple[str, int]:
    version, page = decode_cursor(cursor, 2)
    return str(version), max(0, int(page)) if isinstance(page, int) else 0


def _links_page(base: str, page: int) -> tuple[records.Row, ...]:
    return lake.lookup(who=records.WHO, table=f"base.{base}.links", key="page", value=page, columns=LINK)


def _batch(batch: str) -> Batch | None:
    try:
        return collect.batch_by_id(who=records.WHO, batch_id=batch)
    except HunheError:
        return None


def _looked(who: Who, act: str, subject_id: str | None, detail: dict[str, object]) -> None:
    with transaction.atomic():
        audit.record(who=who, act=act, object=f"subject:{subject_id or '-'}", subject_id=subject_id, detail=detail)
