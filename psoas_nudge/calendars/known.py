"""What is known of the coming days: which are holidays, and when the person is busy."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime, timedelta

import msgspec
from msgspec import Struct

from psoas_nudge.core.hours import DayException, Span, WorkingHours


class Calendar(Struct, frozen=True, kw_only=True):
    """Read from holidays and calendar files. `problems` has a sentence for each that could not be read."""

    holidays: tuple[tuple[date, str], ...] = ()
    """(local date, name), in order."""
    spans: tuple[tuple[int, int], ...] = ()
    """Busy from (inclusive) to (exclusive), seconds since 1970, in order and apart: less memory than datetimes."""
    problems: tuple[str, ...] = ()

    def close(self, hours: WorkingHours) -> WorkingHours:
        """The hours with holidays as days off; an exception of the person's own decides over a holiday."""
        days = tuple(DayException(day, day, (), name) for day, name in self.holidays)
        return msgspec.structs.replace(hours, exceptions=days + hours.exceptions) if days else hours

    def is_busy(self, at: datetime) -> bool:
        """Whether an event is on at the instant."""
        index = self._after(at)
        return index > 0 and at.timestamp() < self.spans[index - 1][1]

    def next_change(self, at: datetime) -> datetime | None:
        """The next instant after `at` at which busy begins or ends, aware UTC."""
        index = self._after(at)
        if index and at.timestamp() < self.spans[index - 1][1]:
            return datetime.fromtimestamp(self.spans[index - 1][1], UTC)
        return datetime.fromtimestamp(self.spans[index][0], UTC) if index < len(self.spans) else None

    def busy(self, begin: datetime, end: datetime) -> list[Span]:
        """The busy times between two instants, cut to them."""
        found = []
        for opens, closes in self.spans[max(0, self._after(begin) - 1) : self._after(end)]:
            span = Span(max(begin, _instant(opens)), min(end, _instant(closes)))
            if span.opens < span.closes:
                found.append(span)
        return found

    def _after(self, at: datetime) -> int:
        """The index of the first span that begins after the instant."""
        return bisect_right(self.spans, at.timestamp(), key=lambda span: span[0])


def _instant(seconds: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """The spans in order, joined where they touch or overlap."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(span for span in spans if span[0] < span[1]):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((begin, end))
    return tuple(joined)
