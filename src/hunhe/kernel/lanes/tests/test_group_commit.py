"""Group commit: all or one, never half; nobody is answered too early, nobody waits for a neighbour's fault."""

import asyncio
import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext

import pytest
from django.contrib.sessions.models import Session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hunhe.kernel.lanes.shapes import GroupCommit
from hunhe.kernel.lanes.wiring import wiring
from hunhe.stone import clock, ids
from hunhe.stone.errors import Unavailable


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches that are no transactions."""
    monkeypatch.setattr(wiring, "batch", nullcontext)
    monkeypatch.setattr(wiring, "leave", lambda: None)


def write_rows(names: Sequence[str]) -> list[str]:
    made: list[str] = []
    for name in names:
        row = Session.objects.create(session_key=ids.new("s"), session_data=name, expire_date=clock.now())
        made.append(row.pk)
        if name.startswith("bad"):
            raise ValueError(name)
    return made


@pytest.mark.django_db(transaction=True)
def test_a_bad_item_fails_alone_and_the_others_are_kept_once() -> None:
    async def run() -> list[str | BaseException]:
        commit: GroupCommit[str, str] = GroupCommit(write_rows, linger=0.05)
        names = [f"{'bad' if n in (3, 17) else 'good'} {n}" for n in range(40)]
        answers = await asyncio.gather(*(commit.submit(name) for name in names), return_exceptions=True)
        assert commit.items == 38
        await asyncio.to_thread(commit.close)
        return list(answers)

    answers = asyncio.run(run())
    assert [number for number, answer in enumerate(answers) if isinstance(answer, ValueError)] == [3, 17]
    stored = dict(Session.objects.values_list("pk", "session_data"))
    assert sorted(stored.values()) == sorted(f"good {n}" for n in range(40) if n not in (3, 17))
    assert all(stored[answer] == f"good {number}" for number, answer in enumerate(answers) if isinstance(answer, str))


@pytest.mark.usefixtures("no_database")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sets(st.integers(0, 30)), st.integers(1, 8))
def test_whatever_fails_each_good_item_is_written_in_exactly_one_kept_batch(bad: set[int], most: int) -> None:
    kept: list[int] = []

    def write(items: Sequence[int]) -> list[int]:
        if bad & set(items):
            raise ValueError
        kept.extend(items)
        return [item * 2 for item in items]

    async def run() -> list[int | BaseException]:
        commit: GroupCommit[int, int] = GroupCommit(write, most=most)
        answers = await asyncio.gather(*(commit.submit(n) for n in range(31)), return_exceptions=True)
        await asyncio.to_thread(commit.close)
        return list(answers)

    answers = asyncio.run(run())
    assert sorted(kept) == [n for n in range(31) if n not in bad]
    assert [isinstance(answer, ValueError) for answer in answers] == [n in bad for n in range(31)]


@pytest.mark.usefixtures("no_database")
def test_batches_gather_who_came_meanwhile_and_keep_their_order() -> None:
    batches: list[list[int]] = []

    def write(items: Sequence[int]) -> Sequence[int]:
        batches.append(list(items))
        time.sleep(0.02)
        return items

    async def run() -> None:
        commit: GroupCommit[int, int] = GroupCommit(write, most=10)
        assert await asyncio.gather(*(commit.submit(n) for n in range(25))) == list(range(25))
        await asyncio.to_thread(commit.close)

    asyncio.run(run())
    assert [n for batch in batches for n in batch] == list(range(25))
    assert max(len(batch) for batch in batches) == 10
    assert len(batches) <= 4


@pytest.mark.usefixtures("no_database")
def test_too_many_waiting_are_refused_and_the_rest_served() -> None:
    release = threading.Event()

    def write(items: Sequence[int]) -> Sequence[int]:
        release.wait(5)
        return items

    async def run() -> list[int | BaseException]:
        commit: GroupCommit[int, int] = GroupCommit(write, queued=5)
        tasks = [asyncio.create_task(commit.submit(n)) for n in range(20)]
        await asyncio.sleep(0.05)
        release.set()
        answers = await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.to_thread(commit.close)
        return list(answers)

    answers = asyncio.run(run())
    refused = [answer for answer in answers if isinstance(answer, Unavailable)]
    assert len(refused) >= 14
    assert all(refusal.code == "lanes.busy" for refusal in refused)
    assert len(refused) + sum(isinstance(answer, int) for answer in answers) == 20


@pytest.mark.usefixtures("no_database")
def test_a_caller_that_leaves_spoils_nothing() -> None:
    written: list[int] = []

    def write(items: Sequence[int]) -> Sequence[int]:
        time.sleep(0.02)
        written.extend(items)
        return items

    async def run() -> None:
        commit: GroupCommit[int, int] = GroupCommit(write)
        leaver = asyncio.create_task(commit.submit(1))
        await asyncio.sleep(0.005)
        leaver.cancel()
        assert await commit.submit(2) == 2
        await asyncio.to_thread(commit.close)

    asyncio.run(run())
    assert written == [1, 2]


@pytest.mark.usefixtures("no_database")
def test_a_write_that_answers_too_little_is_an_error_for_all() -> None:
    commit: GroupCommit[int, int] = GroupCommit(lambda items: [])
    with pytest.raises(RuntimeError, match="0 results for 1 items"):
        commit.submit_blocking(1)
    commit.close()
    with pytest.raises(Unavailable):
        commit.submit_blocking(2)


@pytest.mark.usefixtures("no_database")
def test_threads_are_answered_too() -> None:
    commit: GroupCommit[int, int] = GroupCommit(lambda items: [item + 1 for item in items])
    assert [commit.submit_blocking(n) for n in range(3)] == [1, 2, 3]
    commit.close()
