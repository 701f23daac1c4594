"""What desk and citizen pages share: reading the posted step, and saying how it went."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from hunhe.kernel.flow import actions, queries
from hunhe.kernel.flow.forms import FactsForm, form_of
from hunhe.kernel.flow.shapes import Case, CaseFile, Move, ProcedureCard
from hunhe.stone import ids
from hunhe.stone.errors import Conflict, Denied, Invalid, msgid
from hunhe.stone.who import Who
from hunhe.ui.callers import caller


@dataclass(frozen=True, slots=True)
class Act:
    """A button of the act bar; with a form it opens a dialog."""

    move: Move
    form: FactsForm | None
    css: str
    key: str = ""


def acts_of(
    file: CaseFile, departments: Sequence[tuple[str, str]], wrong: FactsForm | None = None, wrong_move: str = ""
) -> list[Act]:
    """The caller's moves as buttons: the first forward one is the primary; sending back and refusing stand at the end."""
    acts: list[Act] = []
    for move in sorted(file.moves, key=lambda move: ("forward", "return", "withdraw", "refuse").index(move.kind)):
        form = wrong if move.id == wrong_move else form_of(move, None, departments)
        first = not acts and move.kind == "forward"
        css = "primary" if first else {"refuse": "refuse", "withdraw": "quiet"}.get(move.kind, "second")
        acts.append(Act(move, form, css, "ABCDEFGH"[len(acts)].lower() if len(acts) < 8 and move.kind != "refuse" else ""))
    return acts


def fresh_key() -> str:
    """One per drawn page: a form sent twice is one step."""
    return ids.new("key")


def openable(who: Who, procedure: str) -> ProcedureCard:
    """A procedure whose form is shown to the caller. NotFound, Denied before anything is filled in."""
    card = queries.procedure_by_id(who=who, procedure=procedure)
    if not card.may_open:
        raise Denied("flow.open.not_for_you", msgid("This kind of case is not opened by people like you."))
    return card


def posted_rev(request: HttpRequest) -> int:
    text = request.POST.get("rev", "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("flow.form.rev", msgid("This page is damaged. Open the case again."))
    return int(text)


def take_step(
    request: HttpRequest, case_id: str, departments: Sequence[tuple[str, str]]
) -> tuple[Case | None, FactsForm | None, str]:
    """Carry out the posted move. Returns the moved case, or the form with what is wrong in it, and the move's id."""
    who, name = caller(request), request.POST.get("move", "")
    offered = {move.id: move for move in queries.moves_for(who=who, case_id=case_id)}
    if name not in offered:
        raise Conflict("flow.move.not_offered", msgid("You cannot do this now. Look at the case again."))
    form = form_of(offered[name], request.POST, departments)
    if form is not None and not form.is_valid():
        return None, form, name
    moved = actions.move_case(
        who=who,
        case_id=case_id,
        move=name,
        expected_version=posted_rev(request),
        facts=form.facts() if form else {},
        note=form.note if form else "",
        key=request.POST.get("key", "")[:128],
    )
    return moved, None, name
