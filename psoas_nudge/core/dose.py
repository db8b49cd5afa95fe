"""The dose: seconds held per side, today and this week, against the weekly target.

The target rests on one meta-analysis of static stretching (Ingram 2024): gains level off near ten minutes a week. For
the hip flexors of people who work at a desk that is an inference, and it says nothing about pain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from msgspec import Struct

from psoas_nudge.core.entries import AnyEntry, StretchEntry
from psoas_nudge.core.ranges import out_of_range
from psoas_nudge.core.routines import Side

UNEVEN_SECONDS = 45.0
"""A smaller difference between the sides is about one hold and is not mentioned ..."""
UNEVEN_SHARE = 0.2
"""... nor is one below this share of the larger side."""


class Sides(Struct, frozen=True):
    """Seconds held, left and right."""

    left: float = 0.0
    right: float = 0.0

    def plus(self, entry: StretchEntry) -> Sides:
        """The sum with one more stretch."""
        return Sides(self.left + entry.left_seconds, self.right + entry.right_seconds)


class Dose(Struct, frozen=True, kw_only=True):
    """Seconds held per side, today and in the week (from Monday) that today is in."""

    today: Sides
    week: Sides
    target: float
    """Seconds a side and week."""

    @property
    def behind(self) -> Side | None:
        """The side that clearly got less this week; None when they are even."""
        difference = abs(self.week.left - self.week.right)
        if difference < max(UNEVEN_SECONDS, UNEVEN_SHARE * max(self.week.left, self.week.right)):
            return None
        return "left" if self.week.left < self.week.right else "right"

    @property
    def first(self) -> Side:
        """The side to begin with: the one that got less, so that a stretch cut short evens it out."""
        return "right" if self.week.right < self.week.left else "left"


def monday(today: date) -> date:
    """The day on which the week of `today` began."""
    return today - timedelta(days=today.weekday())


def dose(entries: Iterable[AnyEntry], today: date, local_date: Callable[[datetime], date], target: float) -> Dose:
    """The dose up to today from journal entries; `target` in seconds a side and week."""
    day, week = Sides(), Sides()
    begin = monday(today)
    for entry in entries:
        if (
            isinstance(entry, StretchEntry)
            and not out_of_range(entry)
            and begin <= (when := local_date(entry.at)) <= today
        ):
            week = week.plus(entry)
            day = day.plus(entry) if when == today else day
    return Dose(today=day, week=week, target=target)
