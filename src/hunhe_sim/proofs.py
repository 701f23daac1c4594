"""A verifier of its own for the city's log: RFC 6962 proofs, C2SP signed-note checkpoints and tlog-tiles.

Written from the public texts alone and sharing nothing with the city, so that an error there is not repeated here.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ED25519 = b"\x01"
TILE = 256
HASH = 32


class ProofFailed(Exception):
    """What was shown does not prove what was claimed."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A tree as somebody signed it."""

    origin: str
    size: int
    root: bytes


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def check_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2: the leaf hash at `index` lies in the tree of `size` leaves with this root."""
    if not 0 <= index < size:
        raise ProofFailed(f"leaf {index} cannot lie in a tree of {size}")
    position, last, running = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise ProofFailed("the path is too long")
        if position & 1 or position == last:
            running = node_hash(step, running)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            running = node_hash(running, step)
        position, last = position >> 1, last >> 1
    if last or running != root:
        raise ProofFailed("the path does not lead to the signed root")


def check_consistency(old: Checkpoint, new: Checkpoint, path: Sequence[bytes]) -> None:
    """RFC 9162 section 2.1.4.2: the old tree is the beginning of the new one."""
    if old.size > new.size:
        raise ProofFailed("the log became shorter")
    if old.size in (0, new.size):
        if path or (old.size and old.root != new.root):
            raise ProofFailed("two different trees of one size")
        return
    steps = [old.root, *path] if old.size & (old.size - 1) == 0 else list(path)
    if not steps:
        raise ProofFailed("the proof is empty")
    position, last = old.size - 1, new.size - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    was = now = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ProofFailed("the proof is too long")
        if position & 1 or position == last:
            was, now = node_hash(step, was), node_hash(step, now)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            now = node_hash(now, step)
        position, last = position >> 1, last >> 1
    if last or was != old.root or now != new.root:
        raise ProofFailed("the two checkpoints belong to different histories")


def open_checkpoint(text: str, verifier_key: str) -> Checkpoint:
    """Check a signed note against a verifier key `name+hash+base64(type || public key)` and read the checkpoint in it."""
    name, named, public = _open_key(verifier_key)
    body, blank, signatures = text.rpartition("\n\n")
    if not blank:
        raise ProofFailed("the checkpoint carries no signature")
    signed = f"{body}\n".encode()
    for line in signatures.splitlines():
        dash, _, rest = line.partition(" ")
        signer, _, encoded = rest.partition(" ")
        if (dash, signer) == ("—", name) and _is_signed(public, named, _decode(encoded), signed):
            return _read(body)
    raise ProofFailed(f"no valid signature of {name}")


def _open_key(verifier_key: str) -> tuple[str, bytes, Ed25519PublicKey]:
    try:
        name, named, encoded = verifier_key.strip().split("+", 2)
    except ValueError as error:
        raise ProofFailed("this is no verifier key") from error
    typed = _decode(encoded)
    expected = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    if typed[:1] != ED25519 or len(typed) != 33 or expected.hex() != named:
        raise ProofFailed("the verifier key does not match its own name")
    return name, expected, Ed25519PublicKey.from_public_bytes(typed[1:])


def _is_signed(public: Ed25519PublicKey, named: bytes, signature: bytes, message: bytes) -> bool:
    if signature[:4] != named:
        return False
    try:
        public.verify(signature[4:], message)
    except InvalidSignature:
        return False
    return True


def _read(body: str) -> Checkpoint:
    lines = body.split("\n")
    if len(lines) < 3 or not lines[1].isascii() or not lines[1].isdigit() or str(int(lines[1])) != lines[1]:
        raise ProofFailed("this is no checkpoint")
    root = _decode(lines[2])
    if len(root) != HASH:
        raise ProofFailed("the root is no SHA-256 hash")
    return Checkpoint(lines[0], int(lines[1]), root)


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ProofFailed("not base64") from error


def tile_path(level: int, number: int, width: int = TILE) -> str:
    """tlog-tiles: `tile/<level>/<number in groups of three>[.p/<width>]`."""
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return f"tile/{level}/{'/'.join(groups)}{'' if width == TILE else f'.p/{width}'}"


def root_of_tiles(size: int, fetch: Callable[[str], bytes]) -> tuple[bytes, int]:
    """Recompute the root of a tree from its leaf tiles; returns it with the number of tiles read."""
    frontier: list[tuple[int, bytes]] = []
    tiles = 0
    for number in range(-(-size // TILE)):
        width = min(TILE, size - number * TILE)
        data = fetch(tile_path(0, number, width))
        tiles += 1
        if len(data) != width * HASH:
            raise ProofFailed(f"tile {number} holds {len(data)} bytes instead of {width * HASH}")
        for start in range(0, len(data), HASH):
            _append(frontier, data[start : start + HASH])
    return _fold(frontier), tiles


def _append(frontier: list[tuple[int, bytes]], leaf: bytes) -> None:
    """Join complete subtrees of equal size, as in adding one to a binary number."""
    size, running = 1, leaf
    while frontier and frontier[-1][0] == size:
        running = node_hash(frontier.pop()[1], running)
        size *= 2
    frontier.append((size, running))


def _fold(frontier: list[tuple[int, bytes]]) -> bytes:
    if not frontier:
        return hashlib.sha256(b"").digest()
    running = frontier[-1][1]
    for _, left in reversed(frontier[:-1]):
        running = node_hash(left, running)
    return running
