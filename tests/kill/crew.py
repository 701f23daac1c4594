"""A worker for the kill test: handlers whose effects can be counted, leases short enough to wait for.

`crew fill`, `crew work`, `crew run-job ID`.
"""

import os
import sys
import time
from datetime import timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hunhe.house.settings")
django.setup()

from django.contrib.sessions.models import Session  # noqa: E402  # any table will do
from django.db import transaction  # noqa: E402

from hunhe.kernel.events import actions, rules, worker  # noqa: E402
from hunhe.kernel.events.shapes import Event, Job  # noqa: E402
from hunhe.stone import clock, ids  # noqa: E402
from hunhe.stone.who import Who  # noqa: E402

LIGHT, HEAVY, EVENTS = 150, 4, 60
WHO = Who.system("crew")
rules.LEASE, rules.HEARTBEAT = timedelta(seconds=2), timedelta(seconds=0.5)


def effect(what: str) -> None:
    Session.objects.create(session_key=ids.new("s"), session_data=what, expire_date=clock.now())


def light(job: Job) -> None:
    effect(f"light {job.key}")
    time.sleep(0.01)


def heavy(job: Job) -> None:
    time.sleep(1)
    with transaction.atomic():
        effect(f"heavy {job.key}")
        actions.finish_job(who=WHO, job=job)
    time.sleep(0.5)


def hear(event: Event) -> None:
    effect(f"event {event.aggregate} {event.payload['n']}")


def main(verb: str, *arguments: str) -> None:
    actions.register_job(who=WHO, kind="light", handler=light, attempts=50)
    actions.register_job(who=WHO, kind="heavy", handler=heavy, heavy=True, attempts=50)
    actions.subscribe(who=WHO, name="crew.event", subscriber="crew", handler=hear)
    if verb == "fill":
        with transaction.atomic():
            for n in range(HEAVY):
                actions.enqueue_job(who=WHO, kind="heavy", key=str(n), payload={})
            for n in range(LIGHT):
                actions.enqueue_job(who=WHO, kind="light", key=str(n), payload={})
            for n in range(EVENTS):
                actions.publish(who=WHO, name="crew.event", aggregate=f"a{n % 3}", payload={"n": n})
    elif verb == "work":
        worker.Worker(lambda job_id: [sys.executable, "-m", "tests.kill.crew", "run-job", job_id]).run()
    else:
        actions.run_job(who=WHO, job_id=arguments[0])


if __name__ == "__main__":
    main(*sys.argv[1:])
