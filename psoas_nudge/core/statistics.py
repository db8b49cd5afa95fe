"""Statistics: what each entry adds to its day, sums of days, and the dose. The journal keeps the sums by day.

A bout counts on the local day on which it began. A prompt that was not shown counts nowhere. Stretching is the time
held, not planned, without rest and walking.
A new statistic is a field of Totals and a line in `added_by`.

The dose: seconds held per side, today and this week, against the weekly target. The target rests on one meta-analysis
of static stretching (Ingram 2024): gains level off near ten minutes a week. For the hip flexors of people who work at a
desk that is an inference, and it says nothing about pain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from math import fsum
from typing import Any

from msgspec import Struct
from msgspec.structs import fields

from psoas_nudge.core.entries import AnyEntry, BoutEntry, PromptEntry, StretchEntry
from psoas_nudge.core.ranges import out_of_range
from psoas_nudge.core.routines import Side


class Totals(Struct, frozen=True, kw_only=True):
    """The sums of the local days from `first` to `last`, both included. Lengths in seconds."""

    first: date
    last: date
    sitting_seconds: float = 0.0
    longest_bout_seconds: float = 0.0
    bouts: int = 0
    accepted: int = 0
    skipped: int = 0
    snoozed: int = 0
    missed: int = 0
    taken: int = 0
    withdrawn: int = 0
    stretches: int = 0
    stretch_seconds: float = 0.0

    @property
    def prompts(self) -> int:
        """How many prompts were shown."""
        return self.accepted + self.skipped + self.snoozed + self.missed + self.taken + self.withdrawn


LARGEST = frozenset({"longest_bout_seconds"})
"""Fields whose total is the maximum; that of all others is the sum."""

SUMS = tuple(field.name for field in fields(Totals) if field.name not in {"first", "last"})

FORM = "2:" + ",".join(SUMS)
"""The version of stored sums: sums of another version are computed again from the entries. Raise the number when what
an entry adds changes."""


UNEVEN_SECONDS = 45.0
"""A smaller difference between the sides is about one hold and is not mentioned ..."""
UNEVEN_SHARE = 0.2
"""... nor is one below this share of the larger side."""


def added_by(entry: AnyEntry) -> tuple[datetime, dict[str, float]] | None:
    """When an entry counts and what it adds to that day; None when it adds nothing or is out of range."""
    if out_of_range(entry):
        return None
    match entry:
        case BoutEntry(started=started, sitting_seconds=sat):
            return started, {"sitting_seconds": sat, "longest_bout_seconds": sat, "bouts": 1}
        case PromptEntry(shown_at=datetime() as shown_at, outcome=outcome):
            return shown_at, {outcome: 1}
        case StretchEntry(at=at, performed=True, left_seconds=left, right_seconds=right):
            return at, {"stretches": 1, "stretch_seconds": left + right}
        case _:
            return None


def add_to(sums: dict[str, Any], more: dict[str, float]) -> None:
    """Add `more` to the fields of a Totals."""
    for name, amount in more.items():
        before = sums.get(name, 0)
        sums[name] = max(before, amount) if name in LARGEST else before + amount


def total(days: Iterable[Totals], first: date, last: date) -> Totals:
    """The sum of these days, labelled `first` to `last`."""
    sums: dict[str, Any] = {}
    for day in days:
        add_to(sums, {name: getattr(day, name) for name in SUMS})
    return Totals(first=first, last=last, **sums)


def months(days: Iterable[Totals]) -> Iterator[Totals]:
    """The sums by calendar month; `days` in the order of time."""
    for first, some in groupby(days, key=lambda day: day.first.replace(day=1)):
        yield total(some, first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def weeks(days: Iterable[Totals]) -> Iterator[Totals]:
    """The sums by week, Monday to Sunday; `days` in the order of time."""
    for first, some in groupby(days, key=lambda day: monday(day.first)):
        yield total(some, first, first + timedelta(days=6))


def monday(today: date) -> date:
    """The day on which the week of `today` began."""
    return today - timedelta(days=today.weekday())


class Sides(Struct, frozen=True):
    """Seconds held, left and right."""

    left: float = 0.0
    right: float = 0.0


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


def dose(entries: Iterable[AnyEntry], today: date, local_date: Callable[[datetime], date], target: float) -> Dose:
    """The dose up to today from journal entries; `target` in seconds a side and week."""
    stretches = [each for each in entries if isinstance(each, StretchEntry) and not out_of_range(each)]

    def since(first: date) -> Sides:
        counted = [each for each in stretches if first <= local_date(each.at) <= today]
        return Sides(fsum(each.left_seconds for each in counted), fsum(each.right_seconds for each in counted))

    return Dose(today=since(today), week=since(monday(today)), target=target)
