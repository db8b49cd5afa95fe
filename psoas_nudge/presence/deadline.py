"""Idle time where the platform can only be asked: sleep until the threshold could first be reached, then look again.

While there is input this wakes at most once a threshold. While there is none it has to look for the first input, at
first every second, later more rarely, because after a long absence seconds matter less. Used by XScreenSaver,
Windows and macOS. Idea: GNOME Break Timer's and KIdleTime's fallback pollers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from psoas_nudge.errors import Unavailable
from psoas_nudge.presence.port import InputSeen, InputStopped, Report, Session, SourceLost

CLOCKS_DIFFER_BY = 0.1
"""Seconds; the platform's clock and this process's are read one after the other."""


class ReadFailed(Exception):
    """The platform gave no answer; the source is lost."""


class DeadlinePoll:
    """Turns "how long ago was the last input" into readings. `read` gives seconds, or raises ReadFailed."""

    def __init__(
        self, read: Callable[[], float], report: Report, *, look_every: float = 1.0, look_at_least_every: float = 15.0
    ) -> None:
        self._read, self._report = read, report
        self._look_every, self._look_at_least_every = look_every, look_at_least_every
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._threshold = 0.0
        self._idle: bool | None = None
        self._last_input = 0.0

    def watch(self, threshold: float) -> None:
        """See port.IdleSource."""
        self._threshold = threshold
        self._look()

    def stop(self) -> None:
        """Look no more."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self.stop()
        try:
            since_input = self._read()
        except ReadFailed as error:
            self._report(SourceLost(str(error)))
            return
        last_input = self._loop.time() - since_input
        if self._idle and last_input > self._last_input + CLOCKS_DIFFER_BY:
            self._say(idle=False, since_input=since_input)
        if not self._idle and (since_input >= self._threshold or self._idle is None):
            self._say(idle=since_input >= self._threshold, since_input=since_input)
        self._last_input = last_input
        if self._idle:
            pause = min(max(since_input / 10, self._look_every), self._look_at_least_every)
        else:
            pause = max(self._threshold - since_input, 0.001)
        self._timer = self._loop.call_later(pause, self._look)

    def _say(self, *, idle: bool, since_input: float) -> None:
        self._idle = idle
        self._report(InputStopped(since_input) if idle else InputSeen())


class DeadlineSource:
    """An idle source that is asked: a platform gives `open` and `seconds`."""

    def __init__(self) -> None:
        self._poll: DeadlinePoll | None = None

    async def start(self, session: Session, report: Report) -> None:
        """Ask once; raises Unavailable where the platform cannot be asked."""
        try:
            self.open(session)
            self.seconds()
        except (Unavailable, ReadFailed) as error:
            await self.stop()
            raise Unavailable(str(error)) from error
        self._poll = DeadlinePoll(self.seconds, report)

    async def stop(self) -> None:
        """Ask no more."""
        if self._poll:
            self._poll.stop()
            self._poll = None

    async def watch(self, threshold: float) -> None:
        """See port.IdleSource."""
        if self._poll:
            self._poll.watch(threshold)

    def open(self, session: Session) -> None:
        """Get hold of what is asked; raises Unavailable."""
        raise NotImplementedError

    def seconds(self) -> float:
        """Seconds since the last input; raises ReadFailed."""
        raise NotImplementedError
