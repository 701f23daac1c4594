"""The parts of the day that can be tried without a city; the day itself is tried in `tests/journeys`."""

import json
import threading
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from hunhe_sim import proofs
from hunhe_sim.day import play
from hunhe_sim.day.log import Log
from hunhe_sim.day.memory import Memory
from hunhe_sim.day.report import Report
from hunhe_sim.day.truth import Truth
from hunhe_sim.day.visitor import Refused, Visitor, wait_for
from hunhe_sim.life.habit import Habit
from hunhe_sim.live import _live
from hunhe_sim.proofs import ProofFailed
from hunhe_sim.tests.test_proofs import Ed25519PrivateKey, consistency_of, hashes_of, path_of, signed_note, tiles_of

Answer = Callable[[httpx.Request], httpx.Response]


def visitor(answer: Answer) -> Visitor:
    return Visitor("http://city", httpx.MockTransport(answer))


def test_a_visitor_logs_in_through_the_page_with_its_token() -> None:
    def city(request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, headers={"set-cookie": "csrftoken=abc; Path=/"})
        right = b"csrfmiddlewaretoken=abc" in request.content and b"password=right" in request.content
        return httpx.Response(302 if right else 200, headers={"set-cookie": "sessionid=s; Path=/"})

    with visitor(city) as somebody:
        somebody.log_in("steward", "right")
        with pytest.raises(Refused, match="wanted 302"):
            somebody.log_in("steward", "wrong")


def test_a_visitor_whose_session_ended_signs_in_again_once() -> None:
    ended, logins = [True], []

    def city(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/accounts/login/":
            logins.append(request.method)
            return httpx.Response(302 if request.method == "POST" else 200)
        return httpx.Response(401 if ended and ended.pop() else 200, json={})

    with visitor(city) as somebody:
        somebody.log_in("steward", "right")
        assert somebody.get("/list") == {}
    assert logins == ["GET", "POST"] * 2


def test_a_visitor_sends_key_and_token_and_follows_pages() -> None:
    seen: list[tuple[str, str | None]] = []

    def city(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), request.headers.get("Idempotency-Key")))
        last = "cursor=c2" in str(request.url)
        return httpx.Response(200, json={"items": [2] if last else [1], "next": None if last else "c2"})

    with visitor(city) as somebody:
        assert list(somebody.pages("/list", size=1)) == [1, 2]
        somebody.post("/do", {"a": 1}, key="once")
    assert seen[-1] == ("http://city/do", "once")
    with visitor(lambda request: httpx.Response(409, text="no")) as somebody, pytest.raises(Refused, match="→ 409"):
        somebody.put("/x", {})


def test_waiting_ends_with_what_came_or_names_what_did_not() -> None:
    answers = iter([None, None, 7])
    assert wait_for(lambda: next(answers), 5, "seven", pause=0.001) == 7
    with pytest.raises(TimeoutError, match="a swallow did not come"):
        wait_for(lambda: None, 0.01, "a swallow", pause=0.001)


def test_memory_is_private_and_speaks_of_one_city(tmp_path: Path) -> None:
    Memory(tmp_path, "key-a").keep("secret", "s")
    assert Memory(tmp_path, "key-a").get("secret") == "s"
    assert (tmp_path / "memory.json").stat().st_mode & 0o077 == 0
    assert Memory(tmp_path, "key-b").get("secret") is None


def test_a_step_needs_checks_and_all_of_them() -> None:
    report = Report()
    with report.step("empty"):
        pass
    with report.step("good") as good:
        good.check("one", True)
        good.note("size", 3)
    with report.step("bad") as bad:
        bad.check("one", True)
        bad.check("two", False, "three")
    with report.step("stopped") as stopped:
        stopped.check("one", True)
        raise ProofFailed("forged")
    found = {step["id"]: step for step in report.as_json()["steps"]}
    assert {name: step["ok"] for name, step in found.items()} == {"empty": False, "good": True, "bad": False, "stopped": False}
    assert found["good"]["detail"]["size"] == 3
    assert found["bad"]["detail"]["failed"] == ["two (seen: three)"]
    assert found["stopped"]["detail"]["stopped"] == "ProofFailed: forged"
    assert not report.ok


def test_an_error_of_our_own_is_not_taken_for_the_citys() -> None:
    with pytest.raises(ZeroDivisionError), Report().step("x"):
        raise ZeroDivisionError


