"""The tree against RFC 6962: its recursive definition written out here, and the reference leaves of certificate transparency."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunhe.kernel.audit.merkle import Frontier, Prover, is_consistent, leaf_hash, root_from_inclusion

LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def mth(leaves: Sequence[bytes]) -> bytes:
    """MTH of section 2.1, word for word."""
    n = len(leaves)
    if n == 0:
        return sha(b"")
    if n == 1:
        return sha(b"\x00" + leaves[0])
    k = split(n)
    return sha(b"\x01" + mth(leaves[:k]) + mth(leaves[k:]))


def split(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """PATH of section 2.1.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path(m, leaves[:k]), mth(leaves[k:])]
    return [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], known: bool) -> list[bytes]:
    """SUBPROOF of section 2.1.2."""
    if m == len(leaves):
        return [] if known else [mth(leaves)]
    k = split(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], known), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def prover(leaves: Sequence[bytes]) -> Prover:
    return Prover(sha, lambda lo, hi: mth(leaves[lo:hi]))


def test_reference_roots() -> None:
    frontier = Frontier(sha)
    assert frontier.root() == sha(b"")
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        frontier.append(leaf_hash(sha, leaf))
        assert frontier.root().hex() == root


@given(st.integers(0, 300), st.integers(0, 300))
def test_a_frontier_resumes_where_it_was_stored(first: int, more: int) -> None:
    leaves = [str(number).encode() for number in range(first + more)]
    frontier = Frontier(sha)
    frontier.extend(leaf_hash(sha, leaf) for leaf in leaves[:first])
    resumed = Frontier(sha, frontier.size, frontier.hashes)
    resumed.extend(leaf_hash(sha, leaf) for leaf in leaves[first:])
    assert resumed.root() == mth(leaves)


def test_a_frontier_of_the_wrong_shape_is_refused() -> None:
    with pytest.raises(ValueError, match="frontier"):
        Frontier(sha, 3, [b"x"])


@given(st.integers(1, 80).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n - 1))))
def test_inclusion_is_the_path_of_the_definition_and_leads_to_the_root(case: tuple[int, int]) -> None:
    n, m = case
    leaves = [bytes([number]) for number in range(n)]
    proof = prover(leaves).inclusion(m, n)
    assert list(proof) == path(m, leaves)
    leaf = leaf_hash(sha, leaves[m])
    assert root_from_inclusion(sha, m, n, leaf, proof) == mth(leaves)
    assert root_from_inclusion(sha, m, n, leaf_hash(sha, b"other"), proof) != mth(leaves)
    assert root_from_inclusion(sha, m, n, leaf, [*proof, b"\0" * 32]) is None
    if proof:
        assert root_from_inclusion(sha, m, n, leaf, proof[1:]) != mth(leaves)


@given(st.integers(0, 80).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))
def test_consistency_is_the_proof_of_the_definition_and_holds_only_for_the_same_history(case: tuple[int, int]) -> None:
    n, m = case
    leaves = [bytes([number]) for number in range(n)]
    proof = prover(leaves).consistency(m, n)
    assert list(proof) == (subproof(m, leaves, True) if 0 < m < n else [])
    assert is_consistent(sha, m, n, mth(leaves[:m]), mth(leaves), proof)
    if m > 0:
        other = mth([b"rewritten", *leaves[1:m]])
        assert not is_consistent(sha, m, n, other, mth(leaves), proof)
    if 0 < m < n:
        assert not is_consistent(sha, m, n, mth(leaves[:m]), mth(leaves), proof[:-1])


@pytest.mark.parametrize(("m", "n"), [(-1, 3), (3, 3), (5, 3), (0, 0)])
def test_leaves_outside_the_tree_have_no_path(m: int, n: int) -> None:
    with pytest.raises(ValueError, match="is not in a tree"):
        prover([b""] * 3).inclusion(m, n)
    assert root_from_inclusion(sha, m, n, b"\0" * 32, []) is None
