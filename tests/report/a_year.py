"""A journal with a year in it, without the simulator: the same every time, and quick."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from psoas_nudge.core.entries import (
    AnyEntry,
    BoutEntry,
    FeelEntry,
    HeldBackEntry,
    HoursEntry,
    PostureEntry,
    PromptEntry,
    StretchEntry,
)
from psoas_nudge.core.hours import WorkingHours
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.state import State
from psoas_nudge.journal import Journal
from psoas_nudge.report.record import ReportData, read

BERLIN = ZoneInfo("Europe/Berlin")
RULES = Rules(hours=WorkingHours(zone="Europe/Berlin"))
NOW = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
HELD = 30.0


def working_day(nine: datetime, chance: random.Random) -> Iterator[AnyEntry]:
    """A day from nine to five; what happens in it is drawn."""
    yield HoursEntry(at=nine, open=True)
    for hour in range(8):
        begin = nine + timedelta(hours=hour, minutes=chance.randint(0, 8))
        end = begin + timedelta(minutes=chance.randint(30, 50))
        outcome = chance.choice(("accepted", "skipped", "missed", "taken", "snoozed", "withdrawn"))
        if hour == 3:
            yield HeldBackEntry(at=end, since=begin, until=end, reasons=("call",))
        yield PromptEntry(at=end, number=hour, shown_at=end, closed_at=end + timedelta(seconds=20), outcome=outcome,
                          routine="standing-hip-flexor", notifier="freedesktop")  # fmt: skip
        sat = (end - begin).total_seconds()
        yield BoutEntry(at=end, started=begin, ended=end, sitting_seconds=sat, ended_by="idle")
        if outcome == "accepted":
            yield StretchEntry(at=end + timedelta(minutes=4), routine="standing-hip-flexor", performed=True,
                               left_seconds=HELD * 2, right_seconds=HELD)  # fmt: skip
    yield PostureEntry(at=nine + timedelta(hours=6), posture="standing", by="person")
    yield PostureEntry(at=nine + timedelta(hours=6, minutes=30), posture="sitting", by="person")
    yield FeelEntry(at=nine + timedelta(hours=7), level=chance.randint(1, 6), note="stiff after the drive")
    yield HoursEntry(at=nine + timedelta(hours=8), open=False)


def a_while(days: int) -> list[AnyEntry]:
    """The given number of working days, ending today."""
    chance = random.Random(5)
    mornings = [NOW.replace(hour=8, minute=0) - timedelta(days=back) for back in range(days - 1, -1, -1)]
    return [entry for nine in mornings if nine.weekday() < 5 for entry in working_day(nine, chance)]


def recorded(entries: Sequence[AnyEntry]) -> ReportData:
    """What the pages are made of, when these entries are recorded."""
    with Journal.in_memory() as journal:
        journal.commit(entries, State(), BERLIN)
        return read(journal, RULES, 600.0, NOW)
