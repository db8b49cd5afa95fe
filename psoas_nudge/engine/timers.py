"""The wake-up timer, one APScheduler job.

Measured with APScheduler 3.11: with its default grace time a late one-shot job is dropped and deleted, so there is no
grace time here. After a clock jump or a resume, its timer has to be set again. A job that it gave up on is added again.
The longest sleep is limited, so that a clock problem delays a wake-up by at most that.
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
"""Time until a failed job is tried again, so that a permanent failure does not fill the log."""
JOB = "wake"


class SchedulerTimer:
    """Calls `on_wake` once at the time of `wake`. `start` needs a running event loop."""

    def __init__(self, on_wake: Callable[[], object]) -> None:
        self._on_wake = on_wake
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2}
        )
        self._scheduler.add_listener(self._given_up, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def wake(self, after: int | None) -> None:
        """Wake in `after` milliseconds, instead of the previous wake-up; None: after LONGEST_SLEEP.

        Adding the job makes APScheduler read the clock again, so a step after a clock jump corrects its sleep.
        """
        wait = LONGEST_SLEEP if after is None else min(max(after, 0), LONGEST_SLEEP)
        due = datetime.now(UTC) + timedelta(milliseconds=wait)
        self._scheduler.add_job(self._wake, DateTrigger(due, UTC), id=JOB, replace_existing=True)

    async def _wake(self) -> None:
        self._on_wake()

    def _given_up(self, event: JobEvent) -> None:
        log.warning("the wake-up did not run (%s); trying again", getattr(event, "exception", None) or "missed")
        self.wake(RETRY)
