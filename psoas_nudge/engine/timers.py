"""The one wake-up, carried by APScheduler.

Measured with APScheduler 3.11: with its default grace time a late one-shot job is dropped and deleted, so there is none
here; after a clock jump or a resume its own timer has to be told; a job that it gave up on is armed again.
A sleep is capped, so that no clock trouble can cost more than that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from psoas_nudge.core.words import MINUTE, SECOND

log = logging.getLogger(__name__)

LONGEST_SLEEP = 15 * MINUTE
RETRY = 10 * SECOND
"""A fault that stays must not fill the log."""
JOB = "wake"


class Timer:
    """Calls `on_wake` once when the time asked for has passed. `start` needs the running event loop."""

    def __init__(self, on_wake: Callable[[], object]) -> None:
        self._on_wake = on_wake
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2}
        )
        self._scheduler.add_listener(self._given_up, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED)

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def stop(self) -> None:
        """Forget everything."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def wake(self, after: int | None) -> None:
        """Wake in `after` milliseconds, in place of any earlier wish; None: at the latest after the longest sleep.

        Adding the job makes APScheduler look at the time anew, so a step after a jump of the clock mends its sleep.
        """
        wait = LONGEST_SLEEP if after is None else min(max(after, 0), LONGEST_SLEEP)
        due = datetime.now(UTC) + timedelta(milliseconds=wait)
        self._scheduler.add_job(self._wake, DateTrigger(due, UTC), id=JOB, replace_existing=True)

    async def _wake(self) -> None:
        self._on_wake()

    def _given_up(self, event: JobEvent) -> None:
        log.warning("the wake-up did not run (%s); trying again", getattr(event, "exception", None) or "missed")
        self.wake(RETRY)
