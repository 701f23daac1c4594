"""A copy of everything: complete, about nobody else, provable, and gone when its days are over."""

import csv
import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from hunhe.kernel.audit import actions as audit
from hunhe.kernel.audit import queries as audit_log
from hunhe.kernel.consent import actions as consent
from hunhe.kernel.consent import exporting, holdings, models
from hunhe.kernel.consent import queries as consents
from hunhe.kernel.consent.shapes import Table
from hunhe.kernel.events import actions as events
from hunhe.kernel.files import vault
from hunhe.kernel.files.models import StoredFile
from hunhe.kernel.notify import queries as notices
from hunhe.stone import clock
from hunhe.stone.errors import Denied
from hunhe.wallet.mydata.tests.conftest import MONDAY, SYSTEM, Person, use

pytestmark = pytest.mark.django_db(transaction=True)


def copy_of(person: Person, key: str = "one") -> zipfile.ZipFile:
    consent.ask_export(who=person.who, subject_id=person.subject, key=key)
    events.run_due(who=SYSTEM)
    export = consents.list_exports(who=person.who, subject_id=person.subject)[0]
    assert export.state == "ready"
    answer = person.client.get(f"/files/{export.file_id}")
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[arg-type]  # no lane: it streams bytes at once


def test_it_holds_what_every_room_holds_and_nobody_elses(shen: Person, wu: Person):
    found = copy_of(shen)
    held = json.loads(found.read("data.json"))["holdings"]
    assert {"identity", "consent", "notify", "flow", "exchange", "audit"} <= held.keys()
    assert held["exchange"]["uses"][0]["purpose"] == "入学核验"
    assert held["flow"]["cases"][0]["facts"] == {"补贴种类": "低保"}
    assert held["identity"]["account"][0]["username"] == "shen.yi"
    everything = "".join(found.read(name).decode() for name in found.namelist())
    assert "邻居的事" not in everything
    assert "wu.er" not in everything
    assert "per_wu" not in everything
    page = found.read("index.html").decode()
    assert "谁用过我的数据" in page
    assert "state." not in page
    rows = list(csv.reader(io.StringIO(found.read("tables/exchange-uses.csv").decode("utf-8-sig"))))
    assert rows[0][:3] == ["时间", "部门", "用来"]
    assert rows[1][2] == "入学核验"


def test_its_receipts_hold(shen: Person):
    said = json.loads(copy_of(shen).read("receipts.json"))
    assert said["verifier"] == audit_log.verifier_key(who=SYSTEM)
    named = {receipt["entry_id"] for receipt in said["receipts"]}
    consented = consents.list_consents(who=shen.who, subject_id=shen.subject).items[0]
    assert consented.entry_id in named
    for receipt in said["receipts"]:
        proof = audit_log.proof(who=SYSTEM, entry_id=receipt["entry_id"])
        assert (proof.leaf_hash, proof.index) == (receipt["leaf_hash"], receipt["index"])


def test_what_must_not_be_told_yet_is_not_in_it(shen: Person):
    use(shen, "正在侦办的案子", hold_until=MONDAY + timedelta(days=30))
    everything = copy_of(shen)
    told = "".join(everything.read(name).decode() for name in everything.namelist())
    assert "正在侦办" not in told
    assert "2026-12-16" in told


def test_one_at_a_time_and_by_key(shen: Person):
    first = consent.ask_export(who=shen.who, subject_id=shen.subject, key="one")
    assert consent.ask_export(who=shen.who, subject_id=shen.subject, key="two") == first
    events.run_due(who=SYSTEM)
    again = consent.ask_export(who=shen.who, subject_id=shen.subject, key="one")
    assert (again.id, again.state) == (first.id, "ready")
    assert consent.ask_export(who=shen.who, subject_id=shen.subject, key="three").id != first.id


def test_a_notice_says_that_it_is_ready(shen: Person):
    copy_of(shen)
    events.run_due(who=SYSTEM)
    newest = notices.list_notices(who=shen.who).items[0]
    assert (newest.title, newest.link) == ("Your copy is ready", "/mydata/copy/")
    assert newest.params == {"day": "2026-11-23"}


def test_after_seven_days_it_is_gone(shen: Person):
    copy_of(shen)
    row = models.Export.objects.get()
    path = vault.path_of(StoredFile.objects.get(file_id=row.file_id).digest)
    _make_old(path)
    clock.install(lambda: MONDAY + timedelta(days=7))
    assert exporting.expire_due() == 1
    assert exporting.expire_due() == 0
    assert not path.exists()
    assert shen.client.get(f"/files/{row.file_id}").status_code == 404
    assert consents.list_exports(who=shen.who, subject_id=shen.subject)[0].state == "expired"


def test_nobody_takes_anothers(shen: Person, wu: Person):
    copy_of(shen)
    row = models.Export.objects.get()
    assert wu.client.get(f"/files/{row.file_id}").status_code == 404
    with pytest.raises(Denied):
        consent.ask_export(who=wu.who, subject_id=shen.subject, key="one")
    with pytest.raises(Denied):
        consents.list_exports(who=wu.who, subject_id=shen.subject)


def test_each_taking_is_written_down(shen: Person):
    copy_of(shen)
    audit.seal(who=SYSTEM)
    file_id = models.Export.objects.get().file_id
    assert [entry.act for entry in audit_log.entries_of(who=SYSTEM, object=file_id).items] == [
        "files.file.opened",
        "files.file.stored",
    ]


def test_a_cell_is_no_formula(shen: Person):
    consent.register_holding(
        who=SYSTEM,
        room="test",
        title="x",
        read=lambda subject: (Table(name="t", title="t", columns=(("a", "a"),), rows=(("=HYPERLINK(1)",),)),),
    )
    try:
        assert "'=HYPERLINK(1)" in copy_of(shen).read("tables/test-t.csv").decode()
    finally:
        holdings._registered.pop("test")


def test_the_page_leads_from_asking_to_taking(shen: Person):
    assert "做一份给我" in shen.client.get("/mydata/copy/").content.decode()
    shen.client.post("/mydata/copy/", {"key": "k"})
    assert "正在做" in shen.client.get("/mydata/copy/").content.decode()
    events.run_due(who=SYSTEM)
    assert "取走我的数据" in shen.client.get("/mydata/copy/").content.decode()


def _make_old(path: Path) -> None:
    import os

    assert str(path).startswith(str(settings.HUNHE_VAR.files))
    os.utime(path, (0, 0))
