"""The steward's pages and endpoints: what they show, to whom, at a constant number of queries."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hunhe.hub.collect import actions, models, queries
from hunhe.hub.collect.tests.places import SYSTEM, csv_bytes, id_number, land, make_dataset, row
from hunhe.kernel.identity import actions as identity
from hunhe.kernel.identity.models import Account
from hunhe.stone.errors import Denied, NotFound
from hunhe.stone.who import Who

MAY = frozenset(
    {"collect.may_see_batches", "collect.may_set_connections", "collect.may_collect", "collect.may_open_corrections"}
)
OTHER = Who(id="o", kind="official", department="health_insurance", may=MAY)
WRONG = id_number(3)[:17] + ("1" if id_number(3)[17] != "1" else "2")


@pytest.fixture(autouse=True)
def demo_folder(settings: Any) -> None:
    """Officials of a demo folder sign in without a second factor."""
    settings.HUNHE_DEMO = True


def steward(department: str = "human_resources") -> Client:
    account = identity.create_account(
        who=SYSTEM,
        username=f"{department}.x",
        password="correct horse battery",
        kind="official",
        department=department,
        name="何敏",
    )
    identity.appoint(who=SYSTEM, account_id=account.id, post=f"{department}.steward")
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(Account.objects.get(pk=account.id), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db(transaction=True)
def test_a_steward_sees_the_batch_and_sends_rows_back(tmp_path: Path, prepared_city: None) -> None:
    dataset = make_dataset(load={"threshold": 0.9})
    first = land(dataset, tmp_path, csv_bytes([row(1), row(2)]))
    batch = land(
        dataset, tmp_path, csv_bytes([row(1), row(2), row(3, id_number=WRONG), row(4, id_number=WRONG), row(5, name="")])
    )
    client = steward()
    listed = client.get("/desk/batches/").content.decode()
    assert "就业登记" in listed
    assert "已对平" in listed
    page = client.get(f"/desk/batches/{batch.id}/").content.decode()
    for words in ("校验位不符", "账对上了", "差 0 行", "隔离 3", "第 4 行", "末位应为", "必填为空", "看上一批"):
        assert words in page, words
    assert WRONG not in page
    assert f"/desk/batches/{first.id}/" in page
    second = client.get(f"/desk/batches/{batch.id}/?rule=id_number.check&field=id_number&row=1").content.decode()
    assert "第 5 行" in second
    sent = client.post(f"/desk/batches/{batch.id}/correct/", {"rule": "id_number.check", "field": "id_number"}, follow=True)
    assert "已退回" in sent.content.decode()
    assert models.Quarantine.objects.get(batch=batch.id, rule="id_number.check").correction
    again = actions.open_correction(who=SYSTEM, dataset=dataset, rule="id_number.check", batch_id=batch.id, field="id_number")
    assert again == actions.open_correction(
        who=SYSTEM, dataset=dataset, rule="id_number.check", batch_id=batch.id, field="id_number"
    )
    assert client.get("/desk/batches/bat_none/").status_code == 404
    assert client.get(f"/desk/batches/{batch.id}/?cursor=broken").status_code == 422
    assert client.get(f"/desk/batches/{batch.id}/?row=99999999999&rule=x").status_code == 200
    held = land(dataset, tmp_path, csv_bytes([("x", "y")], ["登记编号", "别的"]))
    assert "列和约定不一致" in client.get(f"/desk/batches/{held.id}/").content.decode()
    assert steward("health_insurance").get(f"/desk/batches/{batch.id}/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_lists_cost_the_same_at_any_length(tmp_path: Path, prepared_city: None) -> None:
    client = steward()
    counts = []
    for _ in range(2):
        for _ in range(3):
            land(make_dataset(), tmp_path, csv_bytes([row(1), row(2, id_number=WRONG)]))
        client.get("/desk/batches/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/desk/batches/")
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_the_api_takes_a_file_once_and_tells_the_books(tmp_path: Path, prepared_city: None) -> None:
    dataset = make_dataset()
    client = steward()
    path = tmp_path / "drop.csv"
    path.write_bytes(csv_bytes([row(1), row(2, id_number=WRONG)]))
    answers = []
    for key in ("one", "one", "two"):
        with path.open("rb") as file:
            answers.append(
                client.post(f"/api/v1/collect/datasets/{dataset}/files", {"file": file}, headers={"idempotency-key": key})
            )
    assert [answer.status_code for answer in answers] == [202, 202, 202]
    ids = {answer.json()["id"] for answer in answers}
    assert len(ids) == 1
    actions.run_batch(who=SYSTEM, batch_id=ids.pop())
    (batch,) = client.get(f"/api/v1/collect/batches?dataset={dataset}").json()["items"]
    assert (batch["state"], batch["source_rows"], batch["loaded"], batch["quarantined"], batch["difference"]) == (
        "reconciled",
        2,
        1,
        1,
        0,
    )
    (why,) = client.get(f"/api/v1/collect/batches/{batch['id']}/quarantine").json()
    assert (why["rule"], why["rows"]) == ("id_number.check", 1)
    (held,) = client.get(f"/api/v1/collect/batches/{batch['id']}/quarantine/rows?rule=id_number.check&field=id_number").json()[
        "items"
    ]
    assert held["values"]["id_number"] == WRONG[:4] + "*" * 12 + WRONG[-2:]
    ticket = client.post(
        f"/api/v1/collect/batches/{batch['id']}/corrections",
        {"rule": "id_number.check", "field": "id_number", "lines": [3]},
        content_type="application/json",
    )
    assert ticket.status_code == 201
    with path.open("rb") as file:
        assert Client().post(f"/api/v1/collect/datasets/{dataset}/files", {"file": file}).status_code == 401


@pytest.mark.django_db
def test_connections_keep_their_secret_and_their_wall(prepared_city: None) -> None:
    name = "human_resources.employment"
    client = steward()
    url = f"/api/v1/collect/connections/{name}"
    assert client.put(url, {"kind": "files", "location": "/drop", "secret": "s3cret"}, content_type="application/json").json()[
        "has_secret"
    ]
    assert client.put(url, {"kind": "files", "location": "/other"}, content_type="application/json").json()["has_secret"]
    assert "s3cret" not in client.get("/api/v1/collect/connections").content.decode()
    assert "s3cret" not in models.Connection.objects.get(pk=name).secret
    assert client.put(url, {"kind": "ftp", "location": "/x"}, content_type="application/json").status_code == 422
    with pytest.raises(Denied):
        actions.set_connection(who=OTHER, name=name, kind="files", location="/x")
    with pytest.raises(NotFound):
        actions.set_connection(who=OTHER, name="nobody", kind="files", location="/x")
    with pytest.raises(Denied):
        queries.dataset_by_id(who=OTHER, dataset=name)
    assert [found.department for found in queries.list_datasets(who=OTHER).items] == ["health_insurance"]
