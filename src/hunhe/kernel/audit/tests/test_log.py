"""Recording, sealing, receipts and proofs, checked by hand from what the log publishes."""

import hashlib
import re
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hunhe.kernel.audit import actions, denials, merkle, note, queries, tiles
from hunhe.kernel.audit.models import Checkpoint, Entry, SubjectKey, Tree
from hunhe.kernel.audit.shapes import NewEntry
from hunhe.kernel.audit.tests.conftest import seal
from hunhe.stone import clock
from hunhe.stone.door import Gate, Scope, door
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

OFFICER = Who(id="acc_1", kind="official", department="hr", may=frozenset({"audit.may_read_entries"}))
SYSTEM = Who.system("test")
pytestmark = pytest.mark.django_db


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def record(number: int = 1, **more: object) -> tuple[str, ...]:
    entries = [NewEntry(who=OFFICER, act="test.thing.done", object=f"thing_{n}", detail={"n": n}) for n in range(number)]
    return actions.record_many(who=OFFICER, entries=entries)


def test_an_entry_has_its_receipt_once_sealed() -> None:
    entry_id = actions.record(who=OFFICER, act="test.thing.done", object="thing_1", subject_id="sub_1", detail={"名": "甲"})
    with pytest.raises(NotFound):
        queries.checkpoint(who=SYSTEM)
    with pytest.raises((Conflict, NotFound)):
        queries.receipt(who=SYSTEM, entry_id=entry_id)
    sealed = seal()
    receipt = queries.receipt(who=Who.anonymous(), entry_id=entry_id)
    assert (receipt.index, sealed.size) == (0, 1)
    assert receipt.checkpoint == sealed.note
    assert sealed.root == receipt.leaf_hash  # a tree of one leaf
    with pytest.raises(NotFound):
        queries.receipt(who=SYSTEM, entry_id="aud_none")


def test_sealing_nothing_signs_nothing_new() -> None:
    record(3)
    first = seal()
    assert seal() == first
    assert Checkpoint.objects.count() == 1


def test_entries_keep_their_order_and_one_checkpoint_a_minute_is_kept() -> None:
    ids = record(5)
    seal()
    ids += record(4)
    sealed = seal()
    assert list(Entry.objects.order_by("leaf_index").values_list("entry_id", flat=True)) == list(ids)
    assert Checkpoint.objects.count() in (1, 2)  # two only when the minute turned in between
    assert Checkpoint.objects.order_by("-minute")[0].size == sealed.size == 9


def test_record_and_seal_gives_receipts_and_takes_waiting_entries_first() -> None:
    waiting = record(2)
    receipts = actions.record_and_seal(
        who=OFFICER, entries=[NewEntry(who=OFFICER, act="test.call", object="c", subject_id="sub_1") for _ in range(3)]
    )
    assert [receipt.index for receipt in receipts] == [2, 3, 4]
    assert Entry.objects.get(entry_id=waiting[0]).leaf_index == 0
    assert queries.receipts(who=SYSTEM, entry_ids=[receipt.entry_id for receipt in receipts]) == receipts
    assert all(result.ok for result in queries.verify(who=SYSTEM))


def test_a_rolled_back_transaction_leaves_no_trace() -> None:
    record(1)
    seal()
    with suppress(RuntimeError), transaction.atomic():
        record(2)
        assert actions.seal_now_in_transaction(who=SYSTEM).size == 3
        raise RuntimeError
    assert Tree.objects.get().size == Entry.objects.count() == 1
    assert all(result.ok for result in queries.verify(who=SYSTEM))


@pytest.mark.django_db(transaction=True)
def test_the_tree_grows_only_inside_a_transaction() -> None:
    from hunhe.kernel.audit import sequence

    with pytest.raises(transaction.TransactionManagementError):
        sequence.locked_tree()


