"""Files sent in pieces over HTTP: resumed where they stopped, each byte on disk before it is acknowledged, one batch in the end."""

import hashlib
import io
import os
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.test import Client

from hunhe.hub.collect import actions, models, queries, uploading
from hunhe.hub.collect.shapes import BatchState
from hunhe.hub.collect.tests.places import HEADER, SYSTEM, csv_bytes, current, make_dataset, row
from hunhe.kernel.identity import actions as identity

pytestmark = pytest.mark.django_db(transaction=True)
DATA = csv_bytes([row(n) for n in range(100)])


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def system(department: str = "human_resources") -> Client:
    """A browserless client with the token of a department's system."""
    made = identity.create_client(who=SYSTEM, name="上报程序", department=department)
    return Client(headers={"authorization": f"Bearer {made.secret}"})


def begin(client: Client, dataset: str, data: bytes = DATA, name: str = "drop.csv") -> Any:
    body = {"name": name, "size": len(data), "digest": digest(data)}
    return client.post(f"/api/v1/collect/datasets/{dataset}/uploads", body, content_type="application/json")


def send(client: Client, upload: str, offset: int, piece: bytes, said: str = "") -> Any:
    url = f"/api/v1/collect/uploads/{upload}/pieces/{offset}?digest={said or digest(piece)}"
    return client.put(url, piece, content_type="application/octet-stream")


def close(client: Client, upload: str) -> Any:
    return client.post(f"/api/v1/collect/uploads/{upload}/close")


def test_a_file_in_pieces_becomes_one_batch(prepared_city: None) -> None:
    dataset, client = make_dataset(), system()
    upload = begin(client, dataset).json()["id"]
    assert send(client, upload, 0, DATA[:1000]).json()["received"] == 1000
    assert send(client, upload, 0, DATA[:1000]).json()["received"] == 1000
    assert send(client, upload, 2000, DATA[2000:]).status_code == 409
    assert close(client, upload).status_code == 409
    again = begin(client, dataset)
    assert (again.json()["id"], again.json()["received"]) == (upload, 1000)
    assert client.get(f"/api/v1/collect/uploads/{upload}").json()["received"] == 1000
    assert send(client, upload, 500, DATA[500:]).json()["received"] == len(DATA)
    closed = close(client, upload)
    assert closed.status_code == 202
    assert close(client, upload).json()["id"] == closed.json()["id"]
    assert send(client, upload, 0, DATA[:10]).status_code == 409
    batch = actions.run_batch(who=SYSTEM, batch_id=closed.json()["id"])
    assert (batch.state, batch.loaded, batch.origin) == (BatchState.RECONCILED, 100, "drop.csv")
    other = begin(client, dataset).json()["id"]
    send(client, other, 0, DATA)
    assert close(client, other).json()["id"] == batch.id
    assert queries.batch_by_id(who=SYSTEM, batch_id=batch.id).times_sent == 2


def test_a_piece_is_on_disk_before_it_is_acknowledged(prepared_city: None, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, client = make_dataset(), system()
    upload = begin(client, dataset).json()["id"]
    synced: list[int] = []
    monkeypatch.setattr(uploading.os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    assert send(client, upload, 0, DATA[:700]).status_code == 200
    assert synced == [700]
    monkeypatch.setattr(models.Upload, "save", lambda *_, **__: (_ for _ in ()).throw(RuntimeError("killed here")))
    with pytest.raises(RuntimeError):
        send(client, upload, 700, b"x" * 50)
    monkeypatch.undo()
    assert client.get(f"/api/v1/collect/uploads/{upload}").json()["received"] == 700
    send(client, upload, 700, DATA[700:])
    assert actions.run_batch(who=SYSTEM, batch_id=close(client, upload).json()["id"]).loaded == 100


def test_what_is_damaged_foreign_or_too_large_is_refused(prepared_city: None) -> None:
    dataset, client = make_dataset(), system()
    upload = begin(client, dataset).json()["id"]
    assert send(client, upload, 0, DATA[:10], digest(b"other")).status_code == 422
    send(client, upload, 0, DATA[:10])
    assert send(client, upload, 0, b"0" * 10).status_code == 409
    assert send(client, upload, 10, b"x" * len(DATA)).status_code == 409
    assert send(client, upload, 10, b"x" * (uploading.MOST_PIECE + 1)).status_code == 429
    stranger = system("health_insurance")
    assert begin(stranger, dataset).status_code == 403
    assert stranger.get(f"/api/v1/collect/uploads/{upload}").status_code == 404
    assert send(stranger, upload, 10, DATA[10:]).status_code == 404
    assert close(stranger, upload).status_code == 404
    assert begin(Client(), dataset).status_code == 401
    wrong = b"x" * 100
    lie = client.post(
        f"/api/v1/collect/datasets/{dataset}/uploads",
        {"name": "a.csv", "size": 100, "digest": digest(b"else")},
        content_type="application/json",
    ).json()["id"]
    send(client, lie, 0, wrong)
    assert close(client, lie).status_code == 422
    assert client.get(f"/api/v1/collect/uploads/{lie}").json()["state"] == "refused"
    assert not (settings.HUNHE_VAR.staging / "uploads" / f"{lie}.part").exists()


def _arrow(table: pa.Table, kind: str) -> bytes:
    out = io.BytesIO()
    if kind == "parquet":
        pq.write_table(table, out)
    else:
        with (pa.ipc.new_file if kind == "arrow" else pa.ipc.new_stream)(out, table.schema) as writer:
            writer.write_table(table)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["parquet", "arrow", "arrows"])
def test_arrow_and_parquet_are_taken(prepared_city: None, kind: str) -> None:
    dataset, client = make_dataset(), system()
    table = pa.table({heading: [row(n)[place] for n in range(50)] for place, heading in enumerate(HEADER)})
    data = _arrow(table, kind)
    upload = begin(client, dataset, data, f"rows.{kind}").json()["id"]
    send(client, upload, 0, data)
    batch = actions.run_batch(who=SYSTEM, batch_id=close(client, upload).json()["id"])
    assert (batch.state, batch.loaded, batch.failure_detail) == (BatchState.RECONCILED, 50, {})
    assert len(current(dataset)) == 50
    cut = data[: len(data) // 2]
    upload = begin(client, dataset, cut, f"cut.{kind}").json()["id"]
    send(client, upload, 0, cut)
    assert actions.run_batch(who=SYSTEM, batch_id=close(client, upload).json()["id"]).state == BatchState.FAILED
