"""The worker process: lends threads to light work, spawns a process for each heavy job, calls what is periodic.

It may be killed at any time: leases run out, and another worker takes the work up again.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import DatabaseError, connection

from hunhe.kernel.events import engine, registry
from hunhe.kernel.events.heartbeat import Heartbeat
from hunhe.kernel.events.models import Delivery, Event, Job
from hunhe.kernel.events.wake import Bell
from hunhe.stone import clock

logger = logging.getLogger(__name__)
LIGHT_THREADS = 2
HEAVY_AT_ONCE = 2
_SWEEP = 0.5
_KEPT = timedelta(days=30)


def run_job_command(job_id: str) -> list[str]:
    return [sys.executable, "-m", "hunhe.cli", "run-job", job_id]


def run_worker() -> None:
    """Work until SIGTERM or SIGINT."""
    Worker().run()


class Worker:
    """One worker process. `stop` may be called from anywhere. heavy_command: what to run for a heavy job's id."""

    def __init__(self, heavy_command: Callable[[str], list[str]] = run_job_command) -> None:
        self._heavy_command = heavy_command
        self._stopped = threading.Event()
        self._rung = threading.Condition()
        self._children: dict[str, tuple[subprocess.Popen[bytes], int]] = {}
        registry.periodic.setdefault("events.purge", registry.Periodic("events.purge", 3600, purge, time.monotonic() + 3600))

    def stop(self) -> None:
        self._stopped.set()

    def run(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda received, frame: self.stop())
        with Bell() as bell, Heartbeat() as heartbeat:
            threads = [
                threading.Thread(target=self._run_light, args=(heartbeat,), name=f"light-{number}")
                for number in range(LIGHT_THREADS)
            ]
            for thread in threads:
                thread.start()
            try:
                while not self._stopped.is_set():
                    self._tend()
                    bell.wait(_SWEEP)
                    with self._rung:
                        self._rung.notify_all()
            finally:
                self.stop()
                self._end_children()
                for thread in threads:
                    thread.join()

    def _run_light(self, heartbeat: Heartbeat) -> None:
        while not self._stopped.is_set():
            try:
                busy = self._light_round(heartbeat)
            except DatabaseError:
                logger.exception("no light work this round")
                connection.close()
                busy = False
            if not busy:
                with self._rung:
                    self._rung.wait(_SWEEP)
        connection.close()

    def _light_round(self, heartbeat: Heartbeat) -> bool:
        deliveries = engine.claim(engine.due_deliveries().select_related("event"), 16)
        with heartbeat.hold(deliveries):
            for delivery in deliveries:
                engine.run_delivery(delivery)
        jobs = engine.claim(engine.due_jobs(heavy=False), 4)
        with heartbeat.hold(jobs):
            for job in jobs:
                engine.run_claimed_job(job)
        return bool(deliveries or jobs)

    def _tend(self) -> None:
        try:
            self._reap()
            self._spawn()
        except DatabaseError:
            logger.exception("no heavy work this round")
            connection.close()
        now = time.monotonic()
        for task in list(registry.periodic.values()):
            if now >= task.due:
                task.due = now + task.seconds
                self._call(task)

    def _call(self, task: registry.Periodic) -> None:
        try:
            task.function()
        except Exception:
            logger.exception("periodic %s failed", task.name)
            connection.close_if_unusable_or_obsolete()

    def _spawn(self) -> None:
        free = HEAVY_AT_ONCE - len(self._children)
        if free <= 0:
            return
        for job in engine.due_jobs(heavy=True).exclude(job_id__in=self._children)[:free]:
            child = subprocess.Popen(self._heavy_command(job.job_id), stdin=subprocess.DEVNULL, env=os.environ)  # noqa: S603  # our own command
            self._children[job.job_id] = (child, job.token)

    def _reap(self) -> None:
        """A child that died before it could say so: fail its try now instead of waiting for the lease."""
        for job_id, (child, token) in list(self._children.items()):
            code = child.poll()
            if code is None:
                continue
            del self._children[job_id]
            if code == 0:
                continue
            job = Job.objects.get(job_id=job_id)
            if job.token == token and job.state == "waiting":
                for claimed in engine.claim(Job.objects.filter(pk=job.pk), 1):
                    engine.fail(claimed, f"its process ended with code {code} before it began")
            elif job.token == token + 1 and job.state == "running":
                engine.fail(job, f"its process ended with code {code}")

    def _end_children(self) -> None:
        for child, _ in self._children.values():
            child.terminate()
        for child, _ in self._children.values():
            try:
                child.wait(timeout=8)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def purge() -> None:
    """Forget what was done long ago; dead letters stay until a person decides."""
    before = clock.true_now() - _KEPT
    Delivery.objects.filter(state="done", finished_at__lt=before).delete()
    Job.objects.filter(state="done", finished_at__lt=before).delete()
    Event.objects.filter(at__lt=before).exclude(id__in=Delivery.objects.values("event_id")).delete()
