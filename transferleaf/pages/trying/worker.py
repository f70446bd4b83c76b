"""The thread that uses the model, and its bounded queue."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from transferleaf.pages.site.failures import Refused

Result = TypeVar("Result")

_AGAIN_SECONDS = 2


class Worker:
    """Lets one request at a time use the model, in the order of arrival.

    Args:
        requests: Maximum number of requests at a time. More are refused with a note to retry.
    """

    def __init__(self, requests: int) -> None:
        self._most = requests
        self._inside = 0
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="transferleaf-model")

    @contextmanager
    def place(self) -> Iterator[None]:
        """Reserve a place for a request before its photos are read.

        Raises:
            Refused: All places are in use.
        """
        if self._inside >= self._most:
            told = f"{self._inside} requests are waiting; send this one again in a moment."
            raise Refused(503, "busy", told, headers={"retry-after": str(_AGAIN_SECONDS)})
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1

    async def do(self, work: Callable[[], Result]) -> Result:
        """Wait for the model, use it, and return the result."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        """Do not start new work, and do not wait."""
        self._thread.shutdown(wait=False, cancel_futures=True)
