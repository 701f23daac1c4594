"""Keeps the leases of work that takes long, from a thread of its own."""

import contextlib
import logging
import threading
from collections.abc import Iterator

from django.db import DatabaseError, connection

from hunhe.kernel.events import engine, rules
from hunhe.kernel.events.models import Delivery, Job

logger = logging.getLogger(__name__)


class Heartbeat:
    """Holds leases while their work runs. Use as a context manager; `hold` around each piece of work."""

    def __init__(self) -> None:
        self._held: dict[tuple[type[Delivery] | type[Job], int], int] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    @contextlib.contextmanager
    def hold(self, rows: list[Delivery] | list[Job]) -> Iterator[None]:
        keys = {(type(row), row.pk): row.token for row in rows}
        with self._lock:
            self._held |= keys
        try:
            yield
        finally:
            with self._lock:
                for key in keys:
                    self._held.pop(key, None)

    def _beat(self) -> None:
        while not self._stop.wait(rules.HEARTBEAT.total_seconds()):
            with self._lock:
                held = dict(self._held)
            try:
                for (model, pk), token in held.items():
                    engine.renew(model, pk, token)
            except DatabaseError:
                logger.exception("heartbeat missed")
                connection.close()
        connection.close()
