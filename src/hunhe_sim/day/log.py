"""The city's log as an outsider reads it: checkpoints, proofs and tiles, each checked with the verifier of this world."""

from collections.abc import Mapping
from typing import Any

from hunhe_sim import proofs
from hunhe_sim.day.visitor import Refused, Visitor, wait_for, whole
from hunhe_sim.proofs import Checkpoint, ProofFailed


class Log:
    """`verifier` is the log's public key as its keeper published it on the first visit."""

    def __init__(self, visitor: Visitor, verifier: str) -> None:
        self._visitor = visitor
        self.verifier = verifier

    def checkpoint(self) -> tuple[str, Checkpoint]:
        """The newest checkpoint: its note, and what it says once its signature was checked."""
        note = self._visitor.text("/audit/v1/checkpoint")
        return note, self.open(note)

    def open(self, note: str) -> Checkpoint:
        return proofs.open_checkpoint(note, self.verifier)

    def check_receipt(self, entry_id: str, leaf_hash: str) -> int:
        """Prove that the entry of a receipt is in the log; returns its index. Raises `ProofFailed`."""
        proof: Mapping[str, Any] = self._visitor.get(f"/audit/v1/proof/{entry_id}")
        leaf = proofs.leaf_hash(str(proof["leaf"]).encode())
        if leaf.hex() != leaf_hash or entry_id not in proof["leaf"]:
            raise ProofFailed(f"the log holds another leaf for {entry_id}")
        tree = self.open(proof["checkpoint"])
        path = [bytes.fromhex(step) for step in proof["path"]]
        proofs.check_inclusion(leaf, int(proof["index"]), tree.size, path, tree.root)
        return int(proof["index"])

    def check_growth(self, old: Checkpoint, new: Checkpoint) -> int:
        """Prove that the older tree is the beginning of the newer; returns how many hashes that took. Raises `ProofFailed`."""
        reply = self._visitor.get("/audit/v1/consistency", old=old.size, new=new.size)
        path = [bytes.fromhex(step) for step in reply["path"]]
        proofs.check_consistency(old, new, path)
        return len(path)

    def recompute(self, tree: Checkpoint) -> int:
        """Recompute the root from the leaf tiles; returns how many were read. Raises `ProofFailed`."""
        root, tiles = proofs.root_of_tiles(tree.size, self._tile)
        if root != tree.root:
            raise ProofFailed("the tiles give another root than the signed one")
        return tiles

    def _tile(self, path: str) -> bytes:
        """A tile; where a partial one has meanwhile become fuller, its beginning."""
        whole, _, width = path.partition(".p/")
        try:
            return self._visitor.bytes(f"/audit/v1/{path}")
        except Refused:
            if not width:
                raise
            return self._visitor.bytes(f"/audit/v1/{whole}")[: int(width) * proofs.HASH]


def published_key(visitor: Visitor, patience: float = 60.0) -> str:
    """The verifier key that the log's keeper publishes; a city that has just opened signs its first checkpoint within moments."""

    def look() -> str | None:
        reply = visitor.ask("GET", "/audit/v1/key")
        if reply.status_code == 404:
            return None
        return whole(reply).text.strip()

    return wait_for(look, patience, "the key of the log")
