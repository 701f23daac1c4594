import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from hunhe_sim.server import Register, make_server, register_of


@contextmanager
def served(register: Register) -> Iterator[httpx.Client]:
    with make_server(register, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            with httpx.Client(
                base_url=f"http://127.0.0.1:{server.server_port}", headers={"X-Api-Key": register.key}, timeout=5
            ) as client:
                yield client
        finally:
            server.shutdown()
            thread.join()


def test_pages_follow_one_another_without_gap_or_overlap(world: Path) -> None:
    with served(register_of(world)) as client:
        page, codes = 1, []
        while page:
            reply = client.get("/enterprises", params={"page": page, "size": 40}).json()
            codes += [item["uscc"] for item in reply["items"]]
            page = reply["next"]
    assert len(codes) == reply["total"] == 150
    assert len(set(codes)) == 150
    assert isinstance(reply["items"][0]["capital"], int)


def test_a_page_past_the_end_is_empty_and_the_last_has_no_next(world: Path) -> None:
    with served(register_of(world)) as client:
        assert client.get("/enterprises?page=4&size=50").json() == {"total": 150, "items": [], "next": None}
        assert client.get("/enterprises?page=3&size=50").json()["next"] is None


@pytest.mark.parametrize("query", ["page=0", "page=x", "size=0", "size=5001"])
def test_odd_paging_is_refused(world: Path, query: str) -> None:
    with served(register_of(world)) as client:
        assert client.get(f"/enterprises?{query}").status_code == 400


@pytest.mark.parametrize("headers", [{"X-Api-Key": "wrong"}, {"X-Api-Key": ""}])
def test_a_wrong_key_is_refused(world: Path, headers: dict[str, str]) -> None:
    with served(register_of(world)) as client:
        assert client.get("/enterprises", headers=headers).status_code == 401
        assert client.get("/nothing").status_code == 404
        assert client.get("/").json()["name"].endswith("（模拟）")


def test_faults_come_every_fourth_request_and_a_retry_succeeds(world: Path) -> None:
    with served(register_of(world, ("5xx",))) as client:
        assert [client.get("/enterprises?size=1").status_code for _ in range(8)] == [200, 200, 200, 503, 200, 200, 200, 503]
    with served(register_of(world, ("truncated",))) as client:
        for _ in range(3):
            client.get("/enterprises?size=1")
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/enterprises?size=1")
    with served(replace(register_of(world, ("timeouts",)), hang_seconds=0.5)) as client:
        for _ in range(3):
            client.get("/enterprises?size=1")
        with pytest.raises(httpx.ReadTimeout):
            client.get("/enterprises?size=1", timeout=0.1)


def test_an_unfinished_world_or_an_unknown_fault_is_refused(world: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no finished world"):
        register_of(tmp_path)
    with pytest.raises(ValueError, match="earthquake"):
        register_of(world, ("earthquake",))
