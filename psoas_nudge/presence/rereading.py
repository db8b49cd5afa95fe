"""Read again at each change, one reading at a time: a burst of changes costs one more reading, not one each."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)


class Rereading:
    """`read` is run again after each `ask`; `failures` of it are logged as `what` could not be read again."""

    def __init__(self, what: str, read: Callable[[], Awaitable[None]], failures: tuple[type[Exception], ...]) -> None:
        self._what, self._read, self._failures = what, read, failures
        self._task: asyncio.Task[None] | None = None
        self._again = False

    def ask(self) -> None:
        """Something changed."""
        if self._task and not self._task.done():
            self._again = True
        else:
            self._task = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Read no more; a reading under way is given up, unless it is the one that asks for the stop."""
        self._again = False
        task, self._task = self._task, None
        if task and task is not asyncio.current_task():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        try:
            await self._read()
            while self._again:
                self._again = False
                await self._read()
        except self._failures as error:
            log.debug("%s could not be read again: %s", self._what, error)
