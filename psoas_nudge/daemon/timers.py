"""The one wake-up, carried by APScheduler.

Measured with APScheduler 3.11: with its default grace time a late one-shot job is dropped and deleted, so there is none
here; after a clock jump or a resume its own timer has to be told (`wakeup`); a job that it gave up on is armed again.
A sleep is capped, so that no clock trouble can cost more than that.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MAX_INSTANCES, EVENT_JOB_MISSED, JobEvent
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

log = logging.getLogger(__name__)

LONGEST_SLEEP = 900.0
AGAIN = 10.0
"""Seconds; a fault that stays must not fill the log."""
JOB = "wake"


class Timer:
    """Calls `on_wake`, given to `start`, once when the time asked for has passed."""

    def __init__(self) -> None:
        self._on_wake: Callable[[], object] = lambda: None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 2}
        )
        self._scheduler.add_listener(self._given_up, EVENT_JOB_ERROR | EVENT_JOB_MAX_INSTANCES | EVENT_JOB_MISSED)

    def start(self, on_wake: Callable[[], object]) -> None:
        """Begin, on the running event loop."""
        self._on_wake = on_wake
        self._scheduler.start()

    def stop(self) -> None:
        """Forget everything."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def wake(self, after: float | None) -> None:
        """Wake in `after` seconds, in place of any earlier wish; None: at the latest after the longest sleep."""
        seconds = LONGEST_SLEEP if after is None else min(max(after, 0.0), LONGEST_SLEEP)
        due = datetime.now(UTC) + timedelta(seconds=seconds)
        self._scheduler.add_job(self._wake, DateTrigger(due, UTC), id=JOB, replace_existing=True)

    def clock_jumped(self) -> None:
        """Look at the time again: what APScheduler sleeps for may be over already, or not for long."""
        self._scheduler.wakeup()

    async def _wake(self) -> None:
        self._on_wake()

    def _given_up(self, event: JobEvent) -> None:
        log.warning("the wake-up did not run (%s); trying again", getattr(event, "exception", None) or "missed")
        self.wake(AGAIN)
