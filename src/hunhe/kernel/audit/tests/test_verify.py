"""What a database administrator, a thief of files, and root with the host's key can do, and which check names it."""

from pathlib import Path

import pytest

from hunhe.kernel.audit import actions, checks, keys, merkle, note, queries, tiles
from hunhe.kernel.audit.models import Checkpoint, Entry, SubjectKey, Tree
from hunhe.kernel.audit.shapes import CheckResult, NewEntry
from hunhe.kernel.audit.tests.conftest import seal
from hunhe.kernel.audit.tests.rewriting import resign, rewrite_history
from hunhe.stone import clock
from hunhe.stone.errors import Invalid
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
OFFICER = Who(id="acc_1", kind="official", department="hr")
pytestmark = pytest.mark.django_db


@pytest.fixture
def ids() -> tuple[str, ...]:
    """A sealed log of 600 entries over three subjects."""
    entries = [
        NewEntry(who=OFFICER, act="test.read", object=f"row_{n}", subject_id=f"sub_{n % 3}", detail={"n": n})
        for n in range(600)
    ]
    found = actions.record_many(who=OFFICER, entries=entries)
    seal()
    return found


def failed(witness: Path | None = None) -> dict[str, str]:
    return {result.check: result.detail for result in queries.verify(who=SYSTEM, witness=witness) if not result.ok}


def test_an_untouched_log_passes_every_check(ids: tuple[str, ...]) -> None:
    results = queries.verify(who=SYSTEM)
    assert [result.check for result in results][:6] == [
        "audit.entries", "audit.details", "audit.sequence", "audit.tiles", "audit.checkpoints", "audit.witness",
    ]  # fmt: skip
    assert all(result.ok for result in results)
    assert "could not be seen" in results[5].detail


def test_an_empty_log_passes() -> None:
    assert failed() == {}


@pytest.mark.parametrize(
    ("column", "value"),
    [("who", "somebody_else"), ("act", "test.look"), ("object", "row_0"), ("department", "x"), ("on_behalf_of", "y"),
     ("at", 1), ("salt", b"0" * 16), ("entry_id", "aud_other"), ("leaf_hash", b"\1" * 32)],
)  # fmt: skip
def test_one_edited_column_names_its_entry(ids: tuple[str, ...], column: str, value: object) -> None:
    Entry.objects.filter(leaf_index=300).update(**{column: value})
    problems = failed()
    assert "at index 300" in problems["audit.entries"]
    assert problems["audit.entries"].count("entry aud") == 1


def test_an_edited_detail_is_named_though_it_is_sealed(ids: tuple[str, ...]) -> None:
    row = Entry.objects.get(leaf_index=7)
    changed = bytearray(bytes(row.detail))
    changed[20] ^= 1
    Entry.objects.filter(pk=row.pk).update(detail=bytes(changed))
    assert list(failed()) == ["audit.details"]
    assert f"{row.entry_id} at index 7" in failed()["audit.details"]
    assert queries.entries_of(who=SYSTEM, object="row_7").items[-1].detail is None


def test_an_entry_forged_with_its_leaf_is_caught_by_the_tiles_and_the_signed_root(ids: tuple[str, ...]) -> None:
    row = Entry.objects.get(leaf_index=300)
    head = (row.who, row.on_behalf_of, row.department, "test.harmless", row.object)
    from hunhe.kernel.audit import leaves

    committed = leaves.head_commitment(keys.crypto(), bytes(row.salt), head)
    text = leaves.leaf_text(row.entry_id, row.at, committed, bytes(row.detail_commitment))
    Entry.objects.filter(pk=row.pk).update(act="test.harmless", leaf_hash=merkle.leaf_hash(keys.crypto().digest, text.encode()))
    problems = failed()
    assert set(problems) == {"audit.tiles", "audit.checkpoints"}
    assert "tile/0/001 differs from the entries, first at hash 44" in problems["audit.tiles"]


def test_a_deleted_entry_is_named_by_its_index(ids: tuple[str, ...]) -> None:
    Entry.objects.filter(leaf_index=10).delete()
    assert "no entry at index 10" in failed()["audit.sequence"]
    Entry.objects.filter(leaf_index=599).delete()
    assert "no entry at index 599" in failed()["audit.sequence"]


@pytest.mark.parametrize("name", ["tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2"])
def test_one_edited_byte_in_a_tile_is_named(ids: tuple[str, ...], name: str) -> None:
    path = tiles.folder() / name
    content = bytearray(path.read_bytes())
    content[40] ^= 1
    path.write_bytes(bytes(content))
    assert failed() == {"audit.tiles": f"{name} differs from the entries, first at hash 1"}
    path.write_bytes(bytes(content[:20]))
    assert "first at hash 0" in failed()["audit.tiles"]
    path.unlink()
    assert failed() == {"audit.tiles": f"{name} is missing"}


