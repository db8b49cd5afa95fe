"""Starts background tasks, logs their failures and cancels them."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from typing import Any

from psoas_nudge.errors import PsoasNudgeError, fault

EVERY_SECONDS = 60.0
"""Between two lines about the same failure of the loop."""


class Tasks:
    """The background tasks of one owner. A failure is logged by `log` as "`what`: reason"; other tasks continue."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log, self._what = log, what
        self._running: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run `work` on the running loop, without waiting for it."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    async def cancel(self) -> None:
        """Cancel all tasks and wait until they have ended; the calling task is not cancelled."""
        tasks = self._running - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def finish(self) -> None:
        """Wait until all tasks have ended."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()):
            log_failure(self._log, self._what, error)


class LoopFailures:
    """What the loop itself calls when nobody was there to hear of a failure: a line without a traceback, the same one
    once a minute, for when files run out asyncio tells of that a hundred times a second."""

    def __init__(self, log: logging.Logger, clock: Callable[[], float] = time.monotonic) -> None:
        self._log, self._clock = log, clock
        self._last: dict[str, float] = {}

    def __call__(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """See asyncio.loop.set_exception_handler."""
        error = context.get("exception")
        line = f"{context['message']}: {fault(error)}" if error else context["message"]
        now = self._clock()
        if now - self._last.get(line, -EVERY_SECONDS) >= EVERY_SECONDS:
            self._last[line] = now
            self._log.error("asyncio: %s", line)
            self._log.debug("where it came from", exc_info=error)


def log_failure(log: logging.Logger, what: str, error: BaseException) -> None:
    """Log a failure in one line; an unexpected error with its place in the code, and under -vv with its traceback."""
    if isinstance(error, PsoasNudgeError):
        log.warning("%s: %s", what, error)
    else:
        log.error("%s: unexpected error, please report it: %s", what, fault(error))
        log.debug("where it came from", exc_info=error)
