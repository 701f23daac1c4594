import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from hunhe_sim.proofs import (
    Checkpoint,
    ProofFailed,
    check_consistency,
    check_inclusion,
    leaf_hash,
    node_hash,
    open_checkpoint,
    root_of_tiles,
    tile_path,
)

# The eight leaves that the reference implementation of Certificate Transparency tests with, and their roots.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def root_of(hashes: list[bytes]) -> bytes:
    """Straight from the definition in RFC 6962 section 2.1."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(root_of(hashes[:split]), root_of(hashes[split:]))


def path_of(index: int, hashes: list[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    if index < split:
        return [*path_of(index, hashes[:split]), root_of(hashes[split:])]
    return [*path_of(index - split, hashes[split:]), root_of(hashes[:split])]


def consistency_of(old: int, hashes: list[bytes], whole: bool = True) -> list[bytes]:
    if old == len(hashes):
        return [] if whole else [root_of(hashes)]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    if old <= split:
        return [*consistency_of(old, hashes[:split], whole), root_of(hashes[split:])]
    return [*consistency_of(old - split, hashes[split:], False), root_of(hashes[:split])]


def hashes_of(count: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(count)]


def tree(hashes: list[bytes]) -> Checkpoint:
    return Checkpoint("log", len(hashes), root_of(hashes))


def tiles_of(hashes: list[bytes]) -> dict[str, bytes]:
    starts = range(0, len(hashes), 256)
    return {
        tile_path(0, start // 256, len(hashes[start : start + 256])): b"".join(hashes[start : start + 256]) for start in starts
    }


@pytest.mark.parametrize(("size", "expected"), ROOTS.items())
def test_known_roots(size: int, expected: str) -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES[:size]]
    assert root_of_tiles(size, tiles_of(hashes).__getitem__) == (bytes.fromhex(expected), 1)
    for index in range(size):
        check_inclusion(hashes[index], index, size, path_of(index, hashes), bytes.fromhex(expected))


@given(st.data())
def test_inclusion_holds_and_every_change_is_seen(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 130))
    index = data.draw(st.integers(0, size - 1))
    hashes = hashes_of(size)
    path, root = path_of(index, hashes), root_of(hashes)
    check_inclusion(hashes[index], index, size, path, root)
    with pytest.raises(ProofFailed):
        check_inclusion(leaf_hash(b"other"), index, size, path, root)
    with pytest.raises(ProofFailed):
        check_inclusion(hashes[index], index, size, [*path, b"\x00" * 32], root)
    for other in {index - 1, index + 1} & set(range(size)):
        with pytest.raises(ProofFailed):
            check_inclusion(hashes[index], other, size, path, root)
    if path:
        with pytest.raises(ProofFailed):
            check_inclusion(hashes[index], index, size, path[:-1], root)


@given(st.data())
def test_consistency_holds_and_a_rewritten_past_is_seen(data: st.DataObject) -> None:
    new = data.draw(st.integers(1, 130))
    old = data.draw(st.integers(1, new))
    hashes = hashes_of(new)
    proof = consistency_of(old, hashes)
    check_consistency(tree(hashes[:old]), tree(hashes), proof)
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*hashes[:changed], leaf_hash(b"rewritten"), *hashes[changed + 1 :]]
    with pytest.raises(ProofFailed):
        check_consistency(tree(hashes[:old]), tree(rewritten), consistency_of(old, rewritten))
    if proof:
        with pytest.raises(ProofFailed):
            check_consistency(tree(hashes[:old]), tree(hashes), proof[:-1])
        with pytest.raises(ProofFailed):
            check_consistency(tree(hashes[:old]), tree(hashes), [*proof, b"\x00" * 32])


def test_a_log_may_begin_empty_but_never_shrink() -> None:
    check_consistency(tree([]), tree(hashes_of(3)), [])
    with pytest.raises(ProofFailed, match="shorter"):
        check_consistency(tree(hashes_of(3)), tree(hashes_of(2)), [])


def test_tiles_of_a_larger_tree() -> None:
    hashes = hashes_of(700)
    assert root_of_tiles(700, tiles_of(hashes).__getitem__) == (root_of(hashes), 3)
    assert root_of_tiles(0, {}.__getitem__) == (hashlib.sha256(b"").digest(), 0)
    with pytest.raises(ProofFailed, match="tile 0"):
        root_of_tiles(300, lambda path: b"short")


@pytest.mark.parametrize(
    ("arguments", "expected"), [((0, 0), "tile/0/000"), ((1, 1234067), "tile/1/x001/x234/067"), ((0, 5, 17), "tile/0/005.p/17")]
)
def test_tile_paths(arguments: tuple[int, ...], expected: str) -> None:
    assert tile_path(*arguments) == expected


def signed_note(size: int, key: Ed25519PrivateKey, name: str = "log.example") -> tuple[str, str]:
    typed = b"\x01" + key.public_key().public_bytes_raw()
    named = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    body = f"{name}\n{size}\n{base64.b64encode(root_of(hashes_of(size))).decode()}\n"
    signature = base64.b64encode(named + key.sign(body.encode())).decode()
    return f"{body}\n— witness.example AAAA\n— {name} {signature}\n", f"{name}+{named.hex()}+{base64.b64encode(typed).decode()}"


def test_a_signed_checkpoint_opens_only_as_signed() -> None:
    note, verifier = signed_note(3, Ed25519PrivateKey.generate())
    assert open_checkpoint(note, verifier) == Checkpoint("log.example", 3, root_of(hashes_of(3)))
    for changed in (note.replace("\n3\n", "\n4\n", 1), note.partition("\n\n")[0], "", note.replace("log.example", "other", 1)):
        with pytest.raises(ProofFailed):
            open_checkpoint(changed, verifier)
    with pytest.raises(ProofFailed):
        open_checkpoint(note, signed_note(3, Ed25519PrivateKey.generate())[1])
    for key in ("", "a+b", "log.example+00000000+AAAA", verifier.replace("+", "+0", 1)):
        with pytest.raises(ProofFailed):
            open_checkpoint(note, key)
