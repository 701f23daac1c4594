"""Stored once, found by those who may, served so that nothing runs."""

import io
from pathlib import Path

import pytest
from django.test import Client, RequestFactory

from hunhe.kernel.audit import queries as audit
from hunhe.kernel.files import actions, models, queries, readers, vault, views
from hunhe.stone.errors import Invalid, NotFound, Unauthenticated
from hunhe.stone.who import Who
from hunhe.ui.callers import identify

CITIZEN = Who(id="acc_c", kind="citizen", subject_id="sub_1")
CLERK = Who(id="acc_k", kind="official", department="hr")
COLLEAGUE = Who(id="acc_l", kind="official", department="hr")
INSPECTOR = Who(id="acc_i", kind="official", department="data_bureau", may=frozenset({"org.may_cross_departments"}))
STRANGER = Who(id="acc_s", kind="official", department="police")
SYSTEM = Who.system("test")
pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\nhello"


def test_what_goes_in_comes_out_and_both_are_recorded() -> None:
    stored = actions.store(who=CITIZEN, name="户口本.pdf", stream=io.BytesIO(PDF), purpose="case_1")
    assert (stored.media_type, stored.size, stored.name) == ("application/pdf", len(PDF), "户口本.pdf")
    with queries.open_file(who=CITIZEN, id=stored.id).content as content:
        assert content.read() == PDF
    acts = [(entry.act, entry.subject_id) for entry in audit.entries_of(who=SYSTEM, object=stored.id).items]
    assert acts == [("files.file.opened", "sub_1"), ("files.file.stored", "sub_1")]


def test_the_same_content_lies_on_disk_once() -> None:
    first = actions.store(who=CITIZEN, name="a", stream=io.BytesIO(PDF), purpose="x")
    second = actions.store(who=CLERK, name="b", stream=io.BytesIO(PDF), purpose="y")
    assert first.digest == second.digest
    assert first.id != second.id
    assert vault.path_of(first.digest).read_bytes() == PDF


def test_files_open_for_whoever_stored_them_only() -> None:
    hers = actions.store(who=CITIZEN, name="a", stream=io.BytesIO(PDF), purpose="x")
    his = actions.store(who=CLERK, name="b", stream=io.BytesIO(PDF), purpose="x")
    queries.file_by_id(who=CLERK, id=his.id)
    queries.file_by_id(who=Who(id="new account", kind="citizen", subject_id="sub_1"), id=hers.id)
    strangers = [(who, his.id) for who in (STRANGER, COLLEAGUE, CITIZEN, INSPECTOR)]
    strangers += [(CLERK, hers.id), (INSPECTOR, hers.id), (CLERK, "file_none"), (CLERK, "\0")]
    for who, file_id in strangers:
        with pytest.raises(NotFound):
            queries.open_file(who=who, id=file_id)
    with pytest.raises(Unauthenticated):
        queries.open_file(who=Who.anonymous(), id=his.id)
    denied = [entry.who for entry in audit.entries_of(who=SYSTEM, object="files.open_file").items]
    assert sorted(denied) == ["acc_c", "acc_i", "acc_i", "acc_k", "acc_l", "acc_s"]


def test_the_room_that_keeps_a_paper_says_who_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "_readers", dict(readers._readers))
    actions.register_reader(who=SYSTEM, purpose="room.paper", may_read=lambda who, file: who.id == "acc_l" and file == hers.id)
    hers = actions.store(who=CITIZEN, name="a", stream=io.BytesIO(PDF), purpose="room.paper")
    his = actions.store(who=CLERK, name="b", stream=io.BytesIO(PDF), purpose="room.paper")
    queries.file_by_id(who=COLLEAGUE, id=hers.id)
    queries.file_by_id(who=CITIZEN, id=hers.id)
    for who, file_id in ((CLERK, his.id), (COLLEAGUE, his.id), (CLERK, hers.id), (INSPECTOR, hers.id)):
        with pytest.raises(NotFound):
            queries.file_by_id(who=who, id=file_id)


def test_a_refused_file_leaves_nothing_behind() -> None:
    before = models.StoredFile.objects.count()
    for stream, limit in ((io.BytesIO(b"MZ evil"), 100), (io.BytesIO(PDF), 5)):
        with pytest.raises(Invalid):
            actions.store(who=CLERK, name="x", stream=stream, purpose="x", limit=limit)
    assert models.StoredFile.objects.count() == before
    assert list((vault._folder() / "incoming").iterdir()) == []


def test_the_answer_is_an_attachment_that_cannot_run() -> None:
    stored = actions.store(who=CLERK, name='表 "1".pdf', stream=io.BytesIO(PDF), purpose="x")
    request = RequestFactory().get(f"/files/{stored.id}")
    identify(request, CLERK)
    answer = views.download(request, stored.id)
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%E8%A1%A8")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert Client().get(f"/files/{stored.id}").status_code in (302, 401)


def test_verify_names_a_changed_and_a_missing_content() -> None:
    stored = actions.store(who=CLERK, name="a", stream=io.BytesIO(b"%PDF-verify"), purpose="x")
    assert vault.check_digests()[0].ok
    path: Path = vault.path_of(stored.digest)
    path.write_bytes(b"%PDF-verifx")
    assert f"{stored.digest} was changed" in vault.check_digests()[0].detail
    path.unlink()
    assert f"{stored.digest} is missing" in vault.check_digests()[0].detail
