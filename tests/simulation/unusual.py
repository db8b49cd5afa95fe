"""People that few had in mind when the rules were written; each writes one day, as those of simulation/people.py."""

from __future__ import annotations

from psoas_nudge.core.words import Signal
from psoas_nudge.simulation.desk import INPUT
from psoas_nudge.simulation.people import Days, Person

CLOSES = 17 * 60


def short_sittings(days: Days) -> None:
    """Twenty minutes at a time, then up for six."""
    days.now = 9 * 60
    while days.now < CLOSES:
        days.work(days.random.uniform(16, 22))
        days.away(days.random.uniform(5.5, 9), locks=0)


def pair(days: Days) -> None:
    """Somebody else types most of the time; calls in between."""
    days.now = 9 * 60
    while days.now < CLOSES:
        days.work(days.random.uniform(20, 50), typing=0.2, reading=1.0)
        days.with_signals(days.random.uniform(5, 15), Signal.CALL, typing=0.3, reading=3)
        if 12 * 60 < days.now < 13 * 60:
            days.away(40)


def sleepy_laptop(days: Days) -> None:
    """The laptop falls asleep every ten minutes, and is woken within two."""
    _interrupted_by(days, Signal.SUSPENDED, every=10)


def locks_often(days: Days) -> None:
    """Locks the screen every quarter of an hour for a minute."""
    _interrupted_by(days, Signal.LOCKED, every=15)


def two_monitors(days: Days) -> None:
    """Works on one monitor while films play on the other."""
    days.now = 9 * 60
    while days.now < CLOSES:
        days.work(days.random.uniform(60, 120), until=CLOSES)
        days.away(40 if 12 * 60 < days.now < 13 * 60 else 6)
    for begin in range(9 * 60, CLOSES, 50):
        days.during(Signal.PLAYING, begin, begin + 45)


def mouse_only(days: Days) -> None:
    """Moves the mouse once every four minutes."""
    days.now = 9 * 60
    while days.now < CLOSES:
        days.during(INPUT, days.now, days.now + 0.02)
        days.now += days.random.uniform(3.5, 4.5)


def never_pauses(days: Days) -> None:
    """Types without a pause of a second, but for lunch."""
    for begin, end in ((8 * 60 + 20, 12 * 60), (12 * 60 + 30, CLOSES + 30)):
        days.during(INPUT, begin, end)
    days.now = CLOSES + 40


def short_calls(days: Days) -> None:
    """A call of a minute every six minutes."""
    days.now = 9 * 60
    while days.now < CLOSES:
        days.work(days.random.uniform(4, 8))
        days.with_signals(1, Signal.CALL, typing=0.5, reading=0.2)


def whole_night(days: Days) -> None:
    """From ten to six without getting up."""
    days.now = 22 * 60 - 5
    days.work(8 * 60, typing=6, reading=0.15)


UNUSUAL: dict[str, Person] = {
    "short sittings": short_sittings,
    "pair": pair,
    "sleepy laptop": sleepy_laptop,
    "locks often": locks_often,
    "two monitors": two_monitors,
    "mouse only": mouse_only,
    "never pauses": never_pauses,
    "short calls": short_calls,
    "whole night": whole_night,
}


def _interrupted_by(days: Days, signal: Signal, every: float) -> None:
    days.now = 9 * 60
    while days.now < CLOSES:
        days.work(every)
        begin = days.now
        days.now += days.random.uniform(0.3, 1.8)
        days.during(signal, begin, days.now)
