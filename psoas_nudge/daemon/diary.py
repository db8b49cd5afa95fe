"""Days off and busy times: keeps what the calendars say up to date, and tells when busy begins and ends.

A child process reads the calendars (see calendars/); it is asked at the start, when a file changes, and once a day.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from psoas_nudge.calendars import Calendar, refresh
from psoas_nudge.config import Settings
from psoas_nudge.config.watch import Watch
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.model import Signal
from psoas_nudge.daemon.clock import Clock
from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import Report, SignalChanged

log = logging.getLogger(__name__)

LONGEST_SLEEP = 900.0
"""Seconds after which the calendar is looked at again although nothing was due: a sleep may have passed unseen."""


class Diary:
    """`report` hears when busy begins and ends, `on_hours` that holidays have become known."""

    def __init__(self, clock: Clock, cache: Path, report: Report, on_hours: Callable[[], None]) -> None:
        self._clock, self._cache = clock, cache
        self._report, self._on_hours = report, on_hours
        self._calendar = Calendar()
        self._settings: Settings | None = None
        self._watches: list[Watch] = []
        self._changed = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    def close(self, hours: WorkingHours) -> WorkingHours:
        """The hours with the holidays that are known."""
        return self._calendar.close(hours)

    async def start(self, settings: Settings) -> None:
        """Begin with these settings, or go on with them after a change."""
        await self.stop()
        self._settings = settings
        if not settings.calendar.holidays and not settings.calendar.busy:
            self._know(Calendar())
            return
        for file in settings.calendar.busy:
            watch = Watch(file, self._changed.set)
            try:
                await watch.start()
            except Unavailable as error:
                log.info("%s is read again once a day only: %s", file, error)
            else:
                self._watches.append(watch)
        self._keeper = asyncio.create_task(self._keep(settings))

    async def stop(self) -> None:
        """Tell nothing any more."""
        if self._keeper:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None
        for watch in self._watches:
            await watch.stop()
        self._watches.clear()

    async def _keep(self, settings: Settings) -> None:
        read_on = None
        while True:
            today = settings.rules.hours.local_date(self._clock.now().at)
            if self._changed.is_set() or today != read_on:
                self._changed.clear()
                read_on = today
                await self._read(settings)
            now = self._clock.now().at
            self._report(SignalChanged(Signal.BUSY, self._calendar.is_busy(now)))
            change = self._calendar.next_change(now)
            sleep = LONGEST_SLEEP if change is None else min(LONGEST_SLEEP, (change - now).total_seconds() + 0.01)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), sleep)

    async def _read(self, settings: Settings) -> None:
        wanted = settings.calendar
        now = self._clock.now().at
        calendar = await refresh(wanted.holidays, wanted.busy, settings.rules.hours.zone, self._cache, now)
        for problem in calendar.problems:
            log.warning("%s", problem)
        self._know(calendar)

    def _know(self, calendar: Calendar) -> None:
        changed = calendar.holidays != self._calendar.holidays
        self._calendar = calendar
        if changed:
            self._on_hours()
        if not calendar.spans:
            self._report(SignalChanged(Signal.BUSY, False))
