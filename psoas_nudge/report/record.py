"""Reads the data of the report from the journal: daily totals since the start, a year of prompts, four weeks of days.

Ten years may have a million entries, so they are not all read: the journal stores daily totals, and its index finds the
kinds of entries that the weekly charts need.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from psoas_nudge.core.history import HISTORY_KINDS, History, Track, history, tracks
from psoas_nudge.core.rules import Rules
from psoas_nudge.core.statistics import Totals, monday
from psoas_nudge.journal import Journal, Passing

WEEKS = 52
"""Weeks in the weekly charts, including this one."""
DAYS_WEEKS = 4
"""Weeks whose days are drawn, including this one."""


class ReportData(Struct, frozen=True, kw_only=True):
    """The data of the report. `now`: naive local time; `target`: milliseconds per side and week."""

    now: datetime
    days: tuple[Totals, ...]
    history: History
    tracks: tuple[Track, ...]
    rules: Rules
    target: int

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def first_week(self) -> date:
        """The Monday of the first week in the weekly charts."""
        earliest = monday(self.today) - timedelta(weeks=WEEKS - 1)
        return max(earliest, monday(self.days[0].first)) if self.days else monday(self.today)

    @property
    def weeks(self) -> list[date]:
        """The Mondays of all weeks in the weekly charts."""
        count = (monday(self.today) - self.first_week).days // 7 + 1
        return [self.first_week + timedelta(weeks=n) for n in range(count)]


def read(
    journal: Journal, rules: Rules, weekly_dose: float, now: datetime, passing: Passing = lambda entries: entries
) -> ReportData:
    """The record up to `now` (aware); `passing` as for Journal.days. Raises JournalBroken."""
    hours = rules.hours
    here = hours.local(now).replace(tzinfo=None)
    this_week = monday(here.date())
    year, weeks = this_week - timedelta(weeks=WEEKS - 1), this_week - timedelta(weeks=DAYS_WEEKS - 1)
    a_year = journal.read(since=_before(year), until=now, kinds=HISTORY_KINDS, taken_back=False)
    recorded = ((each.entry, each.zone) for each in a_year)
    past = history((entry, zone) for entry, zone in recorded if entry.at.astimezone(zone).date() >= year)
    lately = ((each.entry, each.zone) for each in journal.read(since=_before(weeks), until=now))

    def closes(at: datetime) -> datetime | None:
        span = hours.span(at)
        return span.closes if span else None

    return ReportData(
        now=here,
        days=tuple(day for day in journal.days(passing=passing) if day.first <= here.date()),
        history=past,
        tracks=tracks(lately, weeks, here, closes),
        rules=rules,
        target=round(weekly_dose * 1000),
    )


def _before(day: date) -> datetime:
    """An instant before the day begins in any time zone."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)
