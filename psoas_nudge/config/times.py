"""Kinds of values for times and places: lengths of time, hours, dates, time zones, countries."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from psoas_nudge.config.kinds import LONGEST_GUESSED, Place, ReportMistake, ValueKind, shown, toml
from psoas_nudge.core.durations import HOURS, MINUTES, SECONDS, meant, parse_duration
from psoas_nudge.core.hours import Range
from psoas_nudge.errors import BadInput


class Duration(ValueKind):
    """A length of time. `instead`: what to write instead of zero; without it zero is allowed."""

    form = "a length of time"

    def __init__(self, instead: str = "") -> None:
        self.instead = instead

    def read(self, raw: Any, at: Place, report: ReportMistake) -> float:
        """Seconds."""
        try:
            seconds = parse_duration(raw) if isinstance(raw, str) else None
        except BadInput:
            seconds = None
        if seconds is None:
            self.wrong(raw, at, report, 'Write it like "45s", "30m" or "1h 15m".')
            return 0.0
        if not seconds and self.instead:
            report(at, f"{shown(raw)} is too short. {self.instead}")
        return seconds

    def meant(self, raw: Any) -> Iterable[str]:
        """A number without a unit, other spellings and separators."""
        return meant(str(raw)) if isinstance(raw, (str, int, float, time)) and not isinstance(raw, bool) else []

    def schema(self) -> dict[str, Any]:
        number = r"\d{1,9}(\.\d{1,3})?\s*"
        units = r"\s*".join(rf"({number}{unit})?" for unit in (HOURS, MINUTES, SECONDS))
        not_zero = "(?=.*[1-9])" if self.instead else ""
        return {"type": "string", "pattern": rf"^\s*(?=\d){not_zero}{units}\s*$"}


class Zone(ValueKind):
    """An IANA time zone; empty for the system's."""

    form = "a known time zone"

    def read(self, raw: Any, at: Place, report: ReportMistake) -> str:
        if raw == "":
            return ""
        try:
            return ZoneInfo(raw).key if isinstance(raw, str) else self._unknown(raw, at, report)
        except (OSError, ValueError, KeyError):  # OSError: a name that the file system refuses
            return self._unknown(raw, at, report)

    def _unknown(self, raw: Any, at: Place, report: ReportMistake) -> str:
        self.wrong(raw, at, report, 'Write for example "Europe/Berlin", or "" for the system\'s zone.')
        return ""

    def meant(self, raw: Any) -> Iterable[str]:
        """The zone of a city."""
        from psoas_nudge.config.guess import zones

        return zones(raw) if isinstance(raw, str) else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


class Hours(ValueKind):
    """A range of hours: "09:00-12:30"; a range that ends before it starts runs into the next day."""

    form = "a range of hours"
    # The en dash is accepted too: word processors insert it.
    written = r"([01]?\d|2[0-3]):([0-5]\d)\s*[-\u2013]\s*([01]?\d|2[0-4]):([0-5]\d)"

    def read(self, raw: Any, at: Place, report: ReportMistake) -> Range:
        """The range in minutes after midnight."""
        found = re.fullmatch(self.written, raw.strip(), re.ASCII) if isinstance(raw, str) else None
        h1, m1, h2, m2 = (int(n) for n in found.groups()) if found else (0, 0, 0, 0)
        start, end = h1 * 60 + m1, h2 * 60 + m2
        if not found or end > 24 * 60:
            self.wrong(raw, at, report, self._right(raw))
        elif start == end:
            report(at, f'"{raw}" is empty: it ends when it starts. For the whole day write "00:00-24:00".')
        return Range(start, end if end > start else end + 24 * 60)

    def _right(self, raw: Any) -> str:
        from psoas_nudge.config.guess import several

        if isinstance(raw, str) and len(raw) <= LONGEST_GUESSED and (found := several(raw)):
            return f"Did you mean {', '.join(toml(each) for each in found)}?"
        return 'Write it like "09:00-12:30"; "22:00-06:00" runs into the next day.'

    def meant(self, raw: Any) -> Iterable[str]:
        """Hours in other notations."""
        from psoas_nudge.config.guess import ranges

        return ranges(raw) if isinstance(raw, str) else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^\s*{self.written}\s*$"}


class Date(ValueKind):
    """A local date, with or without quotes."""

    form = "a date"

    def read(self, raw: Any, at: Place, report: ReportMistake) -> date:
        if isinstance(raw, date) and not isinstance(raw, datetime):
            return raw
        if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", raw.strip(), re.ASCII):
            try:
                return date.fromisoformat(raw.strip())
            except ValueError:
                pass
        self.wrong(raw, at, report, "Write it as year-month-day: 2026-12-24.")
        return date(2000, 1, 1)

    def meant(self, raw: Any) -> Iterable[date]:
        """Dates in other notations."""
        from psoas_nudge.config.guess import day_of

        return day_of(raw)

    def schema(self) -> dict[str, Any]:
        """A string: validators for TOML pass dates on as strings."""
        return {"type": "string", "format": "date"}


class Region(ValueKind):
    """The ISO 3166 code of a country or subdivision, in upper or lower case; empty for none."""

    form = "a country code"
    written = r"([A-Za-z]{2}(-[A-Za-z0-9]{1,3})?)?"

    def read(self, raw: Any, at: Place, report: ReportMistake) -> str:
        """The code in upper case."""
        if not isinstance(raw, str) or not re.fullmatch(self.written, raw.strip(), re.ASCII):
            self.wrong(raw, at, report, 'Write for example "DE" or "DE-BY".')
            return ""
        return raw.strip().upper()

    def meant(self, raw: Any) -> Iterable[str]:
        """The code of a country's name."""
        from psoas_nudge.config.guess import regions

        return regions(raw) if isinstance(raw, str) else []

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": rf"^\s*{self.written}\s*$"}
