"""Idle time where the platform can only be queried: sleep until the threshold can first be reached, then query again.

While there is input this wakes at most once per threshold. Without input it polls for the first input: every second at
first, then less often, because after a long absence seconds matter less. Used by XScreenSaver and Windows.
Idea: the fallback pollers of GNOME Break Timer and KIdleTime.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from psoas_nudge.core.events import Active, Idle
from psoas_nudge.core.words import SECOND, milliseconds
from psoas_nudge.presence.port import IdleSource

CLOCKS_DIFFER_BY = 100
"""Milliseconds: the platform's clock and the process's clock are read one after the other."""


class Deadlines:
    """What to report after a query, and when the next query is due. Times in milliseconds; no I/O, no clock."""

    def __init__(self, *, shortest: int = SECOND, longest: int = 15 * SECOND) -> None:
        self._shortest, self._longest = shortest, longest
        self._idle: bool | None = None
        self._last_input = 0

    def readings(self, now: int, since_input: int, threshold: int) -> Iterator[Active | Idle]:
        """The readings to report for a query's answer."""
        last_input = now - since_input
        if self._idle and last_input > self._last_input + CLOCKS_DIFFER_BY:
            self._idle = False
            yield Active()
        self._last_input = last_input
        if not self._idle and (since_input >= threshold or self._idle is None):
            self._idle = since_input >= threshold
            yield Idle(idle_for=since_input) if self._idle else Active()

    def pause(self, since_input: int, threshold: int) -> int:
        """Milliseconds until the next query."""
        if self._idle:
            return min(max(since_input // 10, self._shortest), self._longest)
        return max(threshold - since_input, 1)


class DeadlineSource(IdleSource):
    """An idle source that is queried; subclasses implement `open` and `since_input`."""

    def __init__(self) -> None:
        super().__init__()
        self._deadlines = Deadlines()
        self._threshold = 0

    async def since_input(self) -> int:
        """Milliseconds since the last input; a failure loses the source."""
        raise NotImplementedError

    async def set_threshold(self, threshold: int) -> None:
        """Query now, and again whenever a query is due."""
        self._threshold = threshold
        since_input = await self.since_input()
        now = milliseconds(asyncio.get_running_loop().time())
        for reading in self._deadlines.readings(now, since_input, threshold):
            self.report(reading)
        self.later(self._deadlines.pause(since_input, threshold) / SECOND, self._query)

    def _query(self) -> None:
        self.background(self.watch(self._threshold))