@pytest.mark.parametrize("size", [1, 2, 3, 255, 256, 257, 600])
def test_proofs_lead_from_published_text_to_the_signed_root(size: int) -> None:
    ids = record(size)
    seal()
    for index in {0, size // 2, size - 1}:
        proof = queries.proof(who=Who.anonymous(), entry_id=ids[index])
        leaf = merkle.leaf_hash(sha, proof.leaf.encode())
        assert (proof.index, leaf.hex()) == (index, proof.leaf_hash)
        root = merkle.root_from_inclusion(sha, index, proof.tree_size, leaf, [bytes.fromhex(step) for step in proof.path])
        assert root == note.read(proof.checkpoint).root
        assert re.fullmatch(r"hunhe audit entry v1\naud_[0-9a-z]{26}\n\d{16}\n[0-9a-f]{64}\n[0-9a-f]{64}\n", proof.leaf)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_every_older_checkpoint_is_consistent_with_every_newer(data: st.DataObject) -> None:
    record(data.draw(st.integers(1, 300)))
    old = seal()
    record(data.draw(st.integers(0, 300)))
    new = seal()
    proof = queries.consistency(who=SYSTEM, old_size=old.size)
    path = [bytes.fromhex(step) for step in proof.path]
    assert merkle.is_consistent(sha, old.size, new.size, bytes.fromhex(old.root), bytes.fromhex(new.root), path)


def test_consistency_refuses_sizes_that_are_none() -> None:
    record(3)
    seal()
    for old, new in ((-1, 3), (2, 1), (0, 4), (4, None)):
        with pytest.raises(Invalid):
            queries.consistency(who=SYSTEM, old_size=old, new_size=new)


def test_tiles_are_written_after_the_commit_and_can_be_made_again() -> None:
    record(700)
    seal()
    found = {
        str(path.relative_to(tiles.folder())): path.read_bytes() for path in tiles.folder().rglob("tile/**/*") if path.is_file()
    }
    assert set(found) == {"tile/0/000", "tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"}
    leaves = b"".join(bytes(leaf) for leaf in Entry.objects.order_by("leaf_index").values_list("leaf_hash", flat=True))
    assert found["tile/0/000"] + found["tile/0/001"] + found["tile/0/002.p/188"] == leaves
    for path in list(tiles.folder().rglob("*")):
        if path.is_file():
            path.unlink()
    tiles._kept.cache_clear()
    assert tiles.publish() == 700
    assert {name: (tiles.folder() / name).read_bytes() for name in found} == found


def test_tile_names_follow_the_format() -> None:
    assert tiles.tile_name(0, 1234067) == "tile/0/x001/x234/067"
    assert tiles.tile_name(2, 0, 5) == "tile/2/000.p/5"
    assert tiles.tile_name(1, 999) == "tile/1/999"
    assert tiles.tile_name(1, 1000) == "tile/1/x001/000"


def test_growth_leaves_no_superseded_partial_tile() -> None:
    for number in (3, 250, 30, 400):
        record(number)
        seal()
    partial = sorted(str(path.relative_to(tiles.folder())) for path in tiles.folder().rglob("*.p/*"))
    assert partial == ["tile/0/002.p/171", "tile/1/000.p/2"]
    assert all(result.ok for result in queries.verify(who=SYSTEM))


def test_the_auditor_reads_details_and_the_reading_is_recorded() -> None:
    actions.record(who=OFFICER, act="test.thing.done", object="thing_1", subject_id="sub_1", detail={"amount": 5})
    page = queries.entries_of(who=OFFICER, object="thing_1")
    assert [(entry.act, entry.subject_id, entry.detail) for entry in page.items] == [
        ("test.thing.done", "sub_1", {"amount": 5})
    ]
    assert queries.entries_of(who=OFFICER, object="thing_1").items[0].act == "audit.entries.read"
    with pytest.raises(Denied):
        queries.entries_of(who=Who(id="x", kind="official"), object="thing_1")


def test_lists_page_through_everything_once(django_assert_max_num_queries: object) -> None:
    record(120)
    seen, cursor = [], None
    while True:
        page = queries.list_entries(who=SYSTEM, cursor=cursor)
        seen += [entry.entry_id for entry in page.items if entry.act == "test.thing.done"]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 120


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "WzBd", "Wy0xXQ", "WzkyMjMzNzIwMzY4NTQ3NzU4MDgwMF0"])
def test_a_damaged_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Invalid):
        queries.list_entries(who=SYSTEM, cursor=cursor)


