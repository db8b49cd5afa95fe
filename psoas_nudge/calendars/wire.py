"""What the daemon asks of a child that reads calendars, and what it answers; each is one line of JSON."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

Holidays = tuple[tuple[date, str], ...]
Spans = tuple[tuple[int, int], ...]


class CalendarRequest(Struct, frozen=True, kw_only=True):
    """One thing to read: the holidays of a region, or a calendar file."""

    years: tuple[int, ...]
    zone: str
    """For times that name no zone."""
    region: str = ""
    """A country or its part (ISO 3166)."""
    file: str = ""

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.file or f"public holidays of {self.region}"


class CalendarResult(Struct, frozen=True, kw_only=True):
    """What was found."""

    holidays: Holidays = ()
    spans: Spans = ()
    left_out: tuple[str, ...] = ()
    """A sentence for each event that could not be used; the rest of the file was."""
    problem: str = ""
    """Why nothing could be read at all."""
    transient: bool = False
    """The problem may be over without a change to the file."""
