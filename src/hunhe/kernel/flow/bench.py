"""How fast cases move, beside a bare ORM loop over the same tables with no rights, guards, clocks, jobs, audit or notices."""

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction

from hunhe.kernel.flow import actions, models, queries
from hunhe.kernel.flow.shapes import Case
from hunhe.stone import clock, ids
from hunhe.stone.who import Who

SYSTEM = Who.system("bench")
CASES = 400
INBOX = 100_000
BUREAU = Who(
    id="acc_bench",
    kind="official",
    name="bench",
    department="data_bureau",
    may=frozenset({"flow.may_move_cases", "exchange.may_review_grants"}),
)


def bench_move() -> list[dict[str, Any]]:
    """Moves per second, each a durable transaction of its own, and the first page of an inbox of 100,000 tasks."""
    cases = [_open(number) for number in range(2 * CASES)]
    # turns of both are interleaved, so that a busy machine slows both alike
    moved = floor = 0.0
    for start in range(0, CASES, 50):
        moved += _seconds(_move, cases[start : start + 50])
        floor += _seconds(_write_the_same_rows, cases[CASES + start : CASES + start + 50])
    return [
        {
            "bench": "move",
            "value": CASES / moved,
            "unit": "moves/s",
            "floor": CASES / floor,
            "ratio": floor / moved,
            "detail": f"{CASES} grant requests passed on; floor: an ORM loop over case, task, timers and history, one transaction each",
        },
        _inbox(cases[0]),
    ]


def _seconds(run: Callable[[Sequence[Case]], None], cases: Sequence[Case]) -> float:
    started = time.perf_counter()
    run(cases)
    return time.perf_counter() - started


def _open(number: int) -> Case:
    return actions.open_case(
        who=SYSTEM,
        procedure="grant_request",
        department="civil_affairs",
        facts={
            "resource": "population",
            "service": "population.lookup",
            "columns": ["name"],
            "purpose": "bench",
            "basis": "bench",
            "provider_department": "public_security",
        },
        origin="office",
        title="bench",
        key=f"bench-{number}",
    )


def _move(cases: Sequence[Case]) -> None:
    for case in cases:
        actions.move_case(who=BUREAU, case_id=case.id, move="pass", expected_version=1)


def _write_the_same_rows(cases: Sequence[Case]) -> None:
    for case in cases:
        with transaction.atomic():
            now = clock.now()
            row = models.Case.objects.select_for_update().get(id=case.id)
            task = models.Task.objects.get(case=row, live=1)
            task.live, task.state, task.done_at = 0, "done", now
            task.save()
            row.stage, row.rev = "reply", row.rev + 1
            row.save()
            models.Timer.objects.filter(task=task, state="armed").update(state="cancelled")
            task = models.Task.objects.create(
                id=ids.new("task"), case=row, stage="reply", department="public_security", arrived_at=now, order_at=now
            )
            models.Timer.objects.bulk_create(models.Timer(id=ids.new("timer"), task=task, what=what, at=now) for what in "012")
            models.Event.objects.create(case=row, seq=2, what="moved", by="bench", at=now)


def _inbox(case: Case) -> dict[str, Any]:
    """Time for the first page of a long inbox; floor: its 51 rows by primary key."""
    now = clock.now()
    rows = (
        models.Task(id=ids.new("task"), case_id=case.id, stage="check", department="data_bureau", arrived_at=now, order_at=now)
        for _ in range(INBOX)
    )
    models.Task.objects.bulk_create(rows, batch_size=2000)
    page = queries.inbox(who=BUREAU, department="data_bureau")
    keys = [task.id for task in page.items]
    read = min(_clock(lambda: queries.inbox(who=BUREAU, department="data_bureau", cursor=page.next)) for _ in range(20))
    floor = min(_clock(lambda: list(models.Task.objects.select_related("case").filter(id__in=keys))) for _ in range(20))
    return {
        "bench": "inbox",
        "value": read * 1000,
        "unit": "ms",
        "floor": floor * 1000,
        "ratio": read / floor,
        "detail": f"one page of 50 out of {INBOX:,} open tasks; floor: the same rows by primary key",
    }


def _clock(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    return time.perf_counter() - started