def test_a_later_day_notices_what_changed(tmp_path: Path) -> None:
    report, memory = Report(), Memory(tmp_path, "k")
    with report.step("s") as step:
        play.compare(memory, step, "grants", {"a": 1})
        assert step.checks == []
        play.compare(memory, step, "grants", {"a": 1})
        play.compare(memory, step, "grants", {"a": 2})
    assert [holds for _, holds in step.checks] == [True, False]


def log_city(size: int, key: Ed25519PrivateKey, forged: bool = False) -> Answer:
    hashes = hashes_of(size)
    note, _ = signed_note(size, key)
    tiles = tiles_of(hashes)

    def answer(request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/audit/v1/")
        if path == "checkpoint":
            return httpx.Response(200, text=note)
        if path.startswith("proof/"):
            index = int(path.removeprefix("proof/"))
            shown = 0 if forged else index
            proof = {
                "leaf": str(index),
                "index": index,
                "path": [step.hex() for step in path_of(shown, hashes)],
                "checkpoint": note,
            }
            return httpx.Response(200, json=proof)
        if path == "consistency":
            return httpx.Response(
                200, json={"path": [step.hex() for step in consistency_of(int(request.url.params["old"]), hashes)]}
            )
        return httpx.Response(200, content=tiles[path]) if path in tiles else httpx.Response(404)

    return answer


def test_the_log_is_believed_only_where_it_proves_itself() -> None:
    key = Ed25519PrivateKey.generate()
    _, verifier = signed_note(1, key)
    leaf = hashes_of(300)[17].hex()
    with visitor(log_city(300, key)) as reader:
        log = Log(reader, verifier)
        _, tree = log.checkpoint()
        assert log.check_receipt("17", leaf) == 17
        assert log.recompute(tree) == 2
        assert log.check_growth(log.open(signed_note(5, key)[0]), tree) > 0
        with pytest.raises(ProofFailed, match="another leaf"):
            log.check_receipt("17", hashes_of(300)[18].hex())
        with pytest.raises(ProofFailed):
            log.check_growth(proofs.Checkpoint("log.example", 5, b"\x00" * 32), tree)
    with visitor(log_city(300, key, forged=True)) as reader, pytest.raises(ProofFailed, match="root"):
        Log(reader, verifier).check_receipt("17", leaf)
    with visitor(log_city(300, Ed25519PrivateKey.generate())) as reader, pytest.raises(ProofFailed, match="signature"):
        Log(reader, verifier).checkpoint()


def test_a_partial_tile_that_filled_up_meanwhile_is_read_from_the_whole() -> None:
    key = Ed25519PrivateKey.generate()
    note, verifier = signed_note(40, key)
    with visitor(log_city(256, key)) as reader:
        log = Log(reader, verifier)
        assert log.recompute(log.open(note)) == 1


def test_plain_people_are_alive_and_known_everywhere(world: Path) -> None:
    people = Truth(world).plain_people(5)
    assert len({person.id for person in people}) == 5
    assert all(person.status == "正常" and len(person.keys["health_insurance"]) == 1 for person in people)
    with pytest.raises(ValueError, match="plainly"):
        Truth(world).plain_people(10_000)


def test_life_goes_on_after_a_failure_more_slowly_and_stops_when_told() -> None:
    stop, tries = threading.Event(), []

    def fail() -> None:
        tries.append(time.monotonic())
        if len(tries) == 4:
            stop.set()
        raise TimeoutError("nobody there")

    _live([Habit("try", fail, 0.01)], stop, 1.0)
    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert len(tries) == 4
    assert gaps == sorted(gaps)


def test_life_opens_new_sessions_when_a_habit_keeps_failing() -> None:
    def fail() -> None:
        raise TimeoutError("nobody there")

    with pytest.raises(TimeoutError):
        _live([Habit("try", fail, 0.0001)], threading.Event(), 100.0)


def test_the_report_is_written_even_when_the_city_is_not_there(world: Path, tmp_path: Path) -> None:
    (tmp_path / "logins.json").write_text("{}")
    order = play.DayOrder("http://127.0.0.1:9", world, "http://127.0.0.1:9", tmp_path / "logins.json", tmp_path / "day.json")
    report = play.run_day(order)
    assert not report.ok
    assert json.loads((tmp_path / "day.json").read_text())["steps"][0]["id"] == "arrive"
