"""The calendar of the coming days: holidays and busy times."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from psoas_nudge.core.hours import DayException, Span, WorkingHours


class Calendar(Struct, frozen=True, kw_only=True):
    """Holidays and busy times. `problems`: a sentence for each source or event that could not be read."""

    holidays: tuple[tuple[date, str], ...] = ()
    """(local date, name), in order."""
    spans: tuple[tuple[int, int], ...] = ()
    """Busy from (inclusive) to (exclusive), in order and without overlaps, in seconds since 1970: datetimes would take
    more memory."""
    problems: tuple[str, ...] = ()

    def close(self, hours: WorkingHours) -> WorkingHours:
        """The hours with holidays as days off; the person's own exceptions take precedence."""
        days = tuple(DayException(day, day, (), name) for day, name in self.holidays)
        return msgspec.structs.replace(hours, exceptions=days + hours.exceptions) if days else hours

    def is_busy(self, at: datetime) -> bool:
        """Whether an event is on at the instant."""
        index = self._after(at)
        return index > 0 and at.timestamp() < self.spans[index - 1][1]

    def next_change(self, at: datetime) -> datetime | None:
        """The next instant after `at` at which a busy time begins or ends, aware UTC."""
        index = self._after(at)
        if index and at.timestamp() < self.spans[index - 1][1]:
            return datetime.fromtimestamp(self.spans[index - 1][1], UTC)
        return datetime.fromtimestamp(self.spans[index][0], UTC) if index < len(self.spans) else None

    def busy(self, begin: datetime, end: datetime) -> list[Span]:
        """The busy times between two instants, clipped to them."""
        found = []
        for opens, closes in self.spans[max(0, self._after(begin) - 1) : self._after(end)]:
            span = Span(max(begin, datetime.fromtimestamp(opens, UTC)), min(end, datetime.fromtimestamp(closes, UTC)))
            if span.opens < span.closes:
                found.append(span)
        return found

    def _after(self, at: datetime) -> int:
        """The index of the first span that begins after the instant."""
        return bisect_right(self.spans, at.timestamp(), key=lambda span: span[0])