def test_a_checkpoint_with_other_numbers_or_another_key_is_named(ids: tuple[str, ...]) -> None:
    stored = Checkpoint.objects.get()
    Checkpoint.objects.update(root=b"\1" * 32)
    assert "other numbers" in failed()["audit.checkpoints"]
    stranger = keys.crypto().signing_key(keys.crypto().new_signing_key())
    forged = note.sign(keys.crypto(), stranger, Tree.objects.get().origin, stored.size, bytes(stored.root))
    Checkpoint.objects.update(root=stored.root, note=forged)
    assert "not signed by the log's key" in failed()["audit.checkpoints"]
    Checkpoint.objects.update(note="nonsense")
    assert "cannot be read" in failed()["audit.checkpoints"]


def test_a_damaged_published_checkpoint_is_named(ids: tuple[str, ...]) -> None:
    (tiles.folder() / "checkpoint").write_bytes(b"\xff")
    assert "the published checkpoint cannot be read" in failed()["audit.checkpoints"]


def test_an_erasure_that_nobody_recorded_is_named(ids: tuple[str, ...]) -> None:
    SubjectKey.objects.filter(subject_id="sub_1").update(subject_id=None, sealed=b"", erased_at=clock.true_now())
    assert "was destroyed without an entry" in failed()["audit.details"]


def test_a_row_moved_to_another_subjects_key_is_named(ids: tuple[str, ...]) -> None:
    other = SubjectKey.objects.get(subject_id="sub_1")
    Entry.objects.filter(leaf_index=0).update(key_id=other.pk)
    assert "at index 0" in failed()["audit.details"]
    Entry.objects.filter(leaf_index=0).update(key_id=10**6)
    assert "key that does not exist" in failed()["audit.details"]


def test_many_findings_are_counted_not_listed(ids: tuple[str, ...]) -> None:
    Entry.objects.update(act="all.changed")
    assert failed()["audit.entries"].endswith("; and 580 more")


def test_a_full_rewrite_with_the_hosts_key_passes_alone_but_the_witness_shows_the_fork(
    ids: tuple[str, ...], tmp_path: Path
) -> None:
    assert failed(tmp_path) == {}
    rewrite_history(100)
    assert failed() == {}
    assert "fork" in failed(tmp_path)["audit.witness"]
    assert "another root for 600 leaves" in failed(tmp_path)["audit.witness"]


def test_the_witness_shows_a_truncation(ids: tuple[str, ...], tmp_path: Path) -> None:
    assert failed(tmp_path) == {}
    Entry.objects.filter(leaf_index__gte=500).delete()
    resign(500)
    assert failed() == {}
    assert failed(tmp_path) == {"audit.witness": "truncated: the witness remembers 600 leaves, the log has 500"}


def test_a_witness_follows_honest_growth_and_says_where_histories_part(ids: tuple[str, ...], tmp_path: Path) -> None:
    assert failed(tmp_path) == {}
    actions.record(who=OFFICER, act="more", object="x")
    seal()
    assert failed(tmp_path) == {}
    assert failed(tmp_path) == {}
    assert sorted(path.name for path in tmp_path.glob("*.note")) == [f"{600:016d}.note", f"{601:016d}.note"]
    Entry.objects.filter(leaf_index=600).update(leaf_hash=b"\2" * 32)
    resign(601)
    assert "another root for 601 leaves; the histories part after leaf 600" in failed(tmp_path)["audit.witness"]


def test_a_witness_learns_nothing_from_a_log_that_fails(ids: tuple[str, ...], tmp_path: Path) -> None:
    Entry.objects.filter(leaf_index=3).update(who="x")
    failed(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_another_log_or_another_key_is_not_mistaken_for_this_one(ids: tuple[str, ...], tmp_path: Path) -> None:
    assert failed(tmp_path) == {}
    Tree.objects.update(origin="hunhe/audit/other")
    assert "this log calls itself" in failed(tmp_path)["audit.witness"]
    Tree.objects.update(origin=note.read(Checkpoint.objects.get().note).origin)
    stranger = keys.crypto().signing_key(keys.crypto().new_signing_key())
    (tmp_path / "log.vkey").write_text(note.verifier_key(keys.crypto(), Tree.objects.get().origin, stranger.public))
    assert "another key" in failed(tmp_path)["audit.witness"]


def test_a_witness_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        queries.verify(who=SYSTEM, witness=tmp_path / "missing")


def test_other_rooms_checks_are_run_and_a_broken_one_fails_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_registered", {})

    def broken() -> list[CheckResult]:
        raise RuntimeError("no lake")

    actions.register_check(
        who=SYSTEM, name="lake.files", function=lambda: [CheckResult("lake.files", ok=True, detail="9 files")]
    )
    actions.register_check(who=SYSTEM, name="lake.broken", function=broken)
    results = {result.check: result for result in queries.verify(who=SYSTEM)}
    assert results["lake.files"].ok
    assert results["lake.broken"].detail == "did not run: no lake"
    assert not results["lake.broken"].ok
