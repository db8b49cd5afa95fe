"""A desk in virtual time: plays a trace of what a person did to the same core and runner that the daemon uses.

It is clock, timer and idle source at once. `advance` moves to the next thing that happens and delivers it, so
`simulate` runs as fast as the machine can, and `demo` at the pace it likes. No real clock is read.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from math import inf

from msgspec import Struct

from psoas_nudge.core.model import Signal
from psoas_nudge.daemon.clock import Moment
from psoas_nudge.presence.port import InputSeen, InputStopped, Report, SignalChanged

INPUT = "input"
BEGIN, ACT, END = range(3)
"""What comes first at the same instant, so that a span which follows another at once leaves no gap."""


class During(Struct, frozen=True):
    """`signal` ("input" or a core Signal) was on from `begin` to `end` (aware instants)."""

    begin: datetime
    end: datetime
    signal: str


class Act(Struct, frozen=True):
    """The person did something at an instant; what, is for the listener to understand."""

    at: datetime
    do: str


class VirtualDesk:
    """Plays the part of clock (`now`), timer (`start`, `wake`) and idle source (`watch`).

    `report` hears readings, `act` what the person does. `later` adds to the trace while it is played.
    """

    def __init__(self, trace: Iterable[During | Act], begin: datetime) -> None:
        self.report: Report = lambda _reading: None
        self.act: Callable[[str], None] = lambda _do: None
        self._on_wake: Callable[[], object] = lambda: None
        self._begin = begin.astimezone(UTC)
        self._time = 0.0
        self._moment = Moment(self._begin, 0.0)
        self._happenings: list[tuple[float, int, str]] = []
        for item in trace:
            if isinstance(item, Act):
                self._happenings.append((self._seconds(item.at), ACT, item.do))
            else:
                self._happenings.append((self._seconds(item.begin), BEGIN, item.signal))
                self._happenings.append((self._seconds(item.end), END, item.signal))
        self._happenings.sort(reverse=True)
        self._on: Counter[str] = Counter({INPUT: 0, Signal.SUSPENDED: 0})
        self._last_input = -inf
        self._threshold: float | None = None
        self._idle_told = True
        self._wake = inf

    # --- clock, timer, idle source -----------------------------------------------------------------------------

    def now(self) -> Moment:
        """The virtual moment."""
        if self._moment.tick != self._time:
            self._moment = Moment(self._begin + timedelta(seconds=self._time), self._time)
        return self._moment

    def start(self, on_wake: Callable[[], object]) -> None:
        """Begin to wake."""
        self._on_wake = on_wake

    def stop(self) -> None:
        """Wake no more."""
        self._wake = inf

    def clock_jumped(self) -> None:
        """Virtual clocks do not jump."""

    def wake(self, after: float | None) -> None:
        """Wake in `after` seconds."""
        self._wake = inf if after is None else self._time + after

    async def watch(self, threshold: float) -> None:
        """See presence.port.IdleSource."""
        self.watch_now(threshold)

    def watch_now(self, threshold: float) -> None:
        """The same without a loop."""
        first, self._threshold = self._threshold is None, threshold
        if self._unseen() >= threshold:
            self._idle_told = True
            self.report(InputStopped(self._unseen()))
        elif first:
            self._idle_told = False
            self.report(InputSeen())

    # --- the course of time -------------------------------------------------------------------------------------

    def next(self) -> float | None:
        """Seconds until something happens; None when nothing will."""
        point = min(self._next_happening(), self._next_wake(), self._next_idle())
        return None if point == inf else max(0.0, point - self._time)

    def ended(self) -> bool:
        """Whether the trace has been played."""
        return not self._happenings

    def advance(self) -> None:
        """Move to the next thing and deliver it."""
        # Written out, not through `next`: a year has 200 000 of these steps, and `simulate` two seconds.
        happening = self._happenings[-1][0] if self._happenings else inf
        asleep = self._on[Signal.SUSPENDED]
        wake = inf if asleep else self._wake
        idle = inf if asleep or self._idle_told or self._on[INPUT] else self._next_idle()
        point = min(happening, wake, idle)
        self._time = max(self._time, point)
        if point == happening:
            self._happen()
        elif point == idle:
            self._idle_told = True
            self.report(InputStopped(self._unseen()))
        else:
            self._wake = inf
            self._on_wake()

    def later(self, seconds: float, do: str) -> None:
        """The person will do something in so many seconds."""
        insort(self._happenings, (self._time + seconds, ACT, do), key=_latest_first)

    def _seconds(self, at: datetime) -> float:
        return (at - self._begin).total_seconds()

    def _next_happening(self) -> float:
        return self._happenings[-1][0] if self._happenings else inf

    def _next_wake(self) -> float:
        """A machine that sleeps wakes nobody."""
        return inf if self._on[Signal.SUSPENDED] else self._wake

    def _next_idle(self) -> float:
        if self._idle_told or self._threshold is None or self._on[INPUT] or self._on[Signal.SUSPENDED]:
            return inf
        return self._last_input + self._threshold

    def _unseen(self) -> float:
        return 0.0 if self._on[INPUT] else self._time - self._last_input

    def _happen(self) -> None:
        _, what, name = self._happenings.pop()
        if what == ACT:
            self.act(name)
            return
        was = self._on[name] > 0
        self._on[name] += 1 if what == BEGIN else -1
        if was == (self._on[name] > 0):
            return
        if name != INPUT:
            self.report(SignalChanged(Signal(name), not was))
        else:
            self._last_input = self._time
            if not was and self._idle_told and self._threshold is not None:
                self._idle_told = False
                self.report(InputSeen())


def _latest_first(happening: tuple[float, int, str]) -> tuple[float, int]:
    return -happening[0], -happening[1]
