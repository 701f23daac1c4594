"""The log over HTTP: what anybody may fetch is enough to check it, and nothing strange makes it fall."""

import asyncio
import base64
import hashlib
import json
from typing import Any

import pytest
from django.test import RequestFactory

from hunhe.kernel.audit import actions, endpoints, merkle, note, tiles, views
from hunhe.kernel.audit.shapes import NewEntry
from hunhe.kernel.audit.tests.conftest import seal
from hunhe.stone.crypto import profile
from hunhe.stone.errors import Denied, HunheError, Invalid, NotFound
from hunhe.stone.who import Who
from hunhe.ui.callers import identify

AUDITOR = Who(id="acc_a", kind="official", name="审计", department="data_bureau", may=frozenset({"audit.may_read_entries"}))
pytestmark = pytest.mark.django_db


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


@pytest.fixture
def ids() -> tuple[str, ...]:
    entries = [NewEntry(who=AUDITOR, act="test", object=f"o{n}", subject_id="sub_1", detail={"n": n}) for n in range(300)]
    found = actions.record_many(who=AUDITOR, entries=entries)
    seal()
    return found


def fetched(path: str, **query: str) -> bytes:
    return endpoints.answer(path, {name: [value] for name, value in query.items()})[0]


def test_a_stranger_can_check_an_entry_from_what_is_published(ids: tuple[str, ...]) -> None:
    proof: dict[str, Any] = json.loads(fetched(f"proof/{ids[123]}"))
    assert json.loads(fetched("proof", entry=ids[123])) == proof
    assert {key: value for key, value in proof.items() if key != "path"} == json.loads(fetched(f"entry/{ids[123]}"))
    _, size, root, *_ = fetched("checkpoint").decode().split("\n")
    leaf = merkle.leaf_hash(sha, proof["leaf"].encode())
    path = [bytes.fromhex(step) for step in proof["path"]]
    assert merkle.root_from_inclusion(sha, 123, int(size), leaf, path) == base64.b64decode(root)


def test_the_published_key_signed_the_published_checkpoint(ids: tuple[str, ...]) -> None:
    public = note.public_of(profile("intl"), fetched("key").decode())
    assert note.is_signed_by(profile("intl"), note.read(fetched("checkpoint").decode()), public)


def test_tiles_and_bundles_rebuild_the_tree(ids: tuple[str, ...]) -> None:
    hashes = fetched("tile/0/000") + fetched("tile/0/001.p/44")
    frontier = merkle.Frontier(sha)
    frontier.extend(hashes[start : start + 32] for start in range(0, len(hashes), 32))
    assert base64.b64encode(frontier.root()).decode() == fetched("checkpoint").decode().split("\n")[2]
    bundle, leaves = fetched("tile/entries/000") + fetched("tile/entries/001.p/44"), []
    while bundle:
        length = int.from_bytes(bundle[:2], "big")
        leaves.append(merkle.leaf_hash(sha, bundle[2 : 2 + length]))
        bundle = bundle[2 + length :]
    assert b"".join(leaves) == hashes
    assert fetched("tile/0/001.p/7") == hashes[256 * 32 : 263 * 32]


def test_old_and_new_sizes_are_consistent(ids: tuple[str, ...]) -> None:
    found = json.loads(fetched("consistency", old="256", new="300"))
    assert (found["old_size"], found["new_size"]) == (256, 300)
    assert json.loads(fetched("consistency", old="300"))["path"] == []


@pytest.mark.parametrize(
    "path",
    ["", "x", "entry/", "entry/aud_none", "entry/aud_" + "0" * 26, "proof/../checkpoint", "tile/0/001", "tile/0/001.p/45", "tile/0/000.p/0",
     "tile/0/000.p/300", "tile/9/000", "tile/0/x999/999", "tile/0/1", "tile/0/٠٠٠", "tile/entries/002.p/1", "tile/0/000.p/٣", "proof/\0"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(ids: tuple[str, ...], path: str) -> None:
    with pytest.raises(NotFound):
        endpoints.answer(path, {})


@pytest.mark.parametrize(
    "query", [{}, {"old": "x"}, {"old": "-1"}, {"old": "5", "new": "4"}, {"old": "1", "new": "9" * 18}, {"old": "²"}]
)
def test_sizes_that_are_none_are_refused(ids: tuple[str, ...], query: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        fetched("consistency", **query)


def test_an_empty_log_says_so() -> None:
    with pytest.raises(NotFound):
        fetched("checkpoint")


@pytest.mark.django_db(transaction=True)
def test_the_lane_answers_and_refuses_as_raw_asgi() -> None:
    actions.record(who=AUDITOR, act="test", object="x")
    seal()
    lane = endpoints.lanes["/audit/v1"]()

    async def speak(method: str, path: str) -> tuple[int, dict[bytes, bytes], bytes]:
        said: list[Any] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request"}

        async def send(message: Any) -> None:
            said.append(message)

        scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
        await lane(scope, receive, send)
        return said[0]["status"], dict(said[0]["headers"]), said[1]["body"]

    status, headers, body = asyncio.run(speak("GET", "/audit/v1/checkpoint"))
    assert (status, headers[b"cache-control"], body) == (200, b"no-cache", (tiles.folder() / "checkpoint").read_bytes())
    assert asyncio.run(speak("GET", "/audit/v1/nothing"))[0] == 404
    assert asyncio.run(speak("POST", "/audit/v1/checkpoint"))[0] == 405


def test_the_auditors_page_shows_what_was_recorded(ids: tuple[str, ...]) -> None:
    request = RequestFactory().get("/desk/audit/?object=o7")
    identify(request, AUDITOR)
    page = views.log(request).content.decode()
    assert "n: 7" in page
    assert f"/audit/v1/proof/{ids[7]}" in page
    request = RequestFactory().get("/desk/audit/?object=%00")
    identify(request, Who(id="x", kind="official"))
    with pytest.raises(Denied):
        views.log(request)


def test_every_refusal_has_a_code_of_this_room(ids: tuple[str, ...]) -> None:
    for path in ("x", "consistency", "proof/x"):
        with pytest.raises(HunheError) as refusal:
            endpoints.answer(path, {})
        assert refusal.value.code.startswith("audit.")
