"""What deciding costs: steps per second, and a simulated year of office days on one core.

    python tests/bench/core.py [--days N]

A year is played once by the harness of the story tests, which keeps every event; then the same events are decided
again with nothing around them. A benchmark: it says what is over budget and fails nothing. Quiet machine, please.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))

from psoas_nudge.core import model as m  # noqa: E402 - found by the line above
from psoas_nudge.core.machine import step  # noqa: E402 - as above
from tests.core.timeline import Day  # noqa: E402 - as above

YEAR_BUDGET = 2.0
"""Seconds for a year, see DESIGN.md, "Budgets"."""


class KeptDay(Day):
    """Keeps what was fed."""

    def __init__(self, *words: Any, **more: Any) -> None:
        self.kept: list[tuple[m.Moment, m.AnyEvent]] = []
        super().__init__(*words, **more)

    def feed(self, event: m.AnyEvent) -> None:
        self.kept.append((m.Moment(self.at, self.tick), event))
        super().feed(event)


def office_day(day: KeptDay, chance: random.Random) -> None:
    """Eight hours at a desk: typing, reading, calls, breaks, and answers to most prompts."""
    end = day.at + timedelta(hours=8)
    while day.at < end:
        match chance.randrange(12):
            case 0:
                day.lock(chance.uniform(0.5, 20))
            case 1:
                day.during(m.Signal.CALL, minutes=chance.uniform(5, 45))
            case 2 | 3:
                day.read(chance.uniform(0.2, 6))
            case _:
                day.sit(chance.uniform(0.2, 10))
        if day.state.prompt and chance.random() < 0.7:
            day.touch()
            day.answer(chance.choice(["accept", "accept", "snooze", "skip"]))


def main() -> None:
    """Play, decide again, print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--days", type=int, default=365)
    days = parser.parse_args().days
    chance = random.Random(1)
    begun = time.perf_counter()
    day = KeptDay("2026-01-01 09:00")
    for number in range(days):
        morning = timedelta(days=number) - (day.at - day.kept[0][0].at)
        day.lock(max(0.0, morning.total_seconds() / 60))
        if day.rules.hours.local(day.at).weekday() < 5:
            office_day(day, chance)
    played = time.perf_counter() - begun

    state = m.State()
    times = []
    for moment, event in day.kept:
        before = time.perf_counter()
        state, _ = step(state, moment, event, day.rules)
        times.append(time.perf_counter() - before)
    alone, times = sum(times), sorted(times)
    scale = 365 / days
    print(f"{days} days: {len(day.kept)} steps, {len(day.shown)} prompts, {len(day.bouts)} bouts")
    print(f"deciding alone   {len(times) / alone:10.0f} steps/s, median {times[len(times) // 2] * 1e6:.0f} us")
    print(
        f"                 99 of 100 within {times[len(times) * 99 // 100] * 1e6:.0f} us, longest {times[-1] * 1e3:.1f} ms"
    )
    for what, seconds in (("a year, alone", alone * scale), ("a year, played", played * scale)):
        print(f"{what:16} {seconds:10.2f} s, budget {YEAR_BUDGET} s{'' if seconds <= YEAR_BUDGET else '  OVER'}")


if __name__ == "__main__":
    main()
