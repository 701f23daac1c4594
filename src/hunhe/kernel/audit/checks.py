"""`hunhe verify`: the log's own checks from one pass, then every check that other rooms registered."""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import Max

from hunhe.kernel.audit import keys, note, tiles, witness
from hunhe.kernel.audit.findings import Findings
from hunhe.kernel.audit.models import Checkpoint, Entry, SubjectKey, Tree
from hunhe.kernel.audit.shapes import Checkpoint as CheckpointShape
from hunhe.kernel.audit.shapes import CheckResult
from hunhe.kernel.audit.walk import Known, Walk
from hunhe.stone.errors import Invalid

logger = logging.getLogger(__name__)
ERASED = "audit.subject.erased"
_WITNESS = "a witness"
_registered: dict[str, Callable[[], Sequence[CheckResult]]] = {}


def register(name: str, function: Callable[[], Sequence[CheckResult]]) -> None:
    _registered[name] = function


def run(folder: Path | None) -> tuple[CheckResult, ...]:
    """All results; with a witness' folder, its memory is compared and, if all of the log holds, extended."""
    results = _log_checks(folder)
    for name, function in _registered.items():
        try:
            results += function()
        except Exception as error:  # a check that cannot run is a check that failed
            logger.exception("check %s did not run", name)
            results.append(CheckResult(name, ok=False, detail=f"did not run: {error}"))
    return tuple(results)


@dataclass(slots=True)
class _State:
    """The log as found. Highest index and checkpoint are read before the tree: it only grows, so it must contain them."""

    last_index: int
    last_checkpoint: int
    published: int
    pending: int
    tree: Tree
    checkpoints: Findings = field(default_factory=Findings)


def _read_state() -> _State:
    last_index = Entry.objects.aggregate(last=Max("leaf_index"))["last"]
    return _State(
        last_index=-1 if last_index is None else last_index,
        last_checkpoint=Checkpoint.objects.aggregate(last=Max("size"))["last"] or 0,
        published=tiles.published_size(),
        pending=Entry.objects.filter(leaf_index__isnull=True).count(),
        tree=Tree.objects.filter(pk=1).first() or Tree(pk=1, size=0, frontier=b"", origin="", note=""),
    )


def _log_checks(folder: Path | None) -> list[CheckResult]:
    state = _read_state()
    tree, checkpoints = state.tree, state.checkpoints
    memory = witness.recall(folder, tree.origin) if folder else witness.Memory((), ())
    remembered = [Known(size, root, _WITNESS) for size, root in memory.roots]
    walk = Walk(tree.size, state.published, sorted([*_signed_roots(state), *remembered]))
    walk.run()
    if state.last_index >= tree.size:
        walk.sequence.add(f"index {state.last_index} lies beyond the tree of {tree.size} leaves")
    for known in walk.unmet():
        if known.source != _WITNESS:
            checkpoints.add(f"{known.source} names {known.size} leaves, the tree has {tree.size}")
    for known in walk.disagreed:
        if known.source != _WITNESS:
            checkpoints.add(f"{known.source} of size {known.size} names another root than the entries give")
    _check_erasures(walk.details)
    agreed = sum(known.source != _WITNESS for known in walk.agreed)
    results = [
        walk.entries.result("audit.entries", f"{tree.size} entries are what their leaves committed to"),
        walk.details.result("audit.details", f"details open and match; those of {walk.erased} entries were lawfully erased"),
        walk.sequence.result("audit.sequence", f"{tree.size} indexes without a gap; {state.pending} entries wait to be sealed"),
        walk.tiles.result("audit.tiles", f"tiles equal the entries up to index {state.published}"),
        checkpoints.result("audit.checkpoints", f"{agreed} checkpoints are signed and name the roots that the entries give"),
    ]
    if folder is None:
        text = "no witness given: a truncation, or a full rewrite with the host's own key, could not be seen"
        return [*results, CheckResult("audit.witness", ok=True, detail=text)]
    return [*results, _ask_witness(folder, tree, memory, walk, trusted=all(result.ok for result in results))]


def _signed_roots(state: _State) -> Iterator[Known]:
    """What the database and the published file say was signed; unsigned or unreadable ones become findings."""
    for size, root, text in Checkpoint.objects.order_by("size").values_list("size", "root", "note").iterator():
        yield from _signed(state, f"the stored checkpoint of size {size}", text, (size, bytes(root)))
    tree = state.tree
    if tree.note:
        yield from _signed(state, "the tree's checkpoint", tree.note, (tree.size, None))
    published = tiles.folder() / "checkpoint"
    if published.exists():
        yield from _signed(state, "the published checkpoint", published.read_text(errors="replace"), None)


def _signed(state: _State, source: str, text: str, claimed: tuple[int, bytes | None] | None) -> Iterator[Known]:
    try:
        opened = note.read(text)
    except Invalid:
        state.checkpoints.add(f"{source} cannot be read")
        return
    if not note.is_signed_by(keys.crypto(), opened, keys.signing_key().public) or opened.origin != state.tree.origin:
        state.checkpoints.add(f"{source} is not signed by the log's key")
    elif claimed is not None and (opened.size, opened.root) != (claimed[0], claimed[1] or opened.root):
        state.checkpoints.add(f"{source} was stored with other numbers than were signed")
    else:
        yield Known(opened.size, opened.root, source)


def _check_erasures(details: Findings) -> None:
    """Each destroyed key has its entry in the log."""
    erased = SubjectKey.objects.filter(erased_at__isnull=False)
    told = Entry.objects.filter(act=ERASED).values("object")
    for reference in erased.exclude(reference__in=told).values_list("reference", flat=True).iterator():
        details.add(f"key {reference} was destroyed without an entry that says so")


def _ask_witness(folder: Path, tree: Tree, memory: witness.Memory, walk: Walk, *, trusted: bool) -> CheckResult:
    findings = Findings()
    for doubt in memory.doubts:
        findings.add(doubt)
    agreed = [known.size for known in walk.agreed if known.source == _WITNESS]
    forked = [known.size for known in walk.disagreed if known.source == _WITNESS]
    if forked:
        last = max((size for size in agreed if size < forked[0]), default=0)
        findings.add(
            f"fork: the witness remembers another root for {forked[0]} leaves; the histories part after leaf {last},"
            " so entries that were sealed then have been rewritten since"
        )
    for known in walk.unmet():
        if known.source == _WITNESS:
            findings.add(f"truncated: the witness remembers {known.size} leaves, the log has {tree.size}")
    kept = ""
    if trusted and not findings.count and tree.note:
        new = witness.keep(folder, CheckpointShape(tree.size, "", tree.note))
        kept = f"; it now remembers {tree.size} leaves" if new else ""
    met = f"agrees with {len(agreed)} remembered checkpoints" if agreed else "first meeting: nothing to compare with yet"
    return findings.result("audit.witness", met + kept)
