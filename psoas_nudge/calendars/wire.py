"""Request and result of the child that reads calendars, each one line of JSON, and its limits."""

from __future__ import annotations

from datetime import date

from msgspec import Struct

MEGABYTES = 512
"""Address space. The largest file that is read (files.LARGEST) takes about 300."""
CPU_SECONDS = 60
"""Five thousand weekly meetings take 28."""

MISSING = "Calendars need libraries that are not installed: pip install 'psoas-nudge[calendar]'"

Holidays = tuple[tuple[date, str], ...]
Spans = tuple[tuple[int, int], ...]


class CalendarRequest(Struct, frozen=True, kw_only=True):
    """One thing to read: the holidays of a region, or a calendar file."""

    years: tuple[int, ...]
    zone: str
    """For times without a zone."""
    region: str = ""
    """A country or subdivision (ISO 3166)."""
    file: str = ""

    @property
    def name(self) -> str:
        """Its name in messages."""
        return self.file or f"public holidays of {self.region}"


class CalendarResult(Struct, frozen=True, kw_only=True):
    """The holidays or busy times that were found."""

    holidays: Holidays = ()
    spans: Spans = ()
    left_out: tuple[str, ...] = ()
    """A sentence for each event that could not be used."""
    problem: str = ""
    """Why nothing could be read."""
    transient: bool = False
    """Whether the problem may go away without a change to the file."""
