"""Step five: the log only ever grew, and its tiles give the root that was signed."""

from hunhe_sim.day.cast import Cast
from hunhe_sim.day.report import Step
from hunhe_sim.proofs import ProofFailed


def play_audit(cast: Cast, step: Step, morning: str) -> None:
    """`morning`: the checkpoint note from before the day, empty if there was none."""
    note, tree = cast.log.checkpoint()
    step.note("size", tree.size)
    step.check("the checkpoint is signed by the key first seen", tree.size > 0, tree.size)
    for when, earlier in (("this morning", morning), ("an earlier day", cast.memory.get("checkpoint") or "")):
        if earlier:
            old = cast.log.open(earlier)
            hashes = cast.log.check_growth(old, tree)
            step.check(f"the log of {when} ({old.size}) is the beginning of today's ({tree.size}), by {hashes} hashes", True)
    step.note("tiles", cast.log.recompute(tree))
    step.check("the root recomputed from the tiles is the signed one", True)
    step.check("a changed leaf would be noticed", _notices_a_change(cast))
    cast.memory.keep("checkpoint", note)


def _notices_a_change(cast: Cast) -> bool:
    """The verifier refuses an entry that is not the one in the log."""
    try:
        cast.log.check_receipt(cast.memory.get("entry"), "00" * 32)
    except ProofFailed:
        return True
    return False
