"""Threads in which a lane may talk to the database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from hunhe.kernel.lanes.wiring import wiring

R = TypeVar("R")


class DatabaseThreads:
    """A few threads, each with its own connection that stays open."""

    def __init__(self, threads: int = 2, name: str = "lane") -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=name)

    async def run(self, function: Callable[[], R]) -> R:
        """The function's result, from one of the threads."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _with_connection, function)

    def close(self) -> None:
        self._pool.shutdown(wait=True)


def _with_connection(function: Callable[[], R]) -> R:
    with wiring.database():
        return function()
