"""Deliveries and jobs: once, in order, with patience, never in each other's way."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from pytest_django import DjangoAssertNumQueries

from hunhe.kernel.events import actions, engine, models, queries, registry, worker
from hunhe.kernel.events.shapes import Event, Job
from hunhe.stone import clock
from hunhe.stone.errors import Conflict, Denied, Invalid, NotFound
from hunhe.stone.who import Who

SYSTEM = Who.system("test")
ADMINISTRATOR = Who(id="acc_admin", kind="official", may=frozenset({"events.may_see_jobs", "events.may_retry_jobs"}))
pytestmark = pytest.mark.django_db


@pytest.fixture
def travel() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-02T09:00:00Z", tick=False) as traveller:
        yield traveller


def publish(name: str, aggregate: str, **payload: object) -> None:
    actions.publish(who=SYSTEM, name=name, aggregate=aggregate, payload=payload)


def run() -> int:
    return actions.run_due(who=SYSTEM)


def test_each_subscriber_gets_each_event_once_and_in_order() -> None:
    got: list[tuple[str, object]] = []
    for subscriber in ("a", "b"):
        actions.subscribe(
            who=SYSTEM,
            name="x.done",
            subscriber=subscriber,
            handler=lambda event, s=subscriber: got.append((s, event.payload["n"])),
        )
    for n in range(5):
        publish("x.done", "case_1", n=n)
    assert run() == 10
    assert run() == 0
    assert [n for s, n in got if s == "a"] == [n for s, n in got if s == "b"] == list(range(5))


def test_an_event_without_subscribers_leaves_no_row() -> None:
    publish("nobody.listens", "x")
    assert not models.Event.objects.exists()


def test_a_rolled_back_transaction_publishes_and_enqueues_nothing() -> None:
    actions.subscribe(who=SYSTEM, name="x.done", subscriber="a", handler=lambda event: None)
    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: None)
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012  # the block is the transaction
        publish("x.done", "x")
        actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={})
        raise RuntimeError
    assert run() == 0


def test_a_failed_delivery_undoes_its_effects_and_comes_again(travel: time_machine.Traveller) -> None:
    tries: list[int] = []

    def handler(event: Event) -> None:
        tries.append(event.sequence)
        actions.enqueue_job(who=SYSTEM, kind="k", key=str(len(tries)), payload={})
        if len(tries) < 3:
            raise RuntimeError("not yet")

    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: None)
    actions.subscribe(who=SYSTEM, name="x.done", subscriber="a", handler=handler)
    publish("x.done", "x")
    run()
    assert models.Delivery.objects.get().error == "RuntimeError: not yet"
    assert (run(), len(tries)) == (0, 1)
    travel.shift(timedelta(seconds=2))
    run()
    travel.shift(timedelta(seconds=4))
    run()
    assert len(tries) == 3
    assert list(models.Job.objects.values_list("key", flat=True)) == ["3"]


def test_a_dead_letter_blocks_its_aggregate_only(travel: time_machine.Traveller) -> None:
    got: list[object] = []

    def handler(event: Event) -> None:
        if event.payload.get("poison"):
            raise RuntimeError("poison")
        got.append((event.aggregate, event.payload["n"]))

    actions.subscribe(who=SYSTEM, name="x.done", subscriber="a", handler=handler)
    publish("x.done", "sick", n=1, poison=True)
    for n in (2, 3):
        publish("x.done", "sick", n=n)
        publish("x.done", "well", n=n)
    for _ in range(20):
        run()
        travel.shift(timedelta(hours=1))
    assert got == [("well", 2), ("well", 3)]
    (letter,) = queries.list_dead(who=ADMINISTRATOR).items
    assert (letter.what, letter.aggregate, letter.attempts, letter.waiting) == ("x.done → a", "sick", 8, 2)
    models.Event.objects.filter(payload__poison=True).update(payload={"n": 1})
    actions.retry_dead(who=ADMINISTRATOR, id=letter.id)
    run()
    assert got[2:] == [("sick", 1), ("sick", 2), ("sick", 3)]
    assert queries.list_dead(who=ADMINISTRATOR).items == ()


def test_the_same_kind_and_key_is_the_same_job() -> None:
    ran: list[str] = []
    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: ran.append(job.id))
    first = actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={"n": 1})
    assert actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={"n": 2}) == first
    run()
    again = actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={})
    assert (again.id, again.state, again.payload) == (first.id, "done", {"n": 1})
    assert (run(), ran) == (0, [first.id])
    with pytest.raises(NotFound):
        actions.enqueue_job(who=SYSTEM, kind="unknown", key="1", payload={})


def test_a_job_waits_for_its_time_in_the_citys_clock(travel: time_machine.Traveller) -> None:
    ran: list[str] = []
    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: ran.append(job.key))
    actions.enqueue_job(who=SYSTEM, kind="k", key="late", payload={}, run_at=clock.now() + timedelta(days=2))
    actions.enqueue_job(who=SYSTEM, kind="k", key="gone", payload={}, run_at=clock.now() + timedelta(days=1))
    assert run() == 0
    assert actions.cancel_job(who=SYSTEM, kind="k", key="gone")
    clock.install(clock.shifted(timedelta(days=3)))
    try:
        assert run() == 1
    finally:
        clock.install(None)
    assert ran == ["late"]
    assert not actions.cancel_job(who=SYSTEM, kind="k", key="late")


def test_a_job_that_never_succeeds_dies_after_its_attempts_and_can_be_retried(travel: time_machine.Traveller) -> None:
    tries: list[int] = []

    def handler(job: Job) -> None:
        tries.append(job.attempt)
        raise ValueError("x" * 5000)

    actions.register_job(who=SYSTEM, kind="k", handler=handler, attempts=3)
    job = actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={})
    for _ in range(6):
        run()
        travel.shift(timedelta(hours=1))
    assert tries == [1, 2, 3]
    (letter,) = queries.list_dead(who=ADMINISTRATOR).items
    assert (letter.id, letter.what, letter.attempts, len(letter.error)) == (job.id, "k", 3, 500)
    actions.retry_dead(who=ADMINISTRATOR, id=job.id)
    run()
    assert tries == [1, 2, 3, 1]
    with pytest.raises(Conflict):
        actions.retry_dead(who=ADMINISTRATOR, id=job.id)
    with pytest.raises(Denied):
        actions.retry_dead(who=Who(id="x", kind="official"), id=job.id)
    for unknown in ("job_none", "dlv_9", "dlv_²", "\x00", "dlv_" + "9" * 30):
        with pytest.raises(NotFound):
            actions.retry_dead(who=ADMINISTRATOR, id=unknown)


def test_a_crashed_try_is_taken_up_again_after_its_lease_and_its_late_effect_is_refused(travel: time_machine.Traveller) -> None:
    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: None)
    actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={})
    (stalled,) = engine.claim(engine.due_jobs(), 1)
    assert run() == 0
    travel.shift(timedelta(seconds=50))
    assert engine.renew(models.Job, stalled.pk, stalled.token)
    travel.shift(timedelta(seconds=50))
    assert run() == 0
    travel.shift(timedelta(seconds=11))
    assert run() == 1
    assert not engine.renew(models.Job, stalled.pk, stalled.token)
    assert not engine.run_claimed_job(stalled)
    with pytest.raises(Conflict):
        actions.finish_job(who=SYSTEM, job=stalled.shape())
    assert models.Job.objects.get().attempt == 2


def test_work_that_kills_its_worker_every_time_is_given_up(travel: time_machine.Traveller) -> None:
    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: None, attempts=2)
    actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={})
    for _ in range(3):
        engine.claim(engine.due_jobs(), 1)
        travel.shift(timedelta(seconds=61))
    job = models.Job.objects.get()
    assert (job.state, job.attempt, job.error) == ("dead", 2, "its worker died at every attempt")


def test_a_heavy_handler_finishes_inside_its_own_transaction() -> None:
    def handler(job: Job) -> None:
        with transaction.atomic():
            actions.enqueue_job(who=SYSTEM, kind="light", key=job.key, payload={})
            actions.finish_job(who=SYSTEM, job=job)

    actions.register_job(who=SYSTEM, kind="light", handler=lambda job: None)
    actions.register_job(who=SYSTEM, kind="heavy", handler=handler, heavy=True)
    job = actions.enqueue_job(who=SYSTEM, kind="heavy", key="1", payload={})
    assert job.heavy
    assert run() == 2
    assert set(models.Job.objects.values_list("state", flat=True)) == {"done"}


def test_a_stopped_try_is_given_back_uncounted() -> None:
    def handler(job: Job) -> None:
        raise SystemExit(143)

    actions.register_job(who=SYSTEM, kind="k", handler=handler, heavy=True)
    actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={})
    with pytest.raises(SystemExit):
        run()
    job = models.Job.objects.get()
    assert (job.state, job.attempt, job.leased_until) == ("waiting", 0, None)


def test_work_without_a_handler_is_tried_later_not_lost() -> None:
    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: None)
    actions.enqueue_job(who=SYSTEM, kind="k", key="1", payload={})
    registry.job_kinds.clear()
    run()
    job = models.Job.objects.get()
    assert job.state == "waiting"
    assert "No room handles k" in job.error


def test_lists_page_in_constant_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: None, attempts=1)
    for n in range(120):
        actions.enqueue_job(who=SYSTEM, kind="k", key=str(n), payload={})
    seen, cursor = [], None
    while True:
        with django_assert_num_queries(1):
            page = queries.list_jobs(who=ADMINISTRATOR, cursor=cursor, kind="k", state="waiting")
        seen += [job.key for job in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [str(n) for n in reversed(range(120))]
    assert queries.job_by_key(who=ADMINISTRATOR, kind="k", key="7").key == "7"
    assert queries.job_by_key(who=ADMINISTRATOR, kind="k", key="none") is None


def test_dead_letters_of_both_kinds_page_through_once() -> None:
    def handler(thing: object) -> None:
        raise RuntimeError

    actions.subscribe(who=SYSTEM, name="x.done", subscriber="a", handler=handler)
    actions.register_job(who=SYSTEM, kind="k", handler=handler, attempts=1)
    for n in range(60):
        publish("x.done", str(n))
        actions.enqueue_job(who=SYSTEM, kind="k", key=str(n), payload={})
    models.Delivery.objects.update(attempts=1)
    run()
    seen, cursor = [], None
    while True:
        page = queries.list_dead(who=ADMINISTRATOR, cursor=cursor)
        seen += [letter.id for letter in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 120
    for damaged in ("x", "WzFd", "WyJhIiwxXQ", "WzAsLTFd"):
        with pytest.raises(Invalid):
            queries.list_dead(who=ADMINISTRATOR, cursor=damaged)


def test_old_finished_work_is_forgotten_and_dead_letters_stay(travel: time_machine.Traveller) -> None:
    actions.subscribe(who=SYSTEM, name="x.done", subscriber="a", handler=lambda event: None)
    actions.register_job(who=SYSTEM, kind="k", handler=lambda job: None)
    publish("x.done", "x")
    for key in ("done", "dead"):
        actions.enqueue_job(who=SYSTEM, kind="k", key=key, payload={})
    run()
    models.Job.objects.filter(key="dead").update(state="dead")
    worker.purge()
    assert models.Event.objects.count() == 1
    travel.shift(timedelta(days=31))
    worker.purge()
    assert not models.Event.objects.exists()
    assert [job.key for job in models.Job.objects.all()] == ["dead"]
