"""Generates plausible days at a desk; the same seed gives the same days.

`made_up` is for `simulate --days`. PEOPLE are the ten kinds of people with whose weeks tests judge the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta, tzinfo
from random import Random

from psoas_nudge.core.events import Asked, Sit, Stand
from psoas_nudge.core.words import Signal
from psoas_nudge.simulation.desk import INPUT, Act, During


class Days:
    """Builds a trace. `now`: minutes after midnight of the current day, in local time of `zone`."""

    def __init__(self, first: datetime, zone: tzinfo, seed: int) -> None:
        self.zone, self.now = zone, 0.0
        self.random = Random(seed)  # noqa: S311 - a plausible day is no secret
        self.trace: list[During | Act] = []
        self._midnight = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        self._day = self._midnight

    def add(self, number: int, person: Person) -> None:
        """Add day `number` (from 0) of a person, after which the computer sleeps."""
        self._day, self.now = self._midnight + timedelta(days=number), 0.0
        person(self)
        self.during(Signal.SUSPENDED, self.now, self.now + 60)

    def instant(self, minutes: float) -> datetime:
        """The instant `minutes` after midnight of the current day."""
        return (self._day + timedelta(minutes=minutes)).replace(tzinfo=self.zone)

    def during(self, signal: str, begin: float, end: float) -> None:
        """Add a signal from `begin` to `end` (minutes)."""
        self.trace.append(During(self.instant(begin), self.instant(end), signal))

    def ask(self, what: Asked) -> None:
        """Add a request at the current time."""
        self.trace.append(Act(self.instant(self.now), what))

    def work(self, minutes: float, *, typing: float = 2.5, reading: float = 0.3, until: float = 1e9) -> None:
        """Add input in spells of `typing` minutes on average, with pauses of about `reading` minutes between them."""
        end = min(self.now + minutes, until)
        while self.now < end:
            spell = min(self.random.expovariate(1 / typing) + 0.1, end - self.now)
            self.during(INPUT, self.now, self.now + spell)
            self.now = min(end, self.now + spell + reading * self.random.lognormvariate(0, 1.0))
        self.now = max(self.now, end)

    def with_signals(self, minutes: float, *signals: Signal, typing: float = 1.0, reading: float = 4.0) -> None:
        """Add signals for some minutes, with some input."""
        begin = self.now
        self.work(minutes, typing=typing, reading=reading)
        for signal in signals:
            self.during(signal, begin, self.now)

    def away(self, minutes: float, *, locks: float = 0.5) -> None:
        """Add an absence, with a locked screen with probability `locks`."""
        if minutes > 1 and self.random.random() < locks:
            self.during(Signal.LOCKED, self.now + 0.2, self.now + minutes)
        self.now += minutes


Person = Callable[[Days], None]
"""Adds one day."""


def deep_work(days: Days) -> None:
    """Long spells of input with few pauses, and a short lunch."""
    days.now = days.random.gauss(8 * 60 + 45, 10)
    lunch = days.random.gauss(12 * 60 + 30, 15)
    days.work(lunch - days.now, typing=6, reading=0.15)
    days.away(30)
    while days.now < 17 * 60 + 15:
        days.work(days.random.uniform(80, 150), typing=6, reading=0.15, until=17 * 60 + 20)
        days.away(days.random.uniform(4, 9), locks=0.2)


def office(days: Days) -> None:
    """Mixed work with breaks, lunch and some calls."""
    days.now = days.random.gauss(8 * 60 + 40, 25)
    lunch, home = days.random.gauss(12 * 60 + 20, 20), days.random.gauss(17 * 60 + 10, 30)
    while days.now < home:
        minutes, kind = min(days.random.lognormvariate(3.5, 0.6), home - days.now), days.random.random()
        if kind < 0.12:
            quiet = (Signal.CALL, Signal.DO_NOT_DISTURB) if days.random.random() < 0.3 else (Signal.CALL,)
            days.with_signals(minutes, *quiet, typing=2.5, reading=0.3)
        elif kind < 0.16:
            signal = days.random.choice([Signal.PLAYING, Signal.FULLSCREEN])
            days.with_signals(minutes, signal, typing=2.5, reading=0.3)
        else:
            days.work(minutes)
        away = days.random.lognormvariate(1.6, 0.8)
        if days.now < lunch <= days.now + 45:
            away, lunch = days.random.gauss(40, 8), 0.0
        days.away(max(away, 0.5), locks=0.4)


def call_centre(days: Days) -> None:
    """Calls of four minutes every six and a half, with a break every two hours."""
    days.now = 8 * 60 + 55
    for block, pause in ((120, 15), (90, 40), (120, 15), (110, 0)):
        end = days.now + block
        while days.now < end:
            days.with_signals(days.random.gauss(4, 0.7), Signal.CALL, typing=0.8, reading=0.2)
            days.work(max(0.5, days.random.gauss(2.5, 0.5)), typing=1.5, reading=0.1)
        if pause:
            days.away(pause, locks=1.0)


def meetings(days: Days) -> None:
    """Meetings with hardly any input, and about ten minutes of work between them."""
    days.now = 9 * 60 - 5
    while days.now < 17 * 60:
        days.with_signals(days.random.choice([25, 50, 50]), Signal.CALL, typing=0.3, reading=6)
        days.work(days.random.uniform(4, 11), typing=1.5, reading=0.2)
        if 12 * 60 < days.now < 13 * 60:
            days.away(35)
        elif days.random.random() < 0.15:
            days.away(6)


def reader(days: Days) -> None:
    """Reading: a key press every few minutes, and few longer breaks."""
    days.now = 9 * 60
    while days.now < 17 * 60:
        days.work(days.random.uniform(60, 110), typing=0.15, reading=1.6, until=17 * 60)
        days.away(45 if 12 * 60 < days.now < 13 * 60 + 30 else days.random.uniform(8, 14), locks=0.3)


def films_and_games(days: Days) -> None:
    """An hour of work, then videos in a window and games in full screen."""
    days.now = 10 * 60
    while days.now < 17 * 60:
        days.work(60)
        days.with_signals(days.random.uniform(40, 110), Signal.PLAYING, typing=0.1, reading=20)
        days.away(10)
        days.with_signals(days.random.uniform(30, 60), Signal.FULLSCREEN, typing=5, reading=0.1)
        days.away(12)


def interrupted(days: Days) -> None:
    """Working at home with children: ten to forty minutes at a time, with interruptions."""
    days.now = 8 * 60 + 30
    while days.now < 17 * 60 + 30:
        days.work(days.random.uniform(10, 40))
        days.away(days.random.uniform(3, 25), locks=0.1)


def night_shift(days: Days) -> None:
    """From 22:00 to 06:00, with a meal in the middle."""
    days.now = 22 * 60 - 5
    while days.now < 30 * 60:
        days.work(days.random.uniform(40, 90), until=30 * 60)
        days.away(30 if 25.5 * 60 < days.now < 27 * 60 else days.random.uniform(5, 10), locks=0.8)


def standing_desk(days: Days) -> None:
    """Sits for fifty minutes and stands for forty, with `stand` and `sit`."""
    days.now = 9 * 60
    while days.now < 17 * 60:
        days.work(50)
        days.ask(Stand(via="trace"))
        days.work(40, until=17 * 60)
        days.ask(Sit(via="trace"))
        if 12 * 60 < days.now < 13 * 60 + 15:
            days.away(40)


def traveller(days: Days) -> None:
    """Working on trains and in lounges: the lid is often closed, with some calls."""
    days.now = days.random.choice([7, 9, 11]) * 60
    end = days.now + 9 * 60
    while days.now < end:
        days.work(days.random.uniform(30, 75), until=end)
        if days.random.random() < 0.25:
            days.with_signals(days.random.uniform(10, 25), Signal.CALL)
        begin = days.now
        days.now += days.random.choice([5, 12, 45])
        days.during(Signal.SUSPENDED, begin, days.now)


PEOPLE: dict[str, Person] = {
    "deep work": deep_work,
    "office": office,
    "call centre": call_centre,
    "meetings": meetings,
    "reader": reader,
    "videos and games": films_and_games,
    "interrupted": interrupted,
    "night shift": night_shift,
    "standing desk": standing_desk,
    "traveller": traveller,
}


def week(person: Person, seed: int, first: datetime, zone: tzinfo, days: int = 5) -> list[During | Act]:
    """The trace of `days` days of one person, beginning on the local date of `first`."""
    written = Days(first, zone, seed)
    for number in range(days):
        written.add(number, person)
    return written.trace


def made_up(days: int, seed: int, first: datetime, zone: tzinfo) -> list[During | Act]:
    """The trace of `days` office days, beginning on the local date of `first`, with most weekends off."""
    written = Days(first, zone, seed)
    for number in range(days):
        weekday = (first.astimezone(zone) + timedelta(days=number)).weekday()
        if weekday < 5 or written.random.random() < 0.1:
            written.add(number, office)
    return written.trace
