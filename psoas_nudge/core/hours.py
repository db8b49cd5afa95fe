"""Working hours: several ranges a day, ranges that run into the next day, exceptions, any zone, exact over DST.

A range is open at an instant when the local wall clock reads inside it: across a skipped hour it is shorter, across a
repeated hour it is longer or opens twice. A range belongs to the day on which it begins, so an exception replaces the
ranges that begin on its days and keeps last night's shift. Hours are open where any range is.

Method: a zone is a sequence of periods with a constant UTC offset; in each period a local range is one interval of
instants. Changes of `utcoffset` are found by bisection, without assumptions about when or by how much a zone changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec import Struct

from psoas_nudge.core.words import EPOCH

DAY = 86_400
PROBE = DAY
"""Seconds between two probes of a zone's offset. Two changes within a day would be missed; no zone has had that."""
HORIZON = 800
"""Days that are searched for the next opening: an exception once a year in an otherwise empty week is found."""


class Range(NamedTuple):
    """Local wall-clock minutes after midnight; `end` may pass 1440, into the next day."""

    start: int
    end: int


def written(span: Range) -> str:
    """The range as in the configuration: "09:00-17:00"."""
    ends = (span.start, span.end if span.end == 1440 else span.end % 1440)
    return "-".join(f"{minutes // 60:02}:{minutes % 60:02}" for minutes in ends)


class Span(NamedTuple):
    """An unbroken open time: from `opens` (inclusive) to `closes` (exclusive), aware UTC."""

    opens: datetime
    closes: datetime


class DayException(Struct, frozen=True):
    """Other ranges (or none) on the local dates `first` to `last`, both included."""

    first: date
    last: date
    ranges: tuple[Range, ...] = ()
    note: str = ""


NEVER = datetime.max.replace(tzinfo=UTC)
OFFICE = (Range(9 * 60, 17 * 60),)


class WorkingHours(Struct, frozen=True):
    """When prompts are allowed. `week`: seven tuples of ranges, Monday first; the last matching exception wins."""

    zone: str = "UTC"
    week: tuple[tuple[Range, ...], ...] = (OFFICE,) * 5 + ((), ())
    exceptions: tuple[DayException, ...] = ()

    def span(self, at: datetime) -> Span | None:
        """The unbroken open time around the instant; None when it is closed."""
        found = self.next_span(at)
        return found if found and found.opens <= at else None

    def next_span(self, at: datetime) -> Span | None:
        """The open time around the instant, else the next one; None when none comes within two years. One that does not
        end within two years closes at NEVER."""
        return next((span for span in _around(self, self.local_date(at)) if span.closes > at), None)

    def next_change(self, at: datetime) -> datetime | None:
        """The next instant after `at` at which hours open or close; None when none comes within two years."""
        span = self.next_span(at)
        if span is None:
            return None
        change = span.opens if span.opens > at else span.closes
        return change if change < NEVER else None

    def ranges(self, day: date) -> tuple[Span, ...]:
        """The open times of the ranges that begin on a local date, in order and merged."""
        return _spans(self.zone, day, self.day_ranges(day))

    def day_ranges(self, day: date) -> tuple[Range, ...]:
        """The ranges that apply to a local date, as written."""
        exception = self.exception(day)
        return exception.ranges if exception else self.week[day.weekday()]

    def exception(self, day: date) -> DayException | None:
        """The exception in force on a local date; None when there is none."""
        return next((e for e in reversed(self.exceptions) if e.first <= day <= e.last), None)

    def local(self, at: datetime) -> datetime:
        """The instant as the zone's wall clock reads it."""
        return at.astimezone(ZoneInfo(self.zone))

    def local_date(self, at: datetime) -> date:
        """The local date of an instant."""
        return self.local(at).date()

    def next_day(self, at: datetime) -> datetime:
        """The first instant whose local date is later than that of `at`."""
        midnight = _midnight(self.local_date(at)) + DAY
        stretches = _stretches(self.zone, int(at.timestamp()), midnight + 3 * DAY)
        first = ((max(begin, midnight - offset), end) for begin, end, offset in stretches)
        return _instant(next(begin for begin, end in first if begin < end))


@lru_cache(maxsize=8)
def _around(hours: WorkingHours, day: date) -> tuple[Span, ...]:
    """The open times, joined where they touch, that `next_span` can need at any instant of a local day."""
    enough = _instant(_midnight(day) + 3 * DAY)
    horizon = enough + timedelta(days=HORIZON - 10)
    found: list[Span] = []
    for span in _spans_from(hours, day - timedelta(days=2)):
        if found and span.opens <= found[-1].closes:
            found[-1] = Span(found[-1].opens, max(found[-1].closes, span.closes))
        elif found and found[-1].closes > enough:
            return tuple(found)
        else:
            found.append(span)
    return tuple(Span(s.opens, s.closes if s.closes < horizon else NEVER) for s in found if s.opens < horizon)


def _spans_from(hours: WorkingHours, day: date) -> Iterator[Span]:
    """Spans in the order in which they open; where clocks go back at midnight two days can interleave."""
    waiting: list[Span] = []
    for ahead in range(HORIZON):
        fresh = hours.ranges(day + timedelta(days=ahead))
        both = sorted([*waiting, *fresh])
        yield from both[: len(waiting)]
        waiting = both[len(waiting) :]


def _midnight(day: date) -> int:
    """Epoch seconds at which a date begins in UTC."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


@lru_cache(maxsize=64)
def _spans(zone: str, day: date, ranges: tuple[Range, ...]) -> tuple[Span, ...]:
    midnight = _midnight(day)
    found: list[tuple[int, int]] = []
    for begin, end, offset in _stretches(zone, midnight - DAY, midnight + 3 * DAY) if ranges else ():
        for start, stop in ranges:
            found.append((max(begin, midnight + start * 60 - offset), min(end, midnight + stop * 60 - offset)))
    return tuple(Span(_instant(a), _instant(b)) for a, b in merged(found))


def merged(spans: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Spans (from, to) in order, joined where they touch or overlap, without empty ones."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)


def _instant(seconds: int) -> datetime:
    """The instant of epoch seconds. On Windows `fromtimestamp` refuses negative ones, and a clock can be set back."""
    return EPOCH + timedelta(seconds=seconds)


def _stretches(zone: str, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """(from, to, offset) in seconds between two epoch times, the offset constant within each."""
    info = ZoneInfo(zone)

    def offset(at: int) -> int:
        delta = _instant(at).astimezone(info).utcoffset()
        return int(delta.total_seconds()) if delta is not None else 0

    start, known = begin, offset(begin)
    for probe in range(begin + PROBE, end + PROBE, PROBE):
        if (found := offset(probe)) != known:
            low, high = probe - PROBE, probe
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if offset(middle) == known else (low, middle)
            yield start, high, known
            start, known = high, found
    yield start, end, known
