"""Doing things with golden records: build, resolve a list, merge and part under four eyes, confirm a name."""

from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from hunhe.hub.bases import building, content, models, own, real_name, records, rules
from hunhe.hub.bases.shapes import Build, Merge, MergeState, Resolution
from hunhe.kernel.audit import actions as audit
from hunhe.kernel.flow.shapes import Case
from hunhe.stone import clock, ids
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, Invalid, NotFound, msgid
from hunhe.stone.who import Who

MERGE = "bases.may_merge"


@door(may="bases.may_build", scope=Scope.CITY)
def build(*, who: Who, base: str) -> Build:
    """Ask for a build; one that waits already is the same. Nothing is built when no input changed."""
    content.base(base)
    with transaction.atomic():
        row = building.request(base)
        audit.record(who=who, act="bases.build.requested", object=f"build:{row.id}", detail={"base": base})
    return records.build(row)


@door(may=Gate.SYSTEM, scope=Scope.SYSTEM)
def resolve_list(*, who: Who, path: Path, truth: str | None = None) -> Resolution:
    """Find which records of a delimited list are one entity, without answers; `truth` names the column to measure by.

    Columns are recognised by name and content. Invalid says what is wrong with a list that cannot be read.
    """
    from hunhe.hub.bases.resolve import lists  # brings the engine: never in a web process

    return lists.resolve(Path(path), truth)


@door(may=MERGE, scope=Scope.CITY)
def merge_subjects(*, who: Who, base: str, subject_id: str, other: str, reason: str) -> Merge:
    """Propose that `other` is the same as `subject_id`; a second person decides, the next build carries it out."""
    kept, gone = records.golden(base, subject_id), records.golden(base, other)
    if kept.subject_id == gone.subject_id:
        raise Conflict("bases.merge.same", msgid("These are one subject already."))
    rows = [[link.dataset, link.key] for link in (*kept.links, *gone.links)]
    return _propose(who, base, "join", kept.subject_id, gone.subject_id, rows, reason)


@door(may=MERGE, scope=Scope.CITY)
def unmerge_subject(*, who: Who, base: str, subject_id: str, reason: str, rows: Sequence[tuple[str, str]] = ()) -> Merge:
    """Propose to undo the merge that made `subject_id` an alias, or, with `rows` (dataset, key), that these are somebody else."""
    if not rows:
        join = models.Merge.objects.filter(base=base, kind="join", state=MergeState.APPROVED, other=subject_id).first()
        if join is None:
            raise NotFound(
                "bases.merge.none", msgid("No merge made this subject an alias. Name the rows that are somebody else's.")
            )
        return _propose(who, base, "undo", join.subject_id, subject_id, [["", join.id]], reason)
    found = records.golden(base, subject_id)
    own = {(link.dataset, link.key) for link in found.links}
    leaving = {(dataset, key) for dataset, key in rows}
    if not leaving <= own or leaving == own:
        raise Invalid("bases.merge.rows", msgid("Name some, but not all, of this subject's own rows."))
    return _propose(who, base, "part", found.subject_id, "", [list(row) for row in sorted(leaving)], reason)


@door(may=MERGE, scope=Scope.CITY)
def decide_merge(*, who: Who, merge_id: str, approve: bool) -> Merge:
    """Approve or refuse a proposal of somebody else; an approved one is carried out by the build that is asked for here."""
    with transaction.atomic():
        row = models.Merge.objects.select_for_update().filter(id=merge_id).first()
        if row is None:
            raise NotFound("bases.merge.unknown", msgid("There is no such proposal."))
        rules.check_decision(MergeState(row.state), row.proposed_by, who.id)
        row.state = MergeState.APPROVED if approve else MergeState.REFUSED
        row.decided_by, row.decided_at = who.id, clock.now()
        row.save()
        if approve:
            _carry_out(row)
        audit.record(who=who, act=f"bases.merge.{row.state}", object=f"merge:{row.id}", subject_id=row.subject_id)
    return records.merge(row)


@door(may=Gate.CITIZEN, scope=Scope.OWN)
def question_field(*, who: Who, subject_id: str, field: str, explanation: str) -> Case:
    """“This is not right”: a correction at the department whose value stands. While it runs, asking again is the same one."""
    return own.question(who, subject_id, field, explanation)


@door(may=Gate.CITIZEN, scope=Scope.PUBLIC)
def confirm_real_name(*, who: Who, name: str, id_number: str) -> int:
    """Check the caller's name and number against the population base; the account rises to level 2 (real name).

    Invalid when they do not agree (never says which), TooMany after five failures an hour of this account or on this number.
    """
    return real_name.confirm(who, name, id_number)


def _propose(who: Who, base: str, kind: str, subject_id: str, other: str, rows: list[list[str]], reason: str) -> Merge:
    if not reason.strip():
        raise Invalid("bases.merge.reason", msgid("Say why."))
    with transaction.atomic():
        row = models.Merge.objects.create(
            id=ids.new("mrg"),
            base=base,
            kind=kind,
            subject_id=subject_id,
            other=other,
            rows=rows,
            reason=reason.strip()[:500],
            state=MergeState.PROPOSED,
            proposed_by=who.id,
            proposed_at=clock.now(),
        )
        audit.record(
            who=who, act="bases.merge.proposed", object=f"merge:{row.id}", subject_id=subject_id, detail={"kind": kind}
        )
    return records.merge(row)


def _carry_out(row: models.Merge) -> None:
    if row.kind == "undo":
        models.Merge.objects.filter(id=row.rows[0][1]).update(state=MergeState.UNDONE)
        models.Alias.objects.filter(alias=row.other).delete()
    building.request(row.base)
