"""Group commit: many callers, one transaction, and nobody is answered before it is on disk."""

import asyncio
import logging
import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Generic, TypeVar

from hunhe.kernel.lanes.wiring import wiring
from hunhe.stone.errors import Unavailable, msgid

T = TypeVar("T")
R = TypeVar("R")
logger = logging.getLogger(__name__)
_Answer = tuple["asyncio.Future[R]", R | None, BaseException | None]


@dataclass(slots=True)
class _Waiting(Generic[T, R]):
    item: T
    future: "asyncio.Future[R] | Future[R]"
    loop: asyncio.AbstractEventLoop | None


class GroupCommit(Generic[T, R]):
    """One thread that writes what has gathered, in one transaction on Django's connection.

    write: gets the items of a batch in order of arrival and returns one result per item; what it does must be undone by a
    rollback. most: items per transaction. linger: seconds to wait for company (0: whoever came while the last batch was
    written). queued: items that may wait before callers are refused with Unavailable. An item that makes `write` raise gets
    that exception; the others of its batch are written without it.
    """

    def __init__(
        self,
        write: Callable[[Sequence[T]], Sequence[R]],
        *,
        most: int = 512,
        linger: float = 0.0,
        queued: int = 8192,
        name: str = "group-commit",
    ) -> None:
        self._write = write
        self._most = most
        self._linger = linger
        self._queue: queue.Queue[_Waiting[T, R] | None] = queue.Queue(maxsize=queued)
        self._name = name
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        self._closed = False
        self.batches = 0
        self.items = 0

    async def submit(self, item: T) -> R:
        """The item's result, after its batch is committed; Unavailable when too many wait."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[R] = loop.create_future()
        self._put(_Waiting(item, future, loop))
        return await future

    def submit_blocking(self, item: T) -> R:
        """The same for a caller in a thread. Never call it inside a transaction: the batch would wait for it."""
        future: Future[R] = Future()
        self._put(_Waiting(item, future, None))
        return future.result()

    def close(self) -> None:
        """Write what waits, then end the thread."""
        with self._starting:
            self._closed = True
            if self._thread is not None:
                self._queue.put(None)
                self._thread.join()
                self._thread = None

    def _put(self, waiting: _Waiting[T, R]) -> None:
        if self._thread is None:
            self._start()
        try:
            self._queue.put_nowait(waiting)
        except queue.Full as error:
            raise Unavailable(
                "lanes.busy", msgid("Too many requests wait at once. Try again in a moment."), retry_after=1
            ) from error

    def _start(self) -> None:
        with self._starting:
            if self._closed:
                raise Unavailable("lanes.closing", msgid("The city is closing down. Try again in a moment."), retry_after=1)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()

    def _run(self) -> None:
        open_ended = True
        while open_ended and (first := self._queue.get()) is not None:
            batch = [first]
            open_ended = self._gather(batch)
            self._commit(batch)
        wiring.leave()

    def _gather(self, batch: list[_Waiting[T, R]]) -> bool:
        """Fill the batch with whoever waits; False when the end was asked for."""
        deadline = time.monotonic() + self._linger
        while len(batch) < self._most:
            try:
                patience = deadline - time.monotonic()
                waiting = self._queue.get(timeout=patience) if patience > 0 else self._queue.get_nowait()
            except queue.Empty:
                return True
            if waiting is None:
                return False
            batch.append(waiting)
        return True

    def _commit(self, batch: list[_Waiting[T, R]]) -> None:
        """Write and answer; on an error halve the batch until the guilty item stands alone."""
        try:
            with wiring.batch():
                results = self._write([waiting.item for waiting in batch])
                if len(results) != len(batch):
                    raise RuntimeError(f"{self._name}: {len(results)} results for {len(batch)} items")
        except BaseException as error:  # whatever it is, the caller waits for an answer
            if len(batch) == 1:
                _answer(batch, [None], error)
            else:
                middle = len(batch) // 2
                self._commit(batch[:middle])
                self._commit(batch[middle:])
            return
        self.batches += 1
        self.items += len(batch)
        _answer(batch, results, None)


def _answer(batch: Sequence[_Waiting[T, R]], results: Sequence[R | None], error: BaseException | None) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Answer[R]]] = defaultdict(list)
    for waiting, result in zip(batch, results, strict=True):
        if isinstance(waiting.future, Future):
            _settle(waiting.future, result, error)
        elif waiting.loop is not None:
            by_loop[waiting.loop].append((waiting.future, result, error))
    for loop, answers in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle_all, answers)
        except RuntimeError:
            logger.info("%s answers came after their loop had closed", len(answers))


def _settle_all(answers: "Sequence[_Answer[R]]") -> None:
    for future, result, error in answers:
        if not future.done():  # done: the caller was cancelled; the write stands all the same
            _settle(future, result, error)


def _settle(future: "asyncio.Future[R] | Future[R]", result: R | None, error: BaseException | None) -> None:
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)  # type: ignore[arg-type]  # None only where R allows it
