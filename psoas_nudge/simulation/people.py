"""Made-up people: plausible days at a desk, the same for the same seed."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from random import Random

from psoas_nudge.core.words import Signal
from psoas_nudge.simulation.desk import INPUT, Act, During


def made_up(days: int, seed: int, first: datetime, zone: tzinfo) -> list[During | Act]:
    """Plausible days at a desk, from the local date of `first` on: work in spells with pauses for reading, breaks,
    lunch, calls, videos, a locked screen here and there, the lid closed at night, most weekends off."""
    random = Random(seed)  # noqa: S311 - a plausible day is no secret
    trace: list[During | Act] = []
    midnight = first.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    for ahead in range(days):
        day = midnight + timedelta(days=ahead)
        if day.weekday() < 5 or random.random() < 0.1:
            _day(day, zone, random, trace)
    return trace


def _day(day: datetime, zone: tzinfo, random: Random, trace: list[During | Act]) -> None:
    def instant(minutes: float) -> datetime:
        return (day + timedelta(minutes=minutes)).replace(tzinfo=zone)

    def during(signal: str, begin: float, end: float) -> None:
        trace.append(During(instant(begin), instant(end), signal))

    now = random.gauss(8 * 60 + 40, 25)
    lunch, home = random.gauss(12 * 60 + 20, 20), random.gauss(17 * 60 + 10, 30)
    while now < home:
        spell = min(random.lognormvariate(3.5, 0.6), home - now)
        end = now + spell
        if random.random() < 0.12:
            during(Signal.CALL, now, end)
            if random.random() < 0.3:
                during(Signal.DO_NOT_DISTURB, now, end)
        elif random.random() < 0.04:
            during(random.choice([Signal.PLAYING, Signal.FULLSCREEN]), now, end)
        while now < end:  # typing, with pauses for reading
            typing = min(random.expovariate(1 / 2.5) + 0.1, end - now)
            during(INPUT, now, now + typing)
            now += typing + random.lognormvariate(-1.2, 1.0)
        now = max(now, end)
        away = random.lognormvariate(1.6, 0.8)
        if now < lunch <= now + 45:
            away, lunch = random.gauss(40, 8), 0.0
        if random.random() < 0.4:
            during(Signal.LOCKED, now + 0.2, now + max(away, 1.0))
        now += max(away, 0.5)
    during(Signal.SUSPENDED, now, now + 60)
