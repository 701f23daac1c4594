"""A witness: a folder, best on another machine, that remembers every checkpoint it was shown and the key it first met.

One folder serves one log. `<size>.note` is a checkpoint, `log.vkey` the key that signs them.
"""

from dataclasses import dataclass
from pathlib import Path

from hunhe.kernel.audit import keys, note
from hunhe.kernel.audit.shapes import Checkpoint
from hunhe.stone.errors import Invalid, msgid

_KEY = "log.vkey"


@dataclass(frozen=True, slots=True)
class Memory:
    """What a witness remembers: (size, root) of each checkpoint, smallest first, and what speaks against the log as it is."""

    roots: tuple[tuple[int, bytes], ...]
    doubts: tuple[str, ...]


def recall(folder: Path, origin: str) -> Memory:
    """Read a witness' folder; Invalid when it cannot be read as one."""
    if not folder.is_dir():
        raise Invalid("audit.witness.folder", msgid("%(folder)s is not a folder that a witness could use."), folder=folder)
    crypto, ours = keys.crypto(), keys.signing_key().public
    key_path = folder / _KEY
    public = note.public_of(crypto, key_path.read_text()) if key_path.exists() else ours
    doubts = [] if public == ours else ["the witness first met this log with another key than the host signs with now"]
    roots = {}
    for path in sorted(folder.glob("*.note")):
        seen = note.read(path.read_text())
        if seen.origin != origin:
            doubts.append(f"{path.name} is a checkpoint of “{seen.origin}”, this log calls itself “{origin}”")
        elif not note.is_signed_by(crypto, seen, public):
            doubts.append(f"{path.name} does not carry the signature of the key the witness first met")
        else:
            roots[seen.size] = seen.root
    return Memory(tuple(sorted(roots.items())), tuple(doubts))


def keep(folder: Path, checkpoint: Checkpoint) -> bool:
    """Remember one more checkpoint that was found consistent; False when it is known already."""
    crypto = keys.crypto()
    path = folder / f"{checkpoint.size:016d}.note"
    if path.exists():
        return False
    key_path = folder / _KEY
    if not key_path.exists():
        origin = note.read(checkpoint.note).origin
        key_path.write_text(note.verifier_key(crypto, origin, keys.signing_key().public) + "\n")
    aside = path.with_suffix(".new")
    aside.write_text(checkpoint.note)
    aside.replace(path)
    return True
