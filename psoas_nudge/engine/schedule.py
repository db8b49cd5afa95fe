"""Keeps holidays, calendar files and the system's time zone up to date while the daemon runs.

The configuration names the sources of holidays and busy times. This module reads them again when a file or the year
changes, takes the holidays out of the working hours, and reports busy times as a signal. Without a configured calendar
it imports nothing and runs no timer.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from psoas_nudge import places
from psoas_nudge.config import Settings
from psoas_nudge.config.times import LOCALTIME
from psoas_nudge.config.watch import FileWatch
from psoas_nudge.core.events import AnyEvent, ClockSet, SignalChanged
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import State
from psoas_nudge.core.words import Signal
from psoas_nudge.engine.engine import Engine, Listener
from psoas_nudge.errors import Unavailable
from psoas_nudge.tasks import Tasks, log_failure

if TYPE_CHECKING:
    from psoas_nudge.calendars import Calendar

log = logging.getLogger(__name__)

LONGEST_SLEEP = 900.0
"""Seconds between two checks at most: the event loop's clock stops while the machine sleeps."""


class Schedule(Listener):
    """Gives `engine` the rules with the holidays, and busy times. `notify` is called with a message for the person,
    `reload` when the system's time zone has changed."""

    def __init__(self, engine: Engine, notify: Callable[[str], None], reload: Callable[[], None]) -> None:
        self._engine, self._notify, self._reload = engine, notify, reload
        self._settings: Settings | None = None
        self._calendar: Calendar | None = None
        self._year = 0
        self._busy = False
        self._reported: tuple[str, ...] = ()
        self._watches: dict[Path, FileWatch] = {}
        self._stale = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._tasks = Tasks(log, "the calendars")

    def want(self, settings: Settings) -> Rules:
        """Use these settings. Returns the rules with the holidays known so far; later ones go to the engine."""
        if self._settings is None:
            self._tasks.start(self._keep())
        self._settings = settings
        self._stale.set()
        return self._rules(settings)

    async def stop(self) -> None:
        """Call nothing any more."""
        if self._timer:
            self._timer.cancel()
        await self._tasks.cancel()
        for watch in self._watches.values():
            await watch.stop()

    def stepped(self, event: AnyEvent, state: State) -> None:  # noqa: ARG002 - only the event matters
        """Check when the clock was set: that may have passed the start or end of a busy time."""
        if isinstance(event, ClockSet):
            self.check()

    def check(self) -> None:
        """Report whether the person is busy now, and check again when that changes."""
        if self._timer:
            self._timer.cancel()
            self._timer = None
        calendar, now = self._calendar, self._engine.state_now().at
        busy = calendar is not None and calendar.is_busy(now)
        if busy != self._busy:
            self._busy = busy
            self._engine.feed(SignalChanged(signal=Signal.BUSY, on=busy))
        if calendar is None:
            return
        if now.year != self._year:
            self._stale.set()
        change = calendar.next_change(now)
        ahead = LONGEST_SLEEP if change is None else (change - now).total_seconds()
        self._timer = asyncio.get_running_loop().call_later(min(ahead, LONGEST_SLEEP), self.check)

    def _rules(self, settings: Settings) -> Rules:
        if self._calendar is None:
            return settings.rules
        return replace(settings.rules, hours=self._calendar.close(settings.rules.hours))

    async def _keep(self) -> None:
        while True:
            await self._stale.wait()
            self._stale.clear()
            if self._settings:
                try:
                    await self._renew(self._settings)
                except Exception as error:  # noqa: BLE001 - the next change is read all the same
                    log_failure(log, "the calendars", error)

    async def _renew(self, settings: Settings) -> None:
        await self._watch(settings)
        source = settings.calendar
        if source.holidays or source.busy:
            from psoas_nudge.calendars import refresh

            year = self._engine.state_now().at.year
            calendar = await refresh(
                source.holidays,
                source.busy,
                settings.rules.hours.zone,
                places.cache_directory(),
                (year, year + 1),
                so_far=lambda known: self._use(settings, known, year),
            )
            if self._use(settings, calendar, year):
                self._report_problems(calendar.problems)
        else:
            self._use(settings, None, 0)

    def _use(self, settings: Settings, calendar: Calendar | None, year: int) -> bool:
        """Use this calendar; False when the settings have changed meanwhile."""
        if settings is not self._settings:
            return False
        before = self._rules(settings)
        self._calendar, self._year = calendar, year
        if (rules := self._rules(settings)) != before:
            self._engine.reload(rules)
        self.check()
        return True

    def _report_problems(self, problems: tuple[str, ...]) -> None:
        """Report each problem once; again only after it was gone."""
        for problem in problems:
            if problem not in self._reported:
                log.warning("%s", problem)
                self._notify(problem)
        self._reported = problems

    async def _watch(self, settings: Settings) -> None:
        wanted: dict[Path, Callable[[], None]] = dict.fromkeys(settings.calendar.busy, self._stale.set)
        if settings.follows_system_zone:
            wanted[LOCALTIME] = self._reload
        for path in self._watches.keys() - wanted.keys():
            await self._watches.pop(path).stop()
        for path in wanted.keys() - self._watches.keys():
            watch = FileWatch(path, wanted[path])
            try:
                await watch.start()
            except Unavailable as error:
                log.info("%s", error)
            else:
                self._watches[path] = watch