def test_erasure_closes_details_and_leaves_every_proof_standing() -> None:
    hers = actions.record(who=OFFICER, act="test.read", object="row", subject_id="sub_gone", detail={"phone": "139"})
    his = actions.record(who=OFFICER, act="test.read", object="row", subject_id="sub_stays", detail={"phone": "138"})
    seal()
    before = queries.receipt(who=SYSTEM, entry_id=hers)
    assert actions.erase_subject(who=SYSTEM, subject_id="sub_gone") == 1
    assert actions.erase_subject(who=SYSTEM, subject_id="sub_gone") == 0
    seal()
    details = {entry.entry_id: (entry.subject_id, entry.detail) for entry in queries.entries_of(who=SYSTEM, object="row").items}
    assert details[hers] == (None, None)
    assert details[his] == ("sub_stays", {"phone": "138"})
    after = queries.receipt(who=SYSTEM, entry_id=hers)
    assert (after.leaf_hash, after.index) == (before.leaf_hash, before.index)
    assert all(result.ok for result in queries.verify(who=SYSTEM))
    assert not SubjectKey.objects.filter(subject_id="sub_gone").exists()
    anew = actions.record(who=OFFICER, act="test.read", object="row", subject_id="sub_gone", detail={"phone": "137"})
    page = queries.entries_of(who=SYSTEM, object="row")
    assert {entry.entry_id: entry.detail for entry in page.items}[anew] == {"phone": "137"}


def test_nothing_personal_lies_in_clear(tmp_path: Path) -> None:
    actions.record(who=OFFICER, act="test.read", object="row", subject_id="sub_1", detail={"name": "secret-name"})
    row = Entry.objects.get()
    assert b"secret-name" not in b"".join(bytes(value) for value in (row.detail, row.detail_commitment, row.leaf_hash))


def test_the_log_keeps_true_time_whatever_the_city_clock_says() -> None:
    clock.install(lambda: clock.true_now().replace(year=2031))
    try:
        actions.record(who=OFFICER, act="test", object="x")
    finally:
        clock.install(None)
    assert abs(queries.list_entries(who=SYSTEM).items[-1].at - clock.true_now()).total_seconds() < 60


@door(may="test.may_enter", scope=Scope.CITY)
def guarded(*, who: Who) -> None: ...


@door(may=Gate.SIGNED_IN, scope=Scope.CITY)
def signed_in(*, who: Who) -> None: ...


def test_a_refused_door_is_recorded_with_the_caller() -> None:
    with pytest.raises(Denied):
        guarded(who=OFFICER)
    entry = queries.list_entries(who=SYSTEM).items[-1]
    assert (entry.act, entry.who, entry.detail) == ("door.denied", "acc_1", {"code": "door.no_permission"})
    assert entry.object.endswith(".guarded")


def test_a_refusal_outlives_the_transaction_it_rolls_back() -> None:
    with suppress(Denied), transaction.atomic():
        record(1)
        guarded(who=OFFICER)
    assert Entry.objects.count() == 0
    assert actions.flush_denied(who=SYSTEM) == 1
    assert [entry.act for entry in queries.list_entries(who=SYSTEM).items] == ["door.denied"]


def test_strangers_asked_to_sign_in_do_not_fill_the_log() -> None:
    with pytest.raises(Exception, match="sign in"):
        signed_in(who=Who.anonymous())
    assert Entry.objects.count() == 0


def test_a_log_out_of_order_never_fails_the_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(entries: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(denials.sequence, "make_leaves", broken)
    with pytest.raises(Denied):
        guarded(who=OFFICER)
    monkeypatch.undo()
    assert actions.flush_denied(who=SYSTEM) == 1


def test_details_that_json_does_not_know_are_written_as_text() -> None:
    from datetime import date
    from decimal import Decimal

    actions.record(who=OFFICER, act="test", object="x", detail={"on": date(2026, 1, 2), "sum": Decimal("1.50")})
    assert queries.list_entries(who=SYSTEM).items[-1].detail == {"on": "2026-01-02", "sum": "1.50"}


def test_recording_needs_few_queries() -> None:
    record(1)
    with connection.execute_wrapper(
        lambda execute, sql, params, many, context: (counted.append(sql), execute(sql, params, many, context))[1]
    ):
        counted: list[str] = []
        record(500)
    assert len([sql for sql in counted if "SAVEPOINT" not in sql]) <= 3
