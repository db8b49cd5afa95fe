"""Plays a trace in virtual time: a discrete-event simulation of clock, timer and idle source.

`advance` moves to the next event and delivers it, so callers choose the speed. No real clock is read.
"""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from msgspec import Struct

from psoas_nudge.core.events import Active, Asked, Idle, Moment, Sensed, SignalChanged, Woke
from psoas_nudge.core.words import MILLISECOND, Signal

INPUT = "input"
BEGIN, ACT, END = range(3)
"""Order of events at the same instant: a span that directly follows another leaves no gap."""
NEVER = 2**62


class During(Struct, frozen=True):
    """`signal` ("input" or a core Signal) was on from `begin` to `end` (aware instants)."""

    begin: datetime
    end: datetime
    signal: str


class Act(Struct, frozen=True):
    """A request of the person at an instant, or a remark (text) for the demo's timeline."""

    at: datetime
    what: Asked | str


class _Happening(NamedTuple):
    time: int
    order: int
    what: Asked | str


class VirtualDesk:
    """Clock (`now`), timer (`wake`) and idle source (`watch`) in virtual time, in whole milliseconds. `feed` receives
    sensor events, wake-ups and requests; `remark` the remarks. `later` adds a request during the play."""

    def __init__(
        self,
        trace: Iterable[During | Act],
        begin: datetime,
        feed: Callable[[Sensed | Woke | Asked], object],
        remark: Callable[[str], None] = lambda _text: None,
    ) -> None:
        self._feed, self._remark = feed, remark
        self._begin = begin.astimezone(UTC)
        self._time = 0
        self._moment = Moment(self._begin, 0)
        self._happenings: list[_Happening] = []
        for item in trace:
            if isinstance(item, Act):
                self._happenings.append(_Happening(self._milliseconds(item.at), ACT, item.what))
            else:
                self._happenings.append(_Happening(self._milliseconds(item.begin), BEGIN, item.signal))
                self._happenings.append(_Happening(self._milliseconds(item.end), END, item.signal))
        self._happenings.sort(key=_latest_first)
        self._on: Counter[str] = Counter({INPUT: 0, Signal.SUSPENDED: 0})
        self._last_input = -NEVER
        self._threshold: int | None = None
        self._reported_idle = True
        self._wake = NEVER

    # --- clock, timer, idle source -----------------------------------------------------------------------------

    def now(self) -> Moment:
        """The virtual moment."""
        if self._moment.tick != self._time:
            self._moment = Moment(self._begin + timedelta(milliseconds=self._time), self._time)
        return self._moment

    def stop(self) -> None:
        """Cancel the wake-up."""
        self._wake = NEVER

    def wake(self, after: int | None) -> None:
        """Schedule a wake-up in `after` milliseconds; None cancels it."""
        self._wake = NEVER if after is None else self._time + after

    async def watch(self, threshold: int) -> None:
        self.watch_now(threshold)

    def watch_now(self, threshold: int) -> None:
        """The same, synchronously."""
        first, self._threshold = self._threshold is None, threshold
        if self._unseen() >= threshold:
            self._reported_idle = True
            self._feed(Idle(idle_for=self._unseen()))
        elif first:
            self._reported_idle = False
            self._feed(Active())

    # --- the course of time -------------------------------------------------------------------------------------

    def next(self) -> int | None:
        """Milliseconds until the next event; None if there is none."""
        point = min(self._next())
        return None if point == NEVER else max(0, point - self._time)

    def ended(self) -> bool:
        """Whether the trace is over."""
        return not self._happenings

    def advance(self) -> None:
        """Move to the next event and deliver it."""
        happening, idle, wake = self._next()
        point = min(happening, idle, wake)
        self._time = max(self._time, point)
        if point == happening:
            self._happen()
        elif point == idle:
            self._reported_idle = True
            self._feed(Idle(idle_for=self._unseen()))
        else:
            self._wake = NEVER
            self._feed(Woke())

    def later(self, after: int, what: Asked) -> None:
        """Add a request in `after` milliseconds."""
        insort(self._happenings, _Happening(self._time + after, ACT, what), key=_latest_first)

    def _milliseconds(self, at: datetime) -> int:
        return (at - self._begin) // MILLISECOND

    def _next(self) -> tuple[int, int, int]:
        """The times of the next trace event, the next idle report and the next wake-up. A suspended machine has only
        the first."""
        happening = self._happenings[-1].time if self._happenings else NEVER
        if self._on[Signal.SUSPENDED]:
            return happening, NEVER, NEVER
        if self._reported_idle or self._threshold is None or self._on[INPUT]:
            return happening, NEVER, self._wake
        return happening, self._last_input + self._threshold, self._wake

    def _unseen(self) -> int:
        return 0 if self._on[INPUT] else min(self._time - self._last_input, NEVER)

    def _happen(self) -> None:
        _, order, what = self._happenings.pop()
        if order != ACT:
            self._switch(str(what), on=order == BEGIN)
        elif isinstance(what, str):
            self._remark(what)
        else:
            self._feed(what)

    def _switch(self, name: str, *, on: bool) -> None:
        was = self._on[name] > 0
        self._on[name] += 1 if on else -1
        if was == (self._on[name] > 0):
            return
        if name != INPUT:
            self._feed(SignalChanged(signal=Signal(name), on=not was))
        else:
            self._last_input = self._time
            if not was and self._reported_idle and self._threshold is not None:
                self._reported_idle = False
                self._feed(Active())


def _latest_first(happening: _Happening) -> tuple[int, int]:
    return -happening.time, -happening.order
