"""Golden records as the serving files have them, and rows of this room as shapes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hunhe.hub.bases import building, models
from hunhe.hub.bases.content import Base, base
from hunhe.hub.bases.shapes import Build, BuildState, FieldSource, Golden, GoldenField, Link, Loser, Merge, MergeState
from hunhe.hub.lake import queries as lake
from hunhe.stone.errors import NotFound, msgid
from hunhe.stone.who import Who

WHO = Who.system("bases")
MENTION = "mention"  # rows that tell of a subject without being its own
Row = Mapping[str, Any]


def resolved(subject_id: str) -> str:
    """The id that stands for this one now."""
    return models.Alias.objects.filter(alias=subject_id).values_list("subject_id", flat=True).first() or subject_id


def golden(name: str, subject_id: str) -> Golden:
    """The record of a subject or of what it was merged into; NotFound when there is none."""
    found = base(name)
    current = resolved(subject_id)
    rows = lake.lookup(who=WHO, table=f"base.{name}", key="subject_id", value=current)
    if not rows:
        raise NotFound("bases.subject.unknown", msgid("There is no such subject."))
    told = lake.lookup(who=WHO, table=f"base.{name}.links", key="subject_id", value=current)
    links = (link(row) for row in told if row["how"] != MENTION)
    return Golden(
        base=name,
        subject_id=current,
        status=str(rows[0].get("status") or ""),
        fields=tuple(_fields(found, rows[0], told)),
        links=tuple(sorted(links, key=lambda one: (one.dataset, one.key))),
        asked_as=subject_id if subject_id != current else None,
    )


def _fields(found: Base, winners: Row, told: Sequence[Row]) -> Iterator[GoldenField]:
    """Fields with a value: the row that won it, the rows that say otherwise, and why."""
    grades = {source.input: source.grade for source in found.model.sources}
    for bit, rule in enumerate(found.model.fields):
        if winners.get(rule.name) is None:
            continue
        won = next((row for row in told if row["won"] >> bit & 1), None)
        losing = [row for row in told if row[f"lost_{rule.name}"] is not None]
        agreed = any(row["agreed"] >> bit & 1 for row in told)
        losers = [
            Loser(
                value=str(row[f"lost_{rule.name}"]),
                source=_source(row, grades),
                reason="newer" if won is not None and row["input"] == won["input"] else "authority",
            )
            for row in losing
        ]
        yield GoldenField(
            name=rule.name,
            title=rule.title,
            value=str(winners[rule.name]),
            source=_source(won, grades) if won is not None else None,
            reason="otherwise" if won is None else losers[0].reason if losers else "agreed" if agreed else "only",
            sensitive=rule.sensitive,
            losers=tuple(sorted(losers, key=lambda one: (one.source.grade, one.source.dataset, one.source.key))),
        )


def _source(row: Row, grades: Mapping[str, str]) -> FieldSource:
    return FieldSource(
        dataset=str(row["dataset"]),
        key=str(row["key"]),
        batch=str(row["batch"]),
        line=int(row["line"]),
        as_of=str(row["as_of"] or "")[:19],
        grade=grades[row["input"]],
    )


def link(row: Row) -> Link:
    return Link(
        dataset=str(row["dataset"]),
        key=str(row["key"]),
        subject_id=str(row["subject_id"]),
        how=str(row["how"]),
        evidence=None if row["evidence"] is None else float(row["evidence"]),
    )


def build(row: models.Build) -> Build:
    return Build(
        id=row.id,
        base=row.base,
        state=BuildState(row.state),
        inputs=row.inputs,
        tables=row.tables,
        digest=row.digest,
        subjects=row.subjects,
        new_subjects=row.new_subjects,
        rows=row.rows,
        links=row.links,
        states=row.states,
        divisions=row.divisions,
        failures=row.failures,
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def merge(row: models.Merge) -> Merge:
    return Merge(
        id=row.id,
        base=row.base,
        kind=row.kind,
        subject_id=row.subject_id,
        other=row.other,
        reason=row.reason,
        state=MergeState(row.state),
        proposed_by=row.proposed_by,
        decided_by=row.decided_by,
        proposed_at=row.proposed_at,
        decided_at=row.decided_at,
    )


def shown_build(name: str) -> models.Build | None:
    """The build under way, else the newest that ended."""
    return building.newest(name, BuildState.WAITING, BuildState.BUILDING) or building.newest(
        name, BuildState.DONE, BuildState.FAILED
    )
