"""Threads in which a lane may talk to the database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from hunhe.kernel.lanes.wiring import wiring

R = TypeVar("R")


class DatabaseThreads:
    """A few threads, each with its own connection that stays open."""

    def __init__(self, threads: int = 2, name: str = "lane") -> None:
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def run(self, function: Callable[[], R]) -> R:
        """The function's result, from one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _with_connection, function)

    def close(self) -> None:
        """End the threads and their connections; what was asked for is finished first."""
        barrier = Barrier(self._threads)
        for _ in range(self._threads):
            self._pool.submit(_leave, barrier)
        self._pool.shutdown(wait=True)


def _leave(barrier: Barrier) -> None:
    barrier.wait()  # so that each thread takes one of these, not one thread all of them
    wiring.leave()


def _with_connection(function: Callable[[], R]) -> R:
    with wiring.database():
        return function()
