"""What can be wrong with a procedure although each word of its file is well-formed. Pure."""

from collections.abc import Iterable, Iterator

from hunhe.kernel.flow.procedure import Actor, Procedure, Stage, Step
from hunhe.kernel.flow.rules import FACT, GUARD_NAMES
from hunhe.stone.errors import Invalid
from hunhe.stone.expressions import guard

Found = Iterator[tuple[str, str]]


def doubts(procedure: Procedure) -> Found:
    """Each doubt as (key in the file, what is wrong)."""
    yield from _departments(procedure)
    yield from _opening(procedure)
    for number, stage in enumerate(procedure.stages):
        yield from ((f"stages[{number}].{key}", what) for key, what in _stage(procedure, stage))
    for number, move in enumerate(procedure.moves):
        yield from ((f"moves[{number}].{key}", what) for key, what in _move(procedure, move))
    yield from _twice("stages", [stage.id for stage in procedure.stages])
    yield from _twice("moves", [move.id for move in procedure.moves])
    yield from _paths(procedure)


def _twice(key: str, ids: list[str]) -> Found:
    for number, name in enumerate(ids):
        if name in ids[:number]:
            yield f"{key}[{number}].id", f"{name} stands here twice"


def _departments(procedure: Procedure) -> Found:
    for role, said in procedure.departments.items():
        if said.startswith(FACT) and said.removeprefix(FACT) not in procedure.facts:
            yield f"departments.{role}", f"there is no fact {said.removeprefix(FACT)}"


def _opening(procedure: Procedure) -> Found:
    opening = procedure.opening
    if opening.stage not in procedure.stage_by_id:
        yield "open.stage", f"there is no stage {opening.stage}"
    yield from _facts(procedure, "open.facts", opening.facts)
    yield from _facts(procedure, "open.optional", opening.optional)
    yield from _guard("open.guard", opening.guard)
    if "subject" in opening.origins and opening.subject == "none":
        yield "open.origins", "a case of the subject's own needs a subject"


def _stage(procedure: Procedure, stage: Stage) -> Found:
    if stage.final:
        if stage.deadlines or stage.timeouts or stage.actor:
            yield "final", "a final stage has neither actor nor limits"
        return
    if stage.actor is None:
        yield "actor", "nobody acts here"
    else:
        yield from _actor(procedure, "actor", stage.actor)
    for number, limit in enumerate(stage.deadlines):
        if not limit.basis.strip():
            yield f"deadlines[{number}].basis", "a limit needs its legal basis"
        yield from _guard(f"deadlines[{number}].when", limit.when)
        for reason in limit.pauses:
            if reason not in procedure.pauses:
                yield f"deadlines[{number}].pauses", f"there is no pause {reason}"
        if limit.extension is not None:
            yield from _actor(procedure, f"deadlines[{number}].extension.by", limit.extension.by)
            if limit.extension.by.subject:
                yield f"deadlines[{number}].extension.by", "the person in charge approves it, not the subject"
        for other in limit.continues:
            found = procedure.stage_by_id.get(other)
            if found is None or not any(one.unit == limit.unit for one in found.deadlines):
                yield f"deadlines[{number}].continues", f"{other} has no limit in {limit.unit} that could run on"
    if stage.timeouts and not stage.deadlines:
        yield "timeouts", "a time-out needs a limit to count from"
    for number, timeout in enumerate(stage.timeouts):
        key = f"timeouts[{number}]"
        if timeout.then == "move":
            if timeout.move not in {move.id for move in procedure.moves_from[stage.id]}:
                yield f"{key}.move", f"no move {timeout.move} leaves {stage.id}"
        elif timeout.to is None:
            yield f"{key}.to", "who is told?"
        else:
            yield from _actor(procedure, f"{key}.to", timeout.to)


def _actor(procedure: Procedure, key: str, actor: Actor) -> Found:
    if actor.subject == bool(actor.department):
        yield key, "either the subject or a department acts"
    if actor.department and actor.department not in procedure.departments:
        yield f"{key}.department", f"there is no department role {actor.department}"
    if actor.post.startswith(FACT) and actor.post.removeprefix(FACT) not in procedure.facts:
        yield f"{key}.post", f"there is no fact {actor.post.removeprefix(FACT)}"
    if actor.subject and procedure.opening.subject == "none":
        yield f"{key}.subject", "these cases have no subject"


def _move(procedure: Procedure, move: Step) -> Found:
    stages = procedure.stage_by_id
    for source in move.sources:
        if source != "*" and (source not in stages or stages[source].final):
            yield "from", f"there is no stage {source} to leave"
    for target in move.targets:
        if target not in stages:
            yield "to", f"there is no stage {target}"
    if not move.targets or (
        len(move.targets) > 1 and any(stages[t].final or stages[t].join for t in move.targets if t in stages)
    ):
        yield "to", "branches begin in stages that neither end nor join"
    yield from _facts(procedure, "facts", move.facts)
    yield from _facts(procedure, "optional", move.optional)
    yield from _guard("guard", move.guard)
    if move.actor is not None:
        yield from _actor(procedure, "actor", move.actor)
    if move.kind == "withdraw" and not all(target in stages and stages[target].final for target in move.targets):
        yield "to", "a withdrawn case is at its end"
    for number, other in enumerate(move.apart_from):
        if other not in {known.id for known in procedure.moves}:
            yield f"apart_from[{number}]", f"there is no move {other}"
    if move.keeps_clock and (len(move.targets) > 1 or move.effects):
        yield "keeps_clock", "branches and moves with effects have no clock that could run on"
    if move.from_arrival and move.effects:
        yield "from_arrival", "a move with effects holds once they are done, not before"
    if move.approves and not move.second_person:
        yield "second_person", "an approval is a second person's"
    for number, effect in enumerate(move.effects):
        if effect.count(".") != 1 or not all(part.isidentifier() for part in effect.split(".")):
            yield f"effects[{number}]", "an effect is named room.verb_noun"


def _facts(procedure: Procedure, key: str, names: Iterable[str]) -> Found:
    for number, name in enumerate(names):
        if name not in procedure.facts:
            yield f"{key}[{number}]", f"there is no fact {name}"


def _guard(key: str, source: str) -> Found:
    if source:
        try:
            guard(source, GUARD_NAMES)
        except Invalid as refusal:
            yield key, str(refusal)


def _paths(procedure: Procedure) -> Found:
    """Every stage can be reached, and from every stage an end can."""
    edges = {stage: {t for move in moves for t in move.targets} for stage, moves in procedure.moves_from.items()}
    reached = _closure({procedure.opening.stage}, edges)
    backwards: dict[str, set[str]] = {}
    for source, targets in edges.items():
        for target in targets:
            backwards.setdefault(target, set()).add(source)
    ending = _closure({stage.id for stage in procedure.stages if stage.final}, backwards)
    for number, stage in enumerate(procedure.stages):
        if stage.id not in reached:
            yield f"stages[{number}].id", f"no move leads to {stage.id}"
        elif stage.id not in ending:
            yield f"stages[{number}].id", f"no end can be reached from {stage.id}"


def _closure(start: set[str], edges: dict[str, set[str]]) -> set[str]:
    seen, waiting = set(start), list(start)
    while waiting:
        for target in edges.get(waiting.pop(), set()) - seen:
            seen.add(target)
            waiting.append(target)
    return seen
